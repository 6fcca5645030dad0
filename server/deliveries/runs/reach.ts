// How many of an audience a campaign would reach if it went out at a given moment, who is left out and why.
import { type RawBuilder, sql } from 'kysely';
import type { Audience, AudienceCount } from '../../../contract/audience.ts';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { judge, limitsOn, reachJoins, readPressure } from '../pressure/eligibility.ts';
import { audienceWhere, chosenIds, zonesOf } from './audience.ts';
import { type Decision, decide, nobodyLeftOut } from './decide.ts';
import { dueSql, type RecipientLocal } from './due.ts';
import { type Cause, causesOf, leftOutJoin, wordsOfLeftOut } from './exclusions.ts';

export interface AudiencePlan {
  audience: Audience;
  connection: { id: string; channel: Channel };
  settings: Partial<Settings>;
  /** On the wire: who is held out depends on it; without, nobody is counted as that. */
  id?: string;
  /** Everybody at an hour of their own zone; null or absent: all at once. */
  local?: RecipientLocal | null;
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
  const { joins, skip } = await decisionOn(ctx, plan, everybody, ctx.clock.now(), null);
  const result = await sql<{ total: number; reaches_anybody: boolean }>`
    SELECT (${total}) AS total,
      EXISTS (SELECT 1 FROM contacts c ${joins} WHERE ${meant} AND (${skip}) IS NULL) AS reaches_anybody`.execute(
    ctx.db,
  );
  const row = result.rows[0] as (typeof result.rows)[number];
  return { total: row.total, reachesAnybody: row.reaches_anybody };
}

/** `at`: when it would go out; who is over a cap or in quiet hours depends on it. */
export async function countAudience(ctx: Ctx, plan: AudiencePlan, at: Date): Promise<AudienceCount> {
  const people = await audienceWhere(ctx, plan.audience, ctx.clock.now());
  const causes = await causesOf(ctx, plan.audience.exclude, at);
  const { joins, skip, until } = await decisionOn(ctx, plan, people, at, causes);
  const result = await sql<{ skip: string | null; until: Date | null; n: number }>`
    SELECT ${skip} AS skip, ${until} AS until, count(*) AS n FROM contacts c ${joins}
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
    local_time_passed: by('local_time_passed'),
    excluded: by('excluded'),
    in_quiet_hours: sum(waiting),
    quiet_until: ends.length > 0 ? new Date(Math.max(...ends)).toISOString() : null,
  };
}

/**
 * What would become of each `c`, had it gone out at `at`; `joins` stand after `contacts c`. `causes`: the exclusions, null where
 * they have been taken off already. Whoever is met at an hour of their own is judged by quiet hours then, not before.
 */
export async function decisionOn(
  ctx: Ctx,
  { audience, connection, settings, id, local }: AudiencePlan,
  people: RawBuilder<boolean>,
  at: Date,
  causes: readonly Cause[] | null,
): Promise<Decision & { joins: RawBuilder<unknown> }> {
  const bound = limitsOn(await readPressure(ctx, ctx.actor.workspaceId), settings);
  const limits = bound && local ? { ...bound, quiet: null } : bound;
  const zones = limits?.quiet || local ? await zonesOf(ctx, people) : [];
  const own = dueSql(local ?? null, zones);
  const judgement = judge(limits, {
    at,
    zones,
    people:
      'contact_ids' in audience
        ? sql`h.contact_id = ANY(${chosenIds(ctx, audience.contact_ids)})`
        : sql`true`,
  });
  const decision = decide(judgement, {
    campaignId: id ? uuidOf('cmp', id) : null,
    settings,
    leftOut: causes
      ? { who: sql<boolean>`left_out.no IS NOT NULL`, words: wordsOfLeftOut(causes) }
      : nobodyLeftOut,
    own,
  });
  return {
    ...decision,
    joins: sql`${reachJoins(connection.id, connection.channel)} ${judgement.joins} ${own?.joins ?? sql``} ${causes ? leftOutJoin(causes) : sql``}`,
  };
}
