// What an automation would have answered to: each event of the past once, when its delay would have ended, and why nothing would have
// come of it where that is known. As SQL, with a row of (contact_id, subject_id, at, reason).
import { type RawBuilder, sql } from 'kysely';
import type { ShopAutomation } from '../../../contract/campaigns.ts';
import type { AutomationState } from '../../campaigns/automation.ts';
import type { Ctx } from '../../platform/context.ts';
import { historyDays } from '../../shop/forget.ts';
import { wishDays } from '../../shop/waiting.ts';

export interface Past {
  from: Date;
  until: Date;
  delayMinutes: number;
}

export function pastEvents(ctx: Ctx, automation: AutomationState, past: Past): RawBuilder<unknown> {
  if (automation.kind === 'abandoned_cart') return pastCarts(ctx, automation, past);
  if (automation.kind === 'post_purchase') return pastOrders(ctx, past);
  return pastRestocks(ctx, automation, past);
}

const delayOf = ({ delayMinutes }: Past) => sql`make_interval(mins => ${delayMinutes}::int)`;
/** Those whose delay would have ended in this time, and those for which it had begun to run. */
const inTime = ({ from, until }: Past) => sql`CASE
  WHEN at <= ${until}::timestamptz THEN at >= ${from}::timestamptz ELSE since <= ${until}::timestamptz AND since >= ${from}::timestamptz END`;

/**
 * A cart once for each time that it was filled anew: at the first stretch of the whole delay in which nothing touched it. Of one
 * that never lay still so long: what became of it. What it held then is not kept; whether it was bought is asked of the orders,
 * by products where the cart is still the same one. Set against set: looked up one by one, 600,000 of them took minutes.
 */
function pastCarts(ctx: Ctx, { unless }: AutomationState, past: Past): RawBuilder<unknown> {
  const { workspaceId } = ctx.actor;
  const delay = delayOf(past);
  const until = sql`${past.until}::timestamptz`;
  // no cart of this time was filled earlier than what is kept
  const earliest = new Date(past.from.getTime() - historyDays * 86_400_000);
  return sql`
    WITH filled AS MATERIALIZED (
      SELECT *, coalesce(idle_since, last_full) AS since, coalesce(idle_since + ${delay}, last_full) AS at FROM (
        SELECT cart_id, version, min(at) AS filled_at, max(at) FILTER (WHERE is_full) AS last_full,
          min(at) FILTER (WHERE is_full AND (next_at IS NULL OR next_at > at + ${delay})) AS idle_since, bool_or(status = 'ordered') AS ordered
        FROM (
          SELECT cart_id, version, status, at, status = 'open' AND pieces > 0 AS is_full,
            lead(at) OVER (PARTITION BY cart_id ORDER BY at) AS next_at
          FROM cart_touches WHERE workspace_id = ${workspaceId} AND at <= ${until}) touch
        GROUP BY cart_id, version) each_time
      WHERE last_full IS NOT NULL
    ), bought AS (
      SELECT DISTINCT f.cart_id, f.version FROM filled f
      JOIN carts k ON k.workspace_id = ${workspaceId} AND k.id = f.cart_id
      JOIN orders o ON o.workspace_id = ${workspaceId} AND o.contact_id = k.contact_id AND o.placed_at BETWEEN f.filled_at AND f.at
      WHERE ${unless.bought} AND f.idle_since IS NOT NULL AND f.at <= ${until} AND o.placed_at >= ${earliest}::timestamptz
        AND o.status NOT IN ('cancelled', 'returned') AND (k.version <> f.version OR EXISTS (
          SELECT FROM order_items i WHERE i.workspace_id = o.workspace_id AND i.order_id = o.id
            AND k.items @> jsonb_build_array(jsonb_build_object('product_id', i.product_id))))
    )
    SELECT k.contact_id, f.cart_id AS subject_id, f.at, CASE
      WHEN f.idle_since IS NULL THEN CASE WHEN f.ordered THEN 'cart_bought' ELSE 'cart_emptied' END
      WHEN f.at > ${until} THEN 'delay_runs'
      WHEN b.cart_id IS NOT NULL THEN 'cart_bought' END AS reason
    FROM filled f JOIN carts k ON k.workspace_id = ${workspaceId} AND k.id = f.cart_id
    LEFT JOIN bought b ON b.cart_id = f.cart_id AND b.version = f.version
    WHERE ${inTime(past)}`;
}

