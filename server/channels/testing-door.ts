// The HTTP app for this module's tests: every request comes as the test's actor, or as whom `as` says.
import type { FastifyInstance } from 'fastify';
import { afterAll } from 'vitest';
import { createServer } from '../platform/http/server.ts';
import type { TestCtx } from '../testing/context.ts';

/** `register`: the route functions to be tried. */
export async function aDoor(
  ctx: TestCtx,
  register: ((app: FastifyInstance) => void)[],
): Promise<{
  app: FastifyInstance;
  ask(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers by name
  ): Promise<{ status: number; body: any }>;
}> {
  const { actor, ...base } = ctx;
  const app = await createServer(base, 'test', async () => actor, {
    con: { table: 'connections', where: 'deleted_at IS NULL' },
    cnt: { table: 'contacts' },
    cnv: { table: 'conversations' },
    dlv: { table: 'deliveries' },
    msg: { table: 'messages' },
  });
  for (const routes of register) routes(app);
  await app.ready();
  afterAll(() => app.close());
  return {
    app,
    async ask(method, url, body) {
      const response = await app.inject({ method, url: `/api/v1${url}`, ...(body ? { payload: body } : {}) });
      return { status: response.statusCode, body: response.body === '' ? null : response.json() };
    },
  };
}
