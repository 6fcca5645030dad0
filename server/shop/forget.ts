// What the shop told that is kept for looking back only: the history of carts and of stock, so long as a backtest asks for it, and
// which deletions came.
import { sql } from 'kysely';
import type { BaseCtx } from '../platform/context.ts';

export const historyDays = 35;
const atOnce = 10_000;

const histories = [
  { table: sql`cart_touches`, unless: sql`false` },
  { table: sql`shop_deletions`, unless: sql`false` },
  {
    table: sql`restocks`,
    // a long delay: what came back then is still to be told of
    unless: sql`EXISTS (SELECT FROM trigger_waits w WHERE w.workspace_id = h.workspace_id AND w.subject_id = h.product_id AND w.since <= h.at)`,
  },
];

/** Daily job, in bites that nobody waits for: a shop may have told of a million changes on one day. */
export async function forgetOldHistory(base: BaseCtx): Promise<void> {
  const before = new Date(base.clock.now().getTime() - historyDays * 86_400_000);
  const workspaces = await base.db.selectFrom('workspaces').select('id').execute();
  for (const { id } of workspaces)
    for (const { table, unless } of histories) {
      let gone: number;
      do {
        const { numAffectedRows } = await sql`
          DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
            SELECT h.ctid FROM ${table} h WHERE h.workspace_id = ${id} AND h.at < ${before} AND NOT ${unless} ORDER BY h.at LIMIT ${atOnce}))`.execute(
          base.db,
        );
        gone = Number(numAffectedRows ?? 0);
      } while (gone === atOnce);
    }
}
