// Who is in an audience, and how many of them a campaign would reach if it went out at a given moment.
import { type RawBuilder, sql } from 'kysely';
import type { Audience, AudienceCount } from '../../../contract/audience.ts';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { followedIds } from '../../contacts/merge/follow.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { membersWhere, ruleOfSegments } from '../../segments/membership.ts';
import { type Judgement, judge, limitsOn, reachJoins, readPressure } from '../pressure/eligibility.ts';

/** `c` is the contact. Everybody who existed at `at`, and of segments: who is in them at `at`. */
export async function audienceWhere(ctx: Ctx, audience: Audience, at: Date): Promise<RawBuilder<boolean>> {
  const there = sql`c.workspace_id = ${ctx.actor.workspaceId} AND c.created_at <= ${at}`;
  if ('contact_ids' in audience)
    return sql<boolean>`${there} AND c.id = ANY(${followedIds(ctx, sql`${chosenUuids(audience.contact_ids)}`)})`;
  if (!('segment_ids' in audience)) return sql<boolean>`${there}`;
  const rule = await ruleOfSegments(ctx, audience.segment_ids);
  return sql<boolean>`${there} AND ${await membersWhere(ctx, rule, at, 'whole')}`;
}

const chosenUuids = (ids: string[]) => ids.map((id) => uuidOf('cnt', id));

export interface AudiencePlan {
  audience: Audience;
  connection: { id: string; channel: Channel };
  settings: Partial<Pick<Settings, 'purpose' | 'pressure'>>;
}

/** What a launch has to know, without judging a million people: how many `people` are, and whether anybody can get it. */
export async function audienceSize(
  ctx: Ctx,
  plan: AudiencePlan,
  people: RawBuilder<boolean>,
): Promise<{ total: number; reachesAnybody: boolean }> {
  const { joins, skip } = await judged(ctx, plan, people, ctx.clock.now());
  const result = await sql<{ total: number; reaches_anybody: boolean }>`
    SELECT (SELECT count(*) FROM contacts c WHERE ${people}) AS total,
      EXISTS (
        SELECT 1 FROM contacts c ${reachJoins(plan.connection.id, plan.connection.channel)} ${joins}
        WHERE ${people} AND (${skip}) IS NULL
      ) AS reaches_anybody`.execute(ctx.db);
  const row = result.rows[0] as (typeof result.rows)[number];
  return { total: row.total, reachesAnybody: row.reaches_anybody };
}

/** `at`: when it would go out; who is over a cap or in quiet hours depends on it. */
export async function countAudience(ctx: Ctx, plan: AudiencePlan, at: Date): Promise<AudienceCount> {
  const { connection } = plan;
  const people = await audienceWhere(ctx, plan.audience, ctx.clock.now());
  const { joins, skip, until } = await judged(ctx, plan, people, at);
  const result = await sql<{ skip: string | null; until: Date | null; n: number }>`
    SELECT ${skip} AS skip, ${until} AS until, count(*) AS n
    FROM contacts c ${reachJoins(connection.id, connection.channel)} ${joins}
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
    quiet_too_long: by('quiet_hours_expired'),
    excluded: 0,
    in_quiet_hours: sum(waiting),
    quiet_until: ends.length > 0 ? new Date(Math.max(...ends)).toISOString() : null,
  };
}

async function judged(
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
        ? sql`h.contact_id = ANY(${followedIds(ctx, sql`${chosenUuids(audience.contact_ids)}`)})`
        : sql`true`,
  });
}

/** The time zones of these `c`, as their contacts name them. */
export async function zonesOf(ctx: Ctx, people: RawBuilder<boolean>): Promise<(string | null)[]> {
  const found = await sql<{ zone: string | null }>`
    SELECT DISTINCT c.time_zone AS zone FROM contacts c WHERE ${people}`.execute(ctx.db);
  return found.rows.map((row) => row.zone);
}
