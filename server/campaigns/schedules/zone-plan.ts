// Of a campaign that meets everybody at one time of day in their own zone: how many people are met when, zone by zone, and so
// when its run begins: with the earliest of them.
import { type RawBuilder, sql } from 'kysely';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Schedule, ZonePlan } from '../../../contract/schedules.ts';
import { audienceWhere } from '../../deliveries/runs/audience.ts';
import { dueIn } from '../../deliveries/runs/due.ts';
import { causesOf, leftOutJoin } from '../../deliveries/runs/exclusions.ts';
import { type AudiencePlan, decisionOn } from '../../deliveries/runs/reach.ts';
import type { Ctx } from '../../platform/context.ts';
import { invalidField } from '../../platform/errors.ts';
import { audiencePlan } from '../audience/audience-plan.ts';

type Local = Extract<Schedule, { mode: 'recipient_local' }>;
interface Met {
  joins: RawBuilder<unknown>;
  who: RawBuilder<boolean>;
}

/** Of who would be messaged; without a connection, of everybody who is meant. Most people first. Empty for a campaign that goes by one clock. */
export async function zonePlan(
  ctx: Ctx,
  campaign: Campaign,
  connection: AudiencePlan['connection'] | null,
): Promise<ZonePlan> {
  const { schedule } = campaign;
  if (schedule.mode !== 'recipient_local') return { data: [], first_at: null, last_at: null };
  const now = ctx.clock.now();
  const isFixed = campaign.status !== 'draft' && campaign.scheduled_at !== null;
  const from = isFixed ? (campaign.scheduled_at as string) : now.toISOString();
  const met = connection && (await metByIt(ctx, campaign, connection));
  return planFrom(ctx, campaign, schedule, from, met);
}

/** Joins and a condition on the contact `c`: who would be messaged, or is only left out because that hour is over. */
async function metByIt(ctx: Ctx, campaign: Campaign, connection: AudiencePlan['connection']): Promise<Met> {
  const now = ctx.clock.now();
  const { plan, at } = audiencePlan(campaign, connection, now);
  const people = await audienceWhere(ctx, campaign.audience, now);
  const { joins, skip } = await decisionOn(
    ctx,
    plan,
    people,
    at,
    await causesOf(ctx, plan.audience.exclude, at),
  );
  return { joins, who: sql<boolean>`coalesce(${skip}, 'local_time_passed') = 'local_time_passed'` };
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
  met: Met | null = null,
): Promise<ZonePlan> {
  const people = await audienceWhere(ctx, campaign.audience, ctx.clock.now());
  const leftOut = met
    ? met.joins
    : leftOutJoin(await causesOf(ctx, campaign.audience.exclude, new Date(from)));
  const who = met?.who ?? sql<boolean>`left_out.no IS NULL`;
  const { rows } = await sql<{ time_zone: string | null; people: number }>`
    SELECT c.time_zone, count(*) AS people FROM contacts c ${leftOut} WHERE ${people} AND ${who}
    GROUP BY 1 ORDER BY 2 DESC, 1 NULLS LAST`.execute(ctx.db);
  const data = rows.map(({ time_zone, people }) => {
    const { at, local, change, passed } = dueIn({ ...schedule, from }, time_zone);
    return { time_zone, people, at: at.toISOString(), local, change, passed };
  });
  const hours = data.filter(({ passed }) => !passed || schedule.passed === 'next_day').map(({ at }) => at);
  hours.sort();
  return { data, first_at: hours[0] ?? null, last_at: hours.at(-1) ?? null };
}
