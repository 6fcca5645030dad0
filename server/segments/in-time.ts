// Questions about all people at once, within the memory and the time that one person at a screen may take of everybody's.
import { sql } from 'kysely';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';

const memoryMb = 192;
export const patienceSeconds = 20;

/**
 * `gathered`: how many facts are gathered of everybody (compile.ts); they share the memory. Throws UNAVAILABLE where it takes
 * longer than `seconds`.
 */
export async function inTime<R>(
  ctx: Ctx,
  gathered: number,
  work: (ctx: Ctx) => Promise<R>,
  seconds = patienceSeconds,
): Promise<R> {
  try {
    return await inTransaction(ctx, async (ctx) => {
      await roomFor(ctx, gathered);
      await sql`SELECT set_config('statement_timeout', ${`${seconds}s`}, true)`.execute(ctx.db);
      return work(ctx);
    });
  } catch (error) {
    if (!isTooSlow(error)) throw error;
    throw new AppError(
      'UNAVAILABLE',
      `Counting took longer than ${seconds} seconds. Ask for fewer events, or for fewer days of them.`,
      { cause: error },
    );
  }
}

/** For the rest of the transaction: what is gathered of a million people fits into memory. */
export async function roomFor(ctx: Ctx, gathered: number): Promise<void> {
  const megabytes = Math.max(4, Math.floor(memoryMb / (gathered + 1)));
  await sql`SELECT set_config('work_mem', ${`${megabytes}MB`}, true), set_config('jit', 'off', true)`.execute(
    ctx.db,
  );
  // each parallel worker would gather all of it anew
  if (gathered > 0) await sql`SET LOCAL max_parallel_workers_per_gather = 0`.execute(ctx.db);
}

/** PostgreSQL's word for a statement that was too slow. */
export const isTooSlow = (error: unknown): boolean => (error as { code?: string }).code === '57014';
