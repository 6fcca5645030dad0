// How many of an audience a campaign would reach if it went out at a given moment, who is left out and why.
import { type RawBuilder, sql } from 'kysely';
import type { Audience, AudienceCount } from '../../../contract/audience.ts';
import type { Settings } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Channel } from '../../../contract/connections.ts';
import type { Content } from '../../../contract/message.ts';
import { needsWindow } from '../../../contract/window.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { judge, limitsOn, reachJoins, readPressure } from '../pressure/eligibility.ts';
import { testersOfCampaign } from '../reports/tested.ts';
import { audienceWhere, chosenIds, zonesOf } from './audience.ts';
import { type Decision, decide, nobodyLeftOut } from './decide.ts';
import { dueSql, type RecipientLocal } from './due.ts';
import { type Cause, causesOf, leftOutJoin, wordsOfLeftOut } from './exclusions.ts';

export interface AudiencePlan {
  audience: Audience;
  connection: { id: string; channel: Channel };
  settings: Partial<Settings>;
  /** Absent: nothing is known of the message, and nobody is left out because of it. */
  content?: Pick<Content, 'whatsapp'>;
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
  return (await countReach(ctx, plan, at)).count;
}

export interface Reach {
  count: AudienceCount;
  /** Of the reachable, how many in which country, by two letters; where the platform charges by it, else empty. */
  countries: Map<string | null, number>;
  /** Of the reachable, where the platform wants an opt-in: how many have one recorded there. */
  agreed: number;
}

export async function countReach(ctx: Ctx, plan: AudiencePlan, at: Date): Promise<Reach> {
  const people = await audienceWhere(ctx, plan.audience, ctx.clock.now());
  const causes = await causesOf(ctx, plan.audience.exclude, at);
  const { joins, skip, until } = await decisionOn(ctx, plan, people, at, causes);
  const { chargesPerMessage, wantsOptIn } = factsOf(plan.connection.channel);
  const country = chargesPerMessage ? sql`i.country` : sql`NULL::text`;
  const agreed = wantsOptIn ? sql`coalesce(k.state = 'opted_in', false)` : sql`false`;
  const result = await sql<{
    skip: string | null;
    until: Date | null;
    country: string | null;
    agreed: boolean;
    n: number;
  }>`
    SELECT ${skip} AS skip, ${until} AS until, ${country} AS country, ${agreed} AS agreed, count(*) AS n FROM contacts c ${joins}
    WHERE ${people}
    GROUP BY 1, 2, 3, 4`.execute(ctx.db);
  const sum = (rows: { n: number }[]) => rows.reduce((total, row) => total + row.n, 0);
  const by = (...reasons: (string | null)[]) => sum(result.rows.filter((row) => reasons.includes(row.skip)));
  const waiting = result.rows.filter((row) => row.skip === null && row.until !== null);
  const ends = waiting.map((row) => (row.until as Date).getTime());
  const countries = new Map<string | null, number>();
  for (const { skip, country, n } of chargesPerMessage ? result.rows : [])
    if (skip === null) countries.set(country, (countries.get(country) ?? 0) + n);
  const count = {
    total: sum(result.rows),
    reachable: by(null),
    opted_out: by('opted_out'),
    no_identity: by('no_identity'),
    unreachable: by('blocked', 'deactivated', 'not_on_platform'),
    over_cap: by('frequency_cap'),
    holdout: by('holdout'),
    quiet_too_long: by('quiet_hours_expired'),
    local_time_passed: by('local_time_passed'),
    window_closed: by('window_closed'),
    invalid_number: by('invalid_number'),
    no_marketing_in_country: by('no_marketing_in_country'),
    excluded: by('excluded'),
    in_quiet_hours: sum(waiting),
    quiet_until: ends.length > 0 ? new Date(Math.max(...ends)).toISOString() : null,
    also_tested: await reachedTesters(ctx, plan, { people, joins, skip }),
  };
  const said = sum(result.rows.filter((row) => row.skip === null && row.agreed));
  return { count, countries, agreed: said };
}

/** Of the reachable: whom its settings name for a test, and who got one already. */
async function reachedTesters(
  ctx: Ctx,
  { id, settings }: AudiencePlan,
  {
    people,
    joins,
    skip,
  }: Pick<Decision, 'skip'> & { people: RawBuilder<boolean>; joins: RawBuilder<unknown> },
): Promise<number> {
  const named = settings.test_first?.contact_ids ?? [];
  const found = await sql<{ id: string }>`
    SELECT unnest(${chosenIds(ctx, named)}) AS id
    ${id ? sql`UNION ${testersOfCampaign(ctx, uuidOf('cmp', id))}` : sql``}`.execute(ctx.db);
  const testers = found.rows.map((row) => row.id);
  if (testers.length === 0) return 0;
  const result = await sql<{ n: number }>`
    SELECT count(*) AS n FROM contacts c ${joins}
    WHERE ${people} AND c.id = ANY(${testers}::uuid[]) AND (${skip}) IS NULL`.execute(ctx.db);
  return Number(result.rows[0]?.n ?? 0);
}

/** As a run of it would have it (runs.marketing_template). */
async function sellsByTemplate(
  ctx: Ctx,
  { id, channel }: AudiencePlan['connection'],
  content: AudiencePlan['content'],
  settings: Partial<Settings>,
): Promise<boolean> {
  if (!factsOf(channel).takesTemplates || !content) return false;
  const { rows } = await sql<{ sells: boolean }>`
    SELECT sells_by_template(${ctx.actor.workspaceId}, ${id}, ${JSON.stringify(content)}::jsonb, ${JSON.stringify(settings)}::jsonb) AS sells`.execute(
    ctx.db,
  );
  return rows[0]?.sells ?? false;
}

/**
 * What would become of each `c`, had it gone out at `at`; `joins` stand after `contacts c`. `causes`: the exclusions, null where
 * they have been taken off already. Whoever is met at an hour of their own is judged by quiet hours then, not before.
 */
export async function decisionOn(
  ctx: Ctx,
  { audience, connection, settings, content, id, local }: AudiencePlan,
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
    // when it is their hour is not known yet, so nor is who will have written
    needsWindow: !local && content !== undefined && needsWindow(connection.channel, content),
    marketingTemplate: await sellsByTemplate(ctx, connection, content, settings),
    byPhone: factsOf(connection.channel).addressesArePhones,
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
