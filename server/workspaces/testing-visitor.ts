// For tests of routes: an app with workspaces and media on a real database, and visitors who keep their cookie as a
// browser does. Imported by tests only.
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll } from 'vitest';
import { fromWireId } from '../../contract/ids.ts';
import type { Role } from '../../contract/roles.ts';
import type { Me } from '../../contract/workspaces.ts';
import { mediaRoutes } from '../media/routes.ts';
import type { BaseCtx, Ctx } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { createServer } from '../platform/http/server.ts';
import { type TestCtx, testCtx } from '../testing/context.ts';
import { authenticate } from './authenticate.ts';
import { createWorkspace, insertUser, type OnWorkspaceCreated } from './create-workspace.ts';
import { hashPassword } from './password.ts';
import { workspaceRoutes } from './routes.ts';

export const goodPassword = 'correct horse battery';

export async function testApp(
  overrides: Partial<Ctx> = {},
  hooks: {
    onCreated?: OnWorkspaceCreated;
    isMediaInUse?: (ctx: Ctx, mediaId: string) => Promise<boolean>;
  } = {},
): Promise<{ app: FastifyInstance; ctx: TestCtx }> {
  const ctx = Object.assign(await testCtx({ clock: overrides.clock }), overrides);
  const app = await createServer(ctx, 'test', authenticate, {
    viw: { table: 'saved_views' },
    usr: { table: 'memberships', column: 'user_id' },
    ses: { table: 'sessions' },
    inv: { table: 'invitations' },
    tok: { table: 'api_tokens', where: 'revoked_at IS NULL' },
    med: { table: 'media' },
  });
  workspaceRoutes(app, hooks.onCreated);
  mediaRoutes(app, hooks.isMediaInUse);
  await app.ready();
  afterAll(() => app.close());
  return { app, ctx };
}

type Answer = Awaited<ReturnType<FastifyInstance['inject']>>;

export interface Visitor {
  cookie: string | null;
  call(method: string, url: string, payload?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** `url` is below /api/v1. */
export function visitor(app: FastifyInstance, bearer?: string): Visitor {
  const self: Visitor = {
    cookie: null,
    async call(method, url, payload, headers = {}) {
      const answer = await app.inject({
        method: method as NonNullable<InjectOptions['method']>,
        url: `/api/v1${url}`,
        headers: {
          ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
          ...(self.cookie ? { cookie: `carillon_session=${self.cookie}` } : {}),
          ...headers,
        },
        ...(payload === undefined ? {} : { payload: payload as object }),
      });
      const set = answer.cookies.find(({ name }) => name === 'carillon_session');
      if (set) self.cookie = set.value || null;
      return answer;
    },
  };
  return self;
}

export async function signedIn(
  app: FastifyInstance,
  email: string,
  password = goodPassword,
): Promise<Visitor & { me: Me }> {
  const someone = visitor(app);
  const answer = await someone.call('POST', '/sign_in', { email, password });
  if (answer.statusCode !== 200) throw new Error(`could not sign in: ${answer.body}`);
  return Object.assign(someone, { me: answer.json<Me>() });
}

let people = 0;

/** A workspace with its owner, who is signed in. */
export async function anOwner(app: FastifyInstance) {
  const email = `owner${++people}@shop.example`;
  const owner = { name: `Owner ${people}`, email, password: goodPassword };
  const { workspaceId } = await createWorkspace(app.base, { name: `Shop ${people}`, timeZone: 'UTC', owner });
  return Object.assign(await signedIn(app, email), { email, workspaceId });
}

/** One more member, signed in; `userId` as on the wire. */
export async function aMember(app: FastifyInstance, workspaceId: string, role: Role) {
  const email = `${role}${++people}@shop.example`;
  const id = newId();
  const { base } = app;
  await insertUser(base, id, {
    name: `${role} ${people}`,
    email,
    passwordHash: await hashPassword(goodPassword),
  });
  await addMembership(base, workspaceId, id, role);
  const person = await signedIn(app, email);
  return Object.assign(person, { email, userId: person.me.user.id });
}

export async function addMembership(base: BaseCtx, workspaceId: string, userId: string, role: Role) {
  await base.db
    .insertInto('memberships')
    .values({ workspace_id: workspaceId, user_id: userId, role, created_at: base.clock.now() })
    .execute();
}

export function uuid(prefix: Parameters<typeof fromWireId>[0], wireId: string): string {
  const id = fromWireId(prefix, wireId);
  if (!id) throw new Error(`not an id: ${wireId}`);
  return id;
}

export function codeOf(answer: Answer): string {
  return `${answer.statusCode} ${answer.json<{ code?: string }>().code ?? ''}`.trim();
}
