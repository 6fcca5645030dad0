// The last days of a campaign, for the cards: what was sent on each, and what came of it. Automations and broadcasts alike.
import { sql } from 'kysely';
import type { CampaignDays } from '../../../contract/automations.ts';
import type { Ctx } from '../../platform/context.ts';
import { moneys } from './revenue.ts';

interface Home {
  zone: string;
  /** The days by their dates, the oldest first. */
  dates: string[];
  from: Date;
  tracked: boolean;
  /** Runs that began and ended on one of these days, or began today: their counters say what a million rows would. */
  whole: { id: string; date: string }[];
  /** Others may have sent in this time. */
  more: boolean;
}

interface Came {
  date: string;
  sent: number;
  clicked: number;
  orders: number;
  revenue: { currency: string; amount: string }[];
}

/**
 * By the workspace's clock; of messages of all runs, whatever words they had. A broadcast that was over within a day is read from
 * its counters: of a million messages in a few milliseconds instead of a second (docs/performance.md).
 */
export async function daysOf(ctx: Ctx, campaignId: string, days: number): Promise<CampaignDays> {
  const home = await homeOf(ctx, campaignId, days);
  const came = [
    ...(home.whole.length > 0 ? await ofCounters(ctx, home) : []),
    ...(home.more ? await ofRows(ctx, campaignId, home) : []),
  ];
  const sumsOf = (some: Came[]) => ({
    sent: some.reduce((all, { sent }) => all + sent, 0),
    clicked: home.tracked ? some.reduce((all, { clicked }) => all + clicked, 0) : null,
    orders: some.reduce((all, { orders }) => all + orders, 0),
    revenue: moneys(some.flatMap(({ revenue }) => revenue)),
  });
  return {
    time_zone: home.zone,
    days: home.dates.map((date) => ({ date, ...sumsOf(came.filter((one) => one.date === date)) })),
    total: sumsOf(came),
  };
}

const dateOf = (at: string) => sql`to_char(${sql.raw(at)} AT TIME ZONE w.time_zone, 'YYYY-MM-DD')`;

async function homeOf(ctx: Ctx, campaignId: string, days: number): Promise<Home> {
  const now = ctx.clock.now();
  const { rows } = await sql<Omit<Home, 'whole' | 'more'> & { runs: { id: string; date: string; whole: boolean }[] }>`
    SELECT w.time_zone AS zone, today.begins AS from,
      ARRAY(SELECT to_char(today.date - back, 'YYYY-MM-DD') FROM generate_series(${days - 1}::int, 0, -1) AS back) AS dates,
      EXISTS (SELECT FROM runs r WHERE r.workspace_id = w.id AND r.campaign_id = ${campaignId} AND r.link_base IS NOT NULL) AS tracked,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'date', ${dateOf('r.created_at')}, 'whole',
          r.campaign_version IS NULL AND ${dateOf('r.created_at')} = ${dateOf('coalesce(r.finished_at, now.at)')})), '[]')
        FROM runs r WHERE r.workspace_id = w.id AND r.campaign_id = ${campaignId}
          AND (r.finished_at IS NULL OR r.finished_at >= today.begins)) AS runs
    FROM workspaces w CROSS JOIN (SELECT ${now}::timestamptz AS at) now
    CROSS JOIN LATERAL (
      SELECT date, (date - ${days - 1}::int)::timestamp AT TIME ZONE w.time_zone AS begins
      FROM (SELECT (now.at AT TIME ZONE w.time_zone)::date AS date) d) today
    WHERE w.id = ${ctx.actor.workspaceId}`.execute(ctx.db); // biome-ignore format: the row beside its question
  const { runs, ...home } = rows[0] as (typeof rows)[number];
  return {
    ...home,
    whole: runs.filter(({ whole }) => whole),
    more: runs.some(({ whole }) => !whole),
  };
}

/** Rows of orders, summed by currency. */
const revenueOf = sql`coalesce(jsonb_agg(jsonb_build_object('currency', currency, 'amount', amount::text)) FILTER (WHERE currency IS NOT NULL), '[]')`;
const isOrder = sql`o.status NOT IN ('cancelled', 'returned')`;

async function ofCounters(ctx: Ctx, { whole }: Home): Promise<Came[]> {
  const { workspaceId } = ctx.actor;
  const { rows } = await sql<Came>`
    SELECT r.date,
      (SELECT coalesce(sum(c.n), 0)::int FROM run_counts c
        WHERE c.workspace_id = ${workspaceId} AND c.run_id = r.id AND c.state IN ('sent', 'delivered', 'read')) AS sent,
      (SELECT coalesce(sum(t.n), 0)::int FROM run_tallies t
        WHERE t.workspace_id = ${workspaceId} AND t.run_id = r.id AND t.what = 'clicked') AS clicked,
      m.orders, m.revenue
    FROM jsonb_to_recordset(${JSON.stringify(whole)}::jsonb) AS r (id uuid, date text)
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(n), 0)::int AS orders, ${revenueOf} AS revenue FROM (
        SELECT o.currency, count(*) AS n, sum(o.total) AS amount FROM deliveries d
        JOIN orders o ON o.workspace_id = d.workspace_id AND o.id = d.converted_by AND ${isOrder}
        WHERE d.workspace_id = ${workspaceId} AND d.run_id = r.id AND d.converted_at IS NOT NULL GROUP BY 1) came
    ) m`.execute(ctx.db);
  return rows;
}

async function ofRows(ctx: Ctx, campaignId: string, { whole, zone, from }: Home): Promise<Came[]> {
  const { workspaceId } = ctx.actor;
  const { rows } = await sql<Came>`
    WITH was AS MATERIALIZED (
      SELECT to_char(d.sent_at AT TIME ZONE ${zone}::text, 'YYYY-MM-DD') AS date, d.clicked_at, d.converted_by FROM deliveries d
      WHERE d.workspace_id = ${workspaceId} AND d.campaign_id = ${campaignId} AND d.source = 'campaign' AND d.sent_at >= ${from}
        AND d.state IN ('sent', 'delivered', 'read') AND d.run_id <> ALL(${whole.map(({ id }) => id)}::uuid[])
    ), came AS (
      SELECT was.date, o.currency, count(*) AS n, sum(o.total) AS amount
      FROM was JOIN orders o ON o.workspace_id = ${workspaceId} AND o.id = was.converted_by AND ${isOrder} GROUP BY 1, 2
    )
    SELECT s.date, s.sent, s.clicked, coalesce(m.orders, 0) AS orders, coalesce(m.revenue, '[]') AS revenue
    FROM (SELECT date, count(*)::int AS sent, count(clicked_at)::int AS clicked FROM was GROUP BY date) s
    LEFT JOIN (SELECT date, sum(n)::int AS orders, ${revenueOf} AS revenue FROM came GROUP BY date) m ON m.date = s.date`.execute(
    ctx.db,
  );
  return rows;
}
