// Back in stock: which wishes (product_interest, as `i`) are told of, as SQL: asked when rows are made of them (triggers/restock.ts),
// and by whoever says why somebody is not told (why/event.ts).
import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '../platform/context.ts';
import { wishDays } from '../shop/waiting.ts';
import type { AutomationPlan } from './automation.ts';

/** Of a kind that the settings name, and not too long ago. */
export function isWish(ctx: Ctx, { waiting }: AutomationPlan): RawBuilder<boolean> {
  const wishFrom = new Date(ctx.clock.now().getTime() - wishDays * 86_400_000);
  return sql<boolean>`i.kind = ANY(${waiting}::text[]) AND (i.kind = 'subscribed' OR i.at >= ${wishFrom})`;
}

const coolFrom = (ctx: Ctx, { coolDownHours }: AutomationPlan) =>
  new Date(ctx.clock.now().getTime() - coolDownHours * 3_600_000);

/** Of a wish (`i`) for a product (`p`): why they were left out of it within the cool-down, as an array; empty where they asked for it anew. */
export function leftOutFor(ctx: Ctx, campaignId: string, automation: AutomationPlan): RawBuilder<string[]> {
  return sql<string[]>`ARRAY(
    SELECT d.reason FROM (SELECT * FROM deliveries d WHERE d.contact_id = i.contact_id AND d.campaign_id = ${campaignId} OFFSET 0) d
    CROSS JOIN LATERAL (SELECT e.products FROM delivery_events e
      WHERE e.workspace_id = d.workspace_id AND e.delivery_id = d.id OFFSET 0) e
    WHERE d.workspace_id = i.workspace_id AND p.external_id = ANY(e.products) AND d.state = 'skipped'
      AND d.created_at >= ${coolFrom(ctx, automation)} AND (i.kind <> 'subscribed' OR d.created_at >= i.at))`;
}

/**
 * A wish for a product (`p`) of which this is `back` (variants, whole) and can be bought now. Not: what they bought since they wanted
 * it; what they were told of since they wanted it, or within the cool-down, unless they asked for it anew. A message that never left
 * has told nobody. OFFSET 0: looked up person by person, by the one index that begins with them; else tables without figures yet were
 * read whole for each of them.
 */
export function isOpenWish(ctx: Ctx, campaignId: string, automation: AutomationPlan): RawBuilder<boolean> {
  const notBought = sql`NOT EXISTS (
        SELECT FROM (SELECT * FROM orders o WHERE o.workspace_id = i.workspace_id AND o.contact_id = i.contact_id OFFSET 0) o
        JOIN order_items b ON b.workspace_id = o.workspace_id AND b.order_id = o.id AND b.product_id = p.external_id
        WHERE o.placed_at >= i.at AND o.status NOT IN ('cancelled', 'returned'))`;
  return sql<boolean>`${isWish(ctx, automation)}
      AND (CASE WHEN i.variant_id = '' THEN back.whole ELSE i.variant_id = ANY(back.variants) AND EXISTS (
        SELECT FROM product_variants v WHERE v.workspace_id = i.workspace_id AND v.product_id = i.product_id
          AND v.external_id = i.variant_id AND (v.stock IS NULL OR v.stock > 0)) END)
      AND ${automation.unless.bought ? notBought : sql`true`}
      AND NOT EXISTS (
        SELECT FROM (SELECT * FROM deliveries d WHERE d.contact_id = i.contact_id AND d.campaign_id = ${campaignId} OFFSET 0) d
        CROSS JOIN LATERAL (SELECT e.products FROM delivery_events e
          WHERE e.workspace_id = d.workspace_id AND e.delivery_id = d.id OFFSET 0) e
        WHERE d.workspace_id = i.workspace_id AND p.external_id = ANY(e.products) AND d.state NOT IN ('skipped', 'failed', 'cancelled')
          AND (d.created_at >= i.at OR d.created_at >= ${coolFrom(ctx, automation)} AND i.kind <> 'subscribed'))`;
}

/** Of waits (`due`: product_id, since) what came back since, taken together, and can be bought now. */
export const backSince = (workspaceId: string, due: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    WITH due AS (${due})
    SELECT r.product_id, coalesce(array_agg(DISTINCT v.variant) FILTER (WHERE v.variant IS NOT NULL), '{}') AS variants, bool_or(r.whole) AS whole
    FROM due JOIN restocks r ON r.workspace_id = ${workspaceId} AND r.product_id = due.product_id AND r.at >= due.since
    JOIN products p ON p.workspace_id = r.workspace_id AND p.id = r.product_id AND p.available
    LEFT JOIN LATERAL unnest(r.variants) AS v (variant) ON true
    GROUP BY r.product_id`;
