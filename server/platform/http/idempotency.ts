// Idempotency-Key on POST: the first request takes the key, its answer is kept for a day and repeated for the same key and
// body. The key is taken before the handler runs, so two at once cannot both work.
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Ctx } from '../context.ts';
import { AppError } from '../errors.ts';

const keepMs = 24 * 3_600_000;
/** After this a request that never answered (the node died) no longer blocks its key. */
const abandonedAfterMs = 60_000;

declare module 'fastify' {
  interface FastifyRequest {
    idempotencyKey: string | null;
  }
}

export function installIdempotency(app: FastifyInstance): void {
  app.decorateRequest('idempotencyKey', null);

  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key'];
    const ctx = request.ctx;
    if (request.method !== 'POST' || key === undefined || !ctx) return;
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key))
      throw new AppError(
        'BAD_REQUEST',
        'Idempotency-Key takes 1 to 200 visible ASCII characters, for instance a UUID.',
      );
    const scoped = scopedKey(ctx, key);
    const hash = requestHash(request);
    const now = ctx.clock.now();
    const taken = await ctx.db
      .insertInto('idempotency_keys')
      .values({ workspace_id: ctx.actor.workspaceId, key: scoped, request_hash: hash, created_at: now })
      .onConflict((conflict) =>
        conflict
          .columns(['workspace_id', 'key'])
          .doUpdateSet({ request_hash: hash, created_at: now, status: null, body: null })
          .where((eb) =>
            eb.or([
              eb('idempotency_keys.created_at', '<', new Date(now.getTime() - keepMs)),
              eb.and([
                eb('idempotency_keys.status', 'is', null),
                eb('idempotency_keys.created_at', '<', new Date(now.getTime() - abandonedAfterMs)),
                eb('idempotency_keys.request_hash', '=', hash),
              ]),
            ]),
          ),
      )
      .returning('key')
      .executeTakeFirst();
    if (taken) {
      request.idempotencyKey = scoped;
      return;
    }
    const first = await ctx.db
      .selectFrom('idempotency_keys')
      .selectAll()
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('key', '=', scoped)
      .executeTakeFirst();
    if (first && !first.request_hash.equals(hash))
      throw new AppError(
        'IDEMPOTENCY_KEY_REUSED',
        'Use a new key for a new request; the same key only repeats the same body.',
      );
    if (!first || first.status === null)
      throw new AppError('IDEMPOTENCY_IN_PROGRESS', 'Wait a moment and send it again with the same key.', {
        retryAfterMs: 1000,
      });
    const type = first.status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8';
    return reply
      .status(first.status)
      .header('idempotent-replay', 'true')
      .type(type)
      .serializer((value: unknown) => String(value))
      .send(openAnswer(ctx, scoped, first.body));
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const { ctx, idempotencyKey: key } = request;
    if (!ctx || !key) return payload;
    const row = ctx.db
      .updateTable('idempotency_keys')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('key', '=', key);
    // our own failure and "later" are no answers worth repeating: the key is free again
    if (
      reply.statusCode >= 500 ||
      reply.statusCode === 429 ||
      (payload !== null && payload !== undefined && typeof payload !== 'string')
    )
      await ctx.db
        .deleteFrom('idempotency_keys')
        .where('workspace_id', '=', ctx.actor.workspaceId)
        .where('key', '=', key)
        .execute();
    else await row.set({ status: reply.statusCode, body: sealAnswer(ctx, key, payload ?? '') }).execute();
    return payload;
  });
}

/** Two people, or a person and a token, do not share keys. */
function scopedKey(ctx: Ctx, key: string): string {
  const { actor } = ctx;
  const who = actor.kind === 'user' ? actor.userId : actor.kind === 'token' ? actor.tokenId : 'system';
  return `${who}:${key}`;
}

/** Answers hold what is stored nowhere else in the clear (a new API token, an invitation's link): sealed for the day. */
function sealAnswer(ctx: Ctx, key: string, body: string): string {
  return ctx.secrets.seal(body, `idempotency_keys/${ctx.actor.workspaceId}/${key}`).toString('base64');
}

function openAnswer(ctx: Ctx, key: string, sealed: string | null): string {
  if (!sealed) return '';
  return ctx.secrets.open(Buffer.from(sealed, 'base64'), `idempotency_keys/${ctx.actor.workspaceId}/${key}`);
}

function requestHash(request: FastifyRequest): Buffer {
  // a multipart body is still unread here: its key is bound to route and length
  const body = request.isMultipart?.()
    ? request.headers['content-length']
    : JSON.stringify(request.body ?? null);
  return createHash('sha256').update(`${request.url}\n${body}`).digest();
}
