// Questions about all people at once, within the memory and the time that one person at a screen may take of everybody's.
import { sql } from 'kysely';
import { type Ctx, inTransaction } from '../context.ts';
import { AppError } from '../errors.ts';

const memoryMb = 192;
export const patienceSeconds = 20;

export interface Room {
  /** How many facts are gathered of everybody (compile.ts): they share the memory. */
  gathered: number;
  /**
   * Where a person waits, PostgreSQL may take another process for it. Each gathers facts of everybody for itself: with two more,
   * 13 of 21 questions of the bench were slower than with one, and none faster (2 cores, 2026-11-21).
   */
  workers?: 0 | 1;
}

/** For whom a filter means: its rule, and what it asks besides. */
export const roomToCount: Room = { gathered: 2, workers: 1 };

/** Throws UNAVAILABLE where a statement takes longer than `seconds`. */
export async function inTime<R>(
  ctx: Ctx,
  room: Room,
  work: (ctx: Ctx) => Promise<R>,
  seconds = patienceSeconds,
): Promise<R> {
  try {
    return await inTransaction(ctx, async (ctx) => {
      await roomFor(ctx, room);
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
export async function roomFor(ctx: Ctx, { gathered, workers = 0 }: Room): Promise<void> {
  // each process may gather all of it for itself
  const megabytes = Math.max(4, Math.floor(memoryMb / (gathered + 1) / (workers + 1)));
  // pages in memory cost the same in any order; at the usual 1.1 people who did something three times were not looked up but
  // sought among everybody: 325 ms instead of 195 (2026-11-21; at 0.5 others were slower)
  await sql`
    SELECT set_config('work_mem', ${`${megabytes}MB`}, true), set_config('jit', 'off', true),
      set_config('random_page_cost', '0.9', true), set_config('max_parallel_workers_per_gather', ${String(workers)}, true)`.execute(
    ctx.db,
  );
}

/** PostgreSQL's word for a statement that was too slow. */
export const isTooSlow = (error: unknown): boolean => (error as { code?: string }).code === '57014';
