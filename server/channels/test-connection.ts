// One round trip to the platform, for the "Test" button: is the token good, is the platform there, how long does it take.
import type { Ctx } from '../platform/context.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { breakConnection, openAccount, setHealth } from './accounts.ts';
import { handleOf } from './connection.ts';
import { lookAtHealth } from './health.ts';
import { settleReceiving } from './receiving.ts';

/** A good answer also mends a connection that was marked as broken; a refused token marks it. Never throws for those. */
export async function testConnection(
  ctx: Ctx,
  id: string,
): Promise<{ ok: boolean; detail: string; latency_ms: number }> {
  const started = ctx.clock.now().getTime();
  const took = () => Math.max(0, ctx.clock.now().getTime() - started);
  try {
    const open = await openAccount(ctx, id);
    if (!open) throw notFound('connection');
    const who = await open.adapter.identify(open.account);
    const latency_ms = took();
    const name = handleOf(open.adapter.channel, who);
    const health = await lookAtHealth(ctx, id);
    const block = health?.problems.find((problem) => problem.severity === 'blocks');
    if (block) {
      const words = [block.detail, block.solution].filter(Boolean).join(' ');
      return { ok: false, detail: `${name} answers, but nothing can be sent: ${words}`, latency_ms };
    }
    await setHealth(ctx, id, { status: 'connected', problem: null });
    await settleReceiving(ctx, id, 'by_a_person');
    return { ok: true, detail: `${name} answered in ${latency_ms} ms.`, latency_ms };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'NOT_FOUND') throw error;
    if (error.code === 'CREDENTIALS_REJECTED') await breakConnection(ctx, id, error.message);
    return { ok: false, detail: error.message, latency_ms: took() };
  }
}
