// For tests of what runs into each other: the order is made by locks, not by waiting for some time.
import { sql } from 'kysely';
import { inTransaction } from '../platform/context.ts';
import type { TestCtx } from './context.ts';
import { until } from './engine.ts';

/** Resolves as soon as `count` statements of this database wait for somebody's lock, or `work` has ended without. */
async function waitsOrEnds(ctx: TestCtx, work: Promise<unknown>, count: number): Promise<void> {
  let over = false;
  const ended = () => {
    over = true;
  };
  work.then(ended, ended);
  await until(`${count} wait for a lock`, async () => {
    const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(ctx.db);
    return over || (rows[0]?.n ?? 0) >= count;
  });
}

/** Does `first`, then lets `second` run into it, and only then commits. Returns what `second` comes to. */
export async function during<R>(
  ctx: TestCtx,
  first: (ctx: TestCtx) => Promise<unknown>,
  second: () => Promise<R>,
  count = 1,
): Promise<R> {
  let begun: Promise<R> | undefined;
  await inTransaction(ctx, async (trx) => {
    await first(trx);
    begun = second();
    await waitsOrEnds(ctx, begun, count);
  });
  return begun as Promise<R>;
}
