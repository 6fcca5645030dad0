// HTTP before anybody is signed in: first set-up, sign-in, sign-out.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import * as contract from '../../contract/workspaces.ts';
import { tokenHash } from '../platform/crypto.ts';
import { route } from '../platform/http/route.ts';
import type { OnWorkspaceCreated } from './create-workspace.ts';
import { showMe } from './me.ts';
import { clearSessionCookie, originOf, sessionCookie, setSessionCookie } from './session.ts';
import { isSetUpNeeded, setUp } from './set-up.ts';
import { beginSession, type SignedIn, signIn } from './sign-in.ts';

const tag = 'Sign-in';

export function signInRoutes(app: FastifyInstance, onCreated?: OnWorkspaceCreated): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/setup',
    access: 'public',
    tag,
    summary: 'Whether this installation still waits for its first owner',
    response: z.object({ needed: z.boolean(), sandbox: z.boolean() }),
    handler: async ({ ctx }) => ({
      needed: await isSetUpNeeded(ctx),
      sandbox: ctx.config.sandboxUrl !== null,
    }),
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/setup',
    access: 'public',
    tag,
    summary: 'Create the first workspace and its owner; possible once',
    body: contract.setUp,
    response: contract.me,
    status: 201,
    async handler({ ctx, body, request, reply }) {
      const { email, name, password } = body;
      const input = {
        name: body.workspace_name,
        timeZone: body.time_zone,
        currency: body.currency,
        owner: { email, name, password },
      };
      const created = await setUp(ctx, input, onCreated);
      return welcome(request, reply, await beginSession(ctx, created, originOf(request)));
    },
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/sign_in',
    access: 'public',
    tag,
    summary: 'Start a session with email and password',
    body: contract.signIn,
    response: contract.me,
    async handler({ ctx, body, request, reply }) {
      return welcome(request, reply, await signIn(ctx, body, originOf(request)));
    },
  });
  route(app, {
    method: 'POST',
    url: '/api/v1/sign_out',
    access: 'public',
    tag,
    summary: 'End this session; also fine when it has ended already',
    async handler({ ctx, request, reply }) {
      const token = request.cookies[sessionCookie];
      if (token) await ctx.db.deleteFrom('sessions').where('token_hash', '=', tokenHash(token)).execute();
      clearSessionCookie(request, reply);
      return undefined;
    },
  });
}

/** Hands out the cookie and answers as GET /me will. */
export async function welcome(
  request: FastifyRequest,
  reply: FastifyReply,
  signedIn: SignedIn,
): Promise<contract.Me> {
  const { base } = request.server;
  setSessionCookie(request, reply, signedIn.token);
  return showMe({ ...base, actor: signedIn.actor });
}