/** An order once: so long after it was delivered, unless it came back before. */
function pastOrders(ctx: Ctx, past: Past): RawBuilder<unknown> {
  const earliest = new Date(past.from.getTime() - past.delayMinutes * 60_000);
  return sql`
    SELECT contact_id, subject_id, at, CASE
      WHEN at > ${past.until}::timestamptz THEN 'delay_runs'
      WHEN status <> 'delivered' AND updated_at <= at THEN 'order_returned' END AS reason
    FROM (
      SELECT o.contact_id, o.id AS subject_id, o.delivered_at AS since, o.delivered_at + ${delayOf(past)} AS at, o.status, o.updated_at
      FROM orders o
      WHERE o.workspace_id = ${ctx.actor.workspaceId} AND o.delivered_at >= ${earliest}::timestamptz AND o.delivered_at <= ${past.until}::timestamptz) f
    WHERE ${inTime(past)}`;
}

/**
 * Somebody who wanted it once, at its first return after that, unless they had bought it by then: told once, they are told again only
 * when they want it anew. Products whose delay ends at the same moment are one message.
 */
function pastRestocks(ctx: Ctx, { unless, waiting }: AutomationState, past: Past): RawBuilder<unknown> {
  const { workspaceId } = ctx.actor;
  // also of those before this time: who was told then is not told by the next return
  const earliest = new Date(past.from.getTime() - historyDays * 86_400_000);
  return sql`
    SELECT contact_id, (array_agg(product_id ORDER BY product_id))[1] AS subject_id, at, reason FROM (
      SELECT f.contact_id, f.product_id, f.since, f.since + ${delayOf(past)} AS at, CASE
        WHEN f.since + ${delayOf(past)} > ${past.until}::timestamptz THEN 'delay_runs'
        WHEN ${unless.bought} AND EXISTS (
          SELECT FROM orders o JOIN order_items b ON b.workspace_id = o.workspace_id AND b.order_id = o.id
          JOIN products p ON p.workspace_id = o.workspace_id AND p.external_id = b.product_id AND p.id = f.product_id
          WHERE o.workspace_id = ${workspaceId} AND o.contact_id = f.contact_id AND o.placed_at >= f.wanted_at
            AND o.placed_at <= f.since + ${delayOf(past)} AND o.status NOT IN ('cancelled', 'returned')) THEN 'already_bought' END AS reason
      FROM (
        SELECT i.contact_id, i.product_id, min(r.at) AS since, min(i.at) AS wanted_at
        FROM restocks r JOIN product_interest i ON i.workspace_id = r.workspace_id AND i.product_id = r.product_id AND i.at <= r.at
        WHERE r.workspace_id = ${workspaceId} AND r.at >= ${earliest}::timestamptz AND r.at <= ${past.until}::timestamptz
          AND i.kind = ANY(${waiting}::text[]) AND (i.kind = 'subscribed' OR i.at >= r.at - make_interval(days => ${wishDays}::int))
          AND CASE WHEN i.variant_id = '' THEN r.whole ELSE i.variant_id = ANY(r.variants) END
        GROUP BY 1, 2) f) told
    WHERE ${inTime(past)} GROUP BY contact_id, at, reason`;
}

/** Since when what an automation answers to is known; null: nothing of it is. */
export async function keptSince(ctx: Ctx, kind: ShopAutomation): Promise<Date | null> {
  const [table, column, isHistory] = (
    {
      // that a cart was bought is kept for longer (shop/forget.ts)
      abandoned_cart: ['cart_touches', 'at', sql`status <> 'ordered'`],
      post_purchase: ['orders', 'delivered_at', sql`true`],
      back_in_stock: ['restocks', 'at', sql`true`],
    } as const
  )[kind];
  const { rows } = await sql<{ at: Date | null }>`
    SELECT min(${sql.ref(column)}) AS at FROM ${sql.table(table)} WHERE workspace_id = ${ctx.actor.workspaceId} AND ${isHistory}`.execute(
    ctx.db,
  );
  return rows[0]?.at ?? null;
}
