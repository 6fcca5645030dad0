// How many of an audience a campaign would reach if it went out at a given moment, who is left out and why.
import { type RawBuilder, sql } from 'kysely';
import type { Audience, AudienceCount } from '../../../contract/audience.ts';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { type Judgement, judge, limitsOn, reachJoins, readPressure } from '../pressure/eligibility.ts';
import { audienceWhere, chosenIds, zonesOf } from './audience.ts';
import { causesOf, leftOutJoin } from './exclusions.ts';
import { isHeldOut } from './variants.ts';

export interface AudiencePlan {
  audience: Audience;
  connection: { id: string; channel: Channel };
  settings: Partial<Pick<Settings, 'purpose' | 'pressure' | 'holdout_percent'>>;
  /** On the wire: who is held out depends on it; without, nobody is counted as that. */
  id?: string;
}

export interface People {
  /** On the contact `c`. */
  meant: RawBuilder<boolean>;
  /** How many there are, those who are left out included. */
  total: RawBuilder<number>;
}

/** What a launch has to know, without judging a million people: how many there are, and whether anybody who is meant can get it. */
export async function audienceSize(
  ctx: Ctx,
  plan: AudiencePlan,
  { meant, total }: People,
): Promise<{ total: number; reachesAnybody: boolean }> {
  // the zones of more people than are asked about do no harm; to look for those of a million takes seconds
  const everybody = sql<boolean>`c.workspace_id = ${ctx.actor.workspaceId}`;
  const { joins, skip } = await judged(ctx, plan, everybody, ctx.clock.now());
  const result = await sql<{ total: number; reaches_anybody: boolean }>`
    SELECT (${total}) AS total,
      EXISTS (
        SELECT 1 FROM contacts c ${reachJoins(plan.connection.id, plan.connection.channel)} ${joins}
        WHERE ${meant} AND (${skip}) IS NULL
      ) AS reaches_anybody`.execute(ctx.db);
  const row = result.rows[0] as (typeof result.rows)[number];
  return { total: row.total, reachesAnybody: row.reaches_anybody };
}

/** `at`: when it would go out; who is over a cap or in quiet hours depends on it. */
export async function countAudience(ctx: Ctx, plan: AudiencePlan, at: Date): Promise<AudienceCount> {
  const { connection } = plan;
  const people = await audienceWhere(ctx, plan.audience, ctx.clock.now());
  const { joins, skip, until } = await judged(ctx, plan, people, at);
  const heldOut = plan.id ? isHeldOut(plan.settings, uuidOf('cmp', plan.id)) : null;
  const reason = heldOut ? sql`coalesce(${skip}, CASE WHEN ${heldOut} THEN 'holdout' END)` : skip;
  const leftOut = leftOutJoin(await causesOf(ctx, plan.audience.exclude, at));
  const result = await sql<{ skip: string | null; until: Date | null; n: number }>`
    SELECT CASE WHEN left_out.no IS NOT NULL THEN 'excluded' ELSE ${reason} END AS skip,
      CASE WHEN left_out.no IS NULL THEN ${until} END AS until, count(*) AS n
    FROM contacts c ${reachJoins(connection.id, connection.channel)} ${joins} ${leftOut}
    WHERE ${people}
    GROUP BY 1, 2`.execute(ctx.db);
  const sum = (rows: { n: number }[]) => rows.reduce((total, row) => total + row.n, 0);
  const by = (...reasons: (string | null)[]) => sum(result.rows.filter((row) => reasons.includes(row.skip)));
  const waiting = result.rows.filter((row) => row.skip === null && row.until !== null);
  const ends = waiting.map((row) => (row.until as Date).getTime());
  return {
    total: sum(result.rows),
    reachable: by(null),
    opted_out: by('opted_out'),
    no_identity: by('no_identity'),
    unreachable: by('blocked', 'deactivated'),
    over_cap: by('frequency_cap'),
    holdout: by('holdout'),
    quiet_too_long: by('quiet_hours_expired'),
    excluded: by('excluded'),
    in_quiet_hours: sum(waiting),
    quiet_until: ends.length > 0 ? new Date(Math.max(...ends)).toISOString() : null,
  };
}

/** The judgement of everybody in the audience, had it gone out at `at`. */
export async function judged(
  ctx: Ctx,
  { audience, settings }: AudiencePlan,
  people: RawBuilder<boolean>,
  at: Date,
): Promise<Judgement> {
  const limits = limitsOn(await readPressure(ctx, ctx.actor.workspaceId), settings);
  return judge(limits, {
    at,
    zones: limits?.quiet ? await zonesOf(ctx, people) : [],
    people:
      'contact_ids' in audience
        ? sql`h.contact_id = ANY(${chosenIds(ctx, audience.contact_ids)})`
        : sql`true`,
  });
}
