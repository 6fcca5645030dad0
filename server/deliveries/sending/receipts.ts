// What platforms and people tell us after a send: delivered, read, answered. Late, early, repeated and disordered news
// never moves a row backwards.
import { sql } from 'kysely';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../../platform/context.ts';
import { addTally, conversionDays } from '../reports/tallies.ts';

/** An answer within this time counts for the last campaign message before it. */
const replyWindowMs = 7 * 24 * 3_600_000;

/** The person wrote: their latest campaign message on that connection is answered. Returns its campaign, or null. */
export async function markReplied(
  ctx: Ctx,
  given: { contactId: string; connectionId: string; at: Date },
): Promise<string | null> {
  const since = new Date(given.at.getTime() - replyWindowMs);
  const rows = await sql<{ campaign_id: string }>`
    WITH answered AS (
    UPDATE deliveries SET replied_at = ${given.at}
    WHERE workspace_id = ${ctx.actor.workspaceId} AND replied_at IS NULL AND id = (
      SELECT id FROM deliveries
      WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ${given.contactId} AND connection_id = ${given.connectionId}
        AND source = 'campaign' AND state IN ('sent', 'delivered', 'read') AND sent_at BETWEEN ${since} AND ${given.at}
      ORDER BY sent_at DESC, id DESC LIMIT 1)
    RETURNING workspace_id, run_id, variant, campaign_id
    ), summed AS (${addTally('replied', sql`answered`)})
    SELECT campaign_id FROM answered`.execute(ctx.db);
  return rows.rows[0]?.campaign_id ?? null;
}

const conversionWindow = sql`make_interval(hours => ${sql.lit(conversionDays * 24)})`;

/**
 * Job `deliveries.attribute_orders`: whoever ordered converted, by the first order after their latest campaign message. An
 * order that is told late and was earlier takes the place of the other; told again, it changes nothing; one that was cancelled
 * since leaves its place to the next.
 */
export async function attributeOrders(
  base: BaseCtx,
  { workspaceId, orderIds }: { workspaceId: string; orderIds: string[] },
): Promise<void> {
  await inTransaction(asSystem(base, workspaceId), async (ctx) => {
    const next = await takeBack(ctx, orderIds);
    await attribute(ctx, [...orderIds, ...next]);
  });
}

/** Orders that converted somebody and are cancelled now, came back, or were placed at another time, do so no more. Returns which may instead. */
async function takeBack(ctx: Ctx, orderIds: string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    WITH gone AS MATERIALIZED (
      SELECT d.workspace_id, d.id, d.run_id, d.variant, d.contact_id, d.sent_at
      FROM orders o JOIN deliveries d ON d.workspace_id = o.workspace_id AND d.contact_id = o.contact_id AND d.converted_by = o.id
      WHERE o.workspace_id = ${ctx.actor.workspaceId} AND o.id = ANY(${orderIds}::uuid[])
        AND (o.status IN ('cancelled', 'returned') OR o.placed_at <> d.converted_at)
      ORDER BY d.id FOR NO KEY UPDATE OF d
    ), cleared AS (
      UPDATE deliveries d SET converted_at = NULL, converted_by = NULL
      FROM gone WHERE d.workspace_id = gone.workspace_id AND d.id = gone.id
    ), summed AS (${addTally('converted', sql`gone`, -1)})
    SELECT o.id FROM gone JOIN orders o ON o.workspace_id = gone.workspace_id AND o.contact_id = gone.contact_id
      AND o.placed_at >= gone.sent_at AND o.placed_at < gone.sent_at + ${conversionWindow}`.execute(ctx.db);
  return rows.map(({ id }) => id);
}

async function attribute(ctx: Ctx, orderIds: string[]): Promise<void> {
  await sql`
    WITH meant AS (
      SELECT DISTINCT ON (d.id) d.workspace_id, d.id, o.id AS order_id, o.placed_at
      FROM orders o CROSS JOIN LATERAL (
        SELECT d.workspace_id, d.id FROM deliveries d
        WHERE d.workspace_id = o.workspace_id AND d.contact_id = o.contact_id AND d.source = 'campaign'
          AND d.state IN ('sent', 'delivered', 'read') AND d.sent_at <= o.placed_at AND d.sent_at > o.placed_at - ${conversionWindow}
        ORDER BY d.sent_at DESC, d.id DESC LIMIT 1) d
      WHERE o.workspace_id = ${ctx.actor.workspaceId} AND o.id = ANY(${orderIds}::uuid[]) AND o.status NOT IN ('cancelled', 'returned')
      ORDER BY d.id, o.placed_at, o.id
    ), met AS MATERIALIZED (
      SELECT d.workspace_id, d.id, d.run_id, d.variant, d.converted_at, meant.order_id, meant.placed_at
      FROM meant JOIN deliveries d ON d.workspace_id = meant.workspace_id AND d.id = meant.id
      WHERE d.converted_at IS NULL OR d.converted_at > meant.placed_at
      ORDER BY d.id FOR NO KEY UPDATE OF d
    ), marked AS (
      UPDATE deliveries d SET converted_at = met.placed_at, converted_by = met.order_id
      FROM met WHERE d.workspace_id = met.workspace_id AND d.id = met.id
    ), firsts AS (SELECT workspace_id, run_id, variant FROM met WHERE converted_at IS NULL)
    ${addTally('converted', sql`firsts`)}`.execute(ctx.db);
}
