// Of a campaign that meets everybody at one time of day in their own zone: how many people are met when, zone by zone, and so
// when its run begins: with the earliest of them.
import { sql } from 'kysely';
import type { Campaign } from '../../contract/campaigns.ts';
import type { Schedule, ZonePlan } from '../../contract/schedules.ts';
import { audienceWhere } from '../deliveries/runs/audience.ts';
import { dueIn } from '../deliveries/runs/due.ts';
import { causesOf, leftOutJoin } from '../deliveries/runs/exclusions.ts';
import type { Ctx } from '../platform/context.ts';
import { invalidField } from '../platform/errors.ts';

type Local = Extract<Schedule, { mode: 'recipient_local' }>;

/** Most people first. Empty for a campaign that goes by one clock. */
export async function zonePlan(ctx: Ctx, campaign: Campaign): Promise<ZonePlan> {
  const { schedule } = campaign;
  if (schedule.mode !== 'recipient_local') return { data: [], first_at: null, last_at: null };
  const now = ctx.clock.now();
  const isFixed = campaign.status !== 'draft' && campaign.scheduled_at !== null;
  return planFrom(ctx, campaign, schedule, isFixed ? (campaign.scheduled_at as string) : now.toISOString());
}

/** When its run is to begin. Throws VALIDATION_FAILED where that time is over everywhere and nobody is met on the next day. */
export async function firstHour(
  ctx: Ctx,
  campaign: Pick<Campaign, 'audience'>,
  schedule: Local,
): Promise<Date> {
  const { first_at, data } = await planFrom(ctx, campaign, schedule, ctx.clock.now().toISOString());
  if (first_at) return new Date(first_at);
  if (data.length === 0)
    return new Date(dueIn({ ...schedule, from: ctx.clock.now().toISOString() }, null).at);
  throw invalidField(
    '/schedule/passed',
    'In every time zone of these people that time is over. Choose a later one, or send it to them on the next day.',
  );
}

async function planFrom(
  ctx: Ctx,
  campaign: Pick<Campaign, 'audience'>,
  schedule: Local,
  from: string,
): Promise<ZonePlan> {
  const people = await audienceWhere(ctx, campaign.audience, ctx.clock.now());
  const leftOut = leftOutJoin(await causesOf(ctx, campaign.audience.exclude, new Date(from)));
  const { rows } = await sql<{ time_zone: string | null; people: number }>`
    SELECT c.time_zone, count(*) AS people FROM contacts c ${leftOut} WHERE ${people} AND left_out.no IS NULL
    GROUP BY 1 ORDER BY 2 DESC, 1 NULLS LAST`.execute(ctx.db);
  const data = rows.map(({ time_zone, people }) => {
    const { at, local, change, passed } = dueIn({ ...schedule, from }, time_zone);
    return { time_zone, people, at: at.toISOString(), local, change, passed };
  });
  const met = data.filter(({ passed }) => !passed || schedule.passed === 'next_day').map(({ at }) => at);
  met.sort();
  return { data, first_at: met[0] ?? null, last_at: met.at(-1) ?? null };
}
