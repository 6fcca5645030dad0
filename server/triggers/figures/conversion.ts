// What an automation brought, told twice: by last touch, which takes every order after a message for its work, and by holdout,
// which takes off what people do anyway. They answer different questions, so both are shown and named.
import { sql } from 'kysely';
import type { Conversion } from '../../../contract/automations.ts';
import { amountText } from '../../../contract/money.ts';
import { decidedAbout } from '../../deliveries/ab/holdout-report.ts';
import { liftOf } from '../../deliveries/ab/lift.ts';
import { conversionDays } from '../../deliveries/reports/tallies.ts';
import type { Ctx } from '../../platform/context.ts';
import { moneys } from './revenue.ts';

interface Asked {
  campaignId: string;
  from: Date;
  until: Date;
}

/** Of the messages of the last `days` days, of all runs of the campaign. */
export async function conversionOf(ctx: Ctx, campaignId: string, days: number): Promise<Conversion> {
  const until = ctx.clock.now();
  const asked = { campaignId, from: new Date(until.getTime() - days * 86_400_000), until };
  return {
    from: asked.from.toISOString(),
    until: until.toISOString(),
    window_days: conversionDays,
    last_touch: await byLastTouch(ctx, asked),
    holdout: await byHoldout(ctx, asked),
  };
}

async function byLastTouch(ctx: Ctx, { campaignId, from, until }: Asked): Promise<Conversion['last_touch']> {
  const { workspaceId } = ctx.actor;
  const { rows } = await sql<{ sent: number; people: number; orders: number; revenue: { currency: string; amount: string }[] }>`
    WITH was AS (
      SELECT d.contact_id, d.converted_by FROM deliveries d
      WHERE d.workspace_id = ${workspaceId} AND d.campaign_id = ${campaignId} AND d.source = 'campaign'
        AND d.sent_at >= ${from} AND d.sent_at <= ${until} AND d.state IN ('sent', 'delivered', 'read')
    ), came AS (
      SELECT o.currency, count(*)::int AS orders, sum(o.total)::text AS amount
      FROM was JOIN orders o ON o.workspace_id = ${workspaceId} AND o.id = was.converted_by AND o.status NOT IN ('cancelled', 'returned')
      GROUP BY 1
    )
    SELECT count(*)::int AS sent, count(DISTINCT contact_id)::int AS people,
      (SELECT coalesce(sum(orders), 0)::int FROM came) AS orders,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('currency', currency, 'amount', amount)), '[]') FROM came) AS revenue
    FROM was`.execute(ctx.db); // biome-ignore format: the row beside its question
  const { sent, people, orders, revenue } = rows[0] as (typeof rows)[number];
  return { sent, people, orders, revenue: moneys(revenue), rate: percent(orders, sent) };
}

/**
 * People, not messages: the holdout is drawn of people. Both sides are counted from the first moment in this time at which it was
 * decided about them, for nobody of the holdout has a message to count from.
 */
async function byHoldout(ctx: Ctx, { campaignId, from }: Asked): Promise<Conversion['holdout']> {
  const { workspaceId } = ctx.actor;
  const { rows } = await sql<{ held: boolean; people: number; ordered: number; revenue: string; currency: string }>`
    WITH decided AS (${decidedAbout(ctx, campaignId, from)}), bought AS (
      SELECT p.held, o.id IS NOT NULL AS ordered, CASE WHEN o.currency = w.currency THEN o.total ELSE 0 END AS total, p.contact_id
      FROM decided p JOIN workspaces w ON w.id = ${workspaceId}
      LEFT JOIN orders o ON o.workspace_id = ${workspaceId} AND o.contact_id = p.contact_id AND o.status NOT IN ('cancelled', 'returned')
        AND o.placed_at >= p.at AND o.placed_at < p.at + make_interval(days => ${conversionDays})
    )
    SELECT held, count(DISTINCT contact_id)::int AS people, count(DISTINCT contact_id) FILTER (WHERE ordered)::int AS ordered,
      coalesce(sum(total), 0)::text AS revenue, (SELECT currency FROM workspaces WHERE id = ${workspaceId}) AS currency
    FROM bought GROUP BY held`.execute(ctx.db); // biome-ignore format: the row beside its question
  const held = rows.find((row) => row.held);
  if (!held) return null;
  const sent = rows.find((row) => !row.held) ?? { ...held, people: 0, ordered: 0, revenue: '0' };
  const lift = liftOf(
    { people: sent.people, converted: sent.ordered },
    { people: held.people, converted: held.ordered },
  );
  const enough = lift.interval[0] > 0 || lift.interval[1] < 0;
  const money = (amount: number) => ({
    amount: amountText(amount.toFixed(2), held.currency),
    currency: held.currency,
  });
  const each = (side: typeof held) => (side.people === 0 ? 0 : Number(side.revenue) / side.people);
  const extra = (each(sent) - each(held)) * sent.people;
  return {
    held_out: held.people,
    held_out_ordered: held.ordered,
    rate: lift.rate,
    sent: sent.people,
    sent_ordered: sent.ordered,
    sent_rate: lift.sentRate,
    lift_percent: lift.liftPercent,
    interval: lift.interval,
    extra_orders: enough
      ? Math.round((sent.ordered - (held.ordered / held.people) * sent.people) * 10) / 10
      : null,
    revenue: {
      held_out_per_person: money(each(held)),
      sent_per_person: money(each(sent)),
      extra: enough && extra > 0 ? money(extra) : null,
    },
    enough,
    words: lift.words,
  };
}

const percent = (n: number, of: number) => (of === 0 ? 0 : Math.round((n / of) * 10_000) / 100);
