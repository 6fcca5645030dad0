// Who waits for whom where two contacts become one: a merge is alone in its workspace, everybody else goes beside each other.
// Taken by what reads whose an address is, and then writes by it: writing people at once, rows of a run, a new person.
import { sql } from 'kysely';
import type { Ctx } from '../../platform/context.ts';

const key = (ctx: Pick<Ctx, 'actor'>) =>
  sql`hashtextextended('contacts.merge ' || ${ctx.actor.workspaceId}, 0)`;

/** Until the end of the transaction no two contacts become one, and none becomes two. To be taken before any row is locked. */
export async function besideMerges(ctx: Pick<Ctx, 'db' | 'actor'>): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock_shared(${key(ctx)})`.execute(ctx.db);
}

/** Waits for everybody of `besideMerges` and for batches of contacts (upsert.ts), in this order of the two locks. */
export async function aloneForMerge(ctx: Ctx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('contacts.upsert ' || ${ctx.actor.workspaceId}, 0))`.execute(
    ctx.db,
  );
  await sql`SELECT pg_advisory_xact_lock(${key(ctx)})`.execute(ctx.db);
}
