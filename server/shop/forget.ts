// What the shop told that is kept for looking back only, so long as a backtest asks for it: the history of carts and of stock;
// and wishes that are none any more.
import { sql } from 'kysely';
import type { BaseCtx } from '../platform/context.ts';
import { wishDays } from './waiting.ts';

export const historyDays = 35;
const atOnce = 10_000;

const histories = [
  {
    table: sql`cart_touches`,
    at: sql`h.at`,
    days: historyDays,
    // that a cart which was reminded of was bought is known from it alone once the cart was begun anew
    unless: sql`(h.status = 'ordered' AND EXISTS (SELECT FROM delivery_events e WHERE e.workspace_id = h.workspace_id AND e.subject_id = h.cart_id AND e.version = h.version))`,
  },
  {
    table: sql`restocks`,
    at: sql`h.at`,
    days: historyDays,
    // a long delay: what came back then is still to be told of
    unless: sql`EXISTS (SELECT FROM trigger_waits w WHERE w.workspace_id = h.workspace_id AND w.subject_id = h.product_id AND w.since <= h.at)`,
  },
  // the wishes of the oldest restock that is kept
  {
    table: sql`product_interest`,
    at: sql`h.at`,
    days: historyDays + wishDays,
    unless: sql`h.kind = 'subscribed'`,
  },
  // tellings that had nothing to say to anybody; of the others messages say when it was
  {
    table: sql`restock_batches`,
    at: sql`h.created_at`,
    days: historyDays,
    unless: sql`(h.done_at IS NULL OR EXISTS (SELECT FROM delivery_events e WHERE e.workspace_id = h.workspace_id AND e.subject_id = h.id))`,
  },
];

/** Daily job, in bites that nobody waits for: a shop may have told of a million changes on one day. */
export async function forgetOldHistory(base: BaseCtx): Promise<void> {
  const now = base.clock.now().getTime();
  const workspaces = await base.db.selectFrom('workspaces').select('id').execute();
  for (const { id } of workspaces)
    for (const { table, at, days, unless } of histories) {
      const before = new Date(now - days * 86_400_000);
      let gone: number;
      do {
        const { numAffectedRows } = await sql`
          DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
            SELECT h.ctid FROM ${table} h WHERE h.workspace_id = ${id} AND ${at} < ${before} AND NOT ${unless} ORDER BY ${at} LIMIT ${atOnce}))`.execute(
          base.db,
        );
        gone = Number(numAffectedRows ?? 0);
      } while (gone === atOnce);
    }
}
