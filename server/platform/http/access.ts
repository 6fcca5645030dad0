// Three questions before any handler: who are you (401), may you (403), is it yours (404). In that order, for every route,
// driven by what the route declared; a route without `access` cannot be registered.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { fromWireId, type IdPrefix, idPrefixes } from '../../../contract/ids.ts';
import type { Actor, BaseCtx } from '../context.ts';
import { AppError, notFound } from '../errors.ts';

export type Authenticate = (base: BaseCtx, request: FastifyRequest) => Promise<Actor | null>;

/** Where the rows of a noun live, for the ownership check: a table with `workspace_id` and `id`. */
export type TenantTables = Partial<Record<IdPrefix, { table: string; column?: string; where?: string }>>;

export function installAccess(app: FastifyInstance, authenticate: Authenticate, tables: TenantTables): void {
  app.decorateRequest('ctx', null);
  app.decorateRequest('ids', null as never);

  app.addHook('onRoute', (options) => {
    if (!options.url.startsWith('/api/v1') || options.method === 'HEAD' || options.method === 'OPTIONS')
      return;
    const { access, ids, names } = options.config ?? {};
    if (!access)
      throw new Error(
        `${options.method} ${options.url} declares no access: use route() of platform/http/route.ts`,
      );
    for (const prefix of Object.values(ids ?? {}))
      if (!tables[prefix]) throw new Error(`No tenant table is known for ids "${prefix}_…" (server/app.ts)`);
    app.routeTable.push({
      method: String(options.method),
      url: options.url,
      access,
      ids: ids ?? {},
      names: names ?? [],
    });
  });

  app.addHook('onRequest', async (request) => {
    request.ids = {};
    const access = request.routeOptions.config.access;
    if (!access || access === 'public') return refuseForeignOrigin(app.base, request);
    const actor = await authenticate(app.base, request);
    if (!actor)
      throw new AppError('UNAUTHENTICATED', 'Sign in, or send "Authorization: Bearer <API token>".');
    if (actor.kind === 'user') refuseForeignOrigin(app.base, request);
    if (access === 'signed_in') {
      if (actor.kind !== 'user')
        throw new AppError('FORBIDDEN', 'This is about a person: use a session, not an API token.');
    } else if (actor.kind !== 'system' && !actor.scopes.has(access)) {
      const who =
        actor.kind === 'token'
          ? `This token lacks the scope "${access}". Create one that has it.`
          : `Your role does not include "${access}". Ask an owner or admin.`;
      throw new AppError('FORBIDDEN', who);
    }
    request.ctx = { ...app.base, actor, log: app.base.log.child({ request: request.id }) };
  });

  app.addHook('preValidation', async (request) => {
    const ids = request.routeOptions.config.ids ?? {};
    for (const [name, prefix] of Object.entries(ids)) {
      const uuid = fromWireId(prefix, String((request.params as Record<string, string>)[name]));
      const tenant = tables[prefix];
      if (!uuid || !tenant || !request.ctx) throw notFound(idPrefixes[prefix]);
      const owner = sql.ref(tenant.column ?? 'id');
      const extra = tenant.where ? sql.raw(` AND ${tenant.where}`) : sql``;
      const found =
        await sql`SELECT 1 FROM ${sql.table(tenant.table)} WHERE workspace_id = ${request.ctx.actor.workspaceId} AND ${owner} = ${uuid}${extra}`.execute(
          app.base.db,
        );
      if (found.rows.length === 0) throw notFound(idPrefixes[prefix]);
      request.ids[name] = uuid;
    }
  });
}

/** A cookie travels with requests that other sites start; an unsafe method is only taken from our own pages. */
function refuseForeignOrigin(base: BaseCtx, request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const site = request.headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return;
  const { origin } = request.headers;
  if (!origin && !site) return; // not a browser: it sends neither
  if (origin && isOwnOrigin(base, request, origin)) return;
  throw new AppError(
    'FOREIGN_ORIGIN',
    'Open the panel itself and try there. Behind a proxy, set PUBLIC_URL to the address you see in the browser.',
  );
}

/** Whether a page of `origin` is one of ours; `request.host` is what the proxy was asked for where TRUST_PROXY is on. */
export function isOwnOrigin(base: BaseCtx, request: FastifyRequest, origin: string): boolean {
  return [base.config.publicUrl, `${request.protocol}://${request.host}`].some(
    (url) => url && URL.parse(url)?.origin === origin,
  );
}
