// For tests of the HTTP layer: the bare server with routes of the test's own, and the actor whom the header "as" names.
import type { FastifyInstance } from 'fastify';
import { afterAll } from 'vitest';
import { inWorkspace, type TestCtx } from '../../testing/context.ts';
import type { Actor } from '../context.ts';
import { createServer } from './server.ts';

export async function aServer(
  ctx: TestCtx,
  routes: (app: FastifyInstance) => void,
): Promise<FastifyInstance> {
  const tokenId = (ctx.actor as { tokenId: string }).tokenId;
  const app = await createServer(
    ctx,
    'test',
    async (_base, request): Promise<Actor | null> => {
      const as = request.headers.as;
      if (as === 'nobody') return null;
      if (as === 'person')
        return {
          ...inWorkspace(ctx, ctx.actor.workspaceId).actor,
          kind: 'user',
          userId: '019fdbe0-5c4e-7d21-9a3f-2b6c8d0e4f17',
          sessionId: '019fdbe0-5c4e-7d21-9a3f-2b6c8d0e4f18',
          role: 'owner',
        } as Actor;
      return { ...ctx.actor, tokenId: as ? `${tokenId}-${as}` : tokenId } as Actor;
    },
    { cmp: { table: 'campaigns' } },
  );
  routes(app);
  await app.ready();
  afterAll(() => app.close());
  return app;
}
