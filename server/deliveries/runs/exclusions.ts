// Who is left out of a campaign whatever else says that they are meant: members of segments, recipients of other campaigns.
import { type RawBuilder, sql } from 'kysely';
import type { Audience, Exclusion } from '../../../contract/audience.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { membersWhere, ruleOfSegments } from '../../segments/membership.ts';
import { audienceWhere, isFrozen } from './audience.ts';

/** One reason to be left out. */
export interface Cause {
  /** As the send log tells it. */
  words: string;
  /** SELECT of the contacts' ids, as `id`. */
  people: RawBuilder<unknown>;
}

/** `launch`: when the campaign goes out, from which its days are counted back. In the order in which they are told. */
export async function causesOf(ctx: Ctx, exclude: Exclusion | undefined, launch: Date): Promise<Cause[]> {
  if (!exclude) return [];
  return [...(await bySegments(ctx, exclude.segment_ids)), ...(await byCampaigns(ctx, exclude, launch))];
}

async function bySegments(ctx: Ctx, wireIds: string[]): Promise<Cause[]> {
  const names = await segmentNames(ctx, wireIds);
  const causes: Cause[] = [];
  for (const id of wireIds)
    causes.push({ words: `In the segment “${names.get(id) ?? id}”`, people: await membersOf(ctx, [id]) });
  return causes;
}

/** The ids of whoever is in any of these segments now. */
async function membersOf(ctx: Ctx, segmentIds: string[]): Promise<RawBuilder<unknown>> {
  const members = await membersWhere(ctx, await ruleOfSegments(ctx, segmentIds), ctx.clock.now(), 'whole');
  return sql`SELECT c.id FROM contacts c WHERE c.workspace_id = ${ctx.actor.workspaceId} AND ${members}`;
}

async function byCampaigns(ctx: Ctx, exclude: Exclusion, launch: Date): Promise<Cause[]> {
  if (exclude.campaign_ids.length === 0) return [];
  const rows = await ctx.db
    .selectFrom('campaigns')
    .select(['id', 'name', 'audience'])
    .select([
      sql<boolean>`status = 'scheduled' OR (status = 'paused' AND held_at IS NOT NULL)`.as('to_come'),
      sql<string | null>`(
        SELECT r.id FROM runs r WHERE r.workspace_id = campaigns.workspace_id AND r.campaign_id = campaigns.id
          AND r.status IN ('active', 'paused') AND r.expanded_at IS NULL LIMIT 1)`.as('being_written'),
    ])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where(
      'id',
      'in',
      exclude.campaign_ids.map((id) => uuidOf('cmp', id)),
    )
    .orderBy('id')
    .execute();
  const days = exclude.campaign_days;
  const since = days === null ? null : new Date(launch.getTime() - days * 86_400_000);
  const lately = days === null ? '' : ` in the last ${days === 1 ? 'day' : `${days} days`}`;
  const causes: Cause[] = [];
  for (const row of rows) {
    causes.push({ words: `Got “${row.name}”${lately}`, people: recipientsOf(ctx, row.id, since) });
    const words = `Is to get “${row.name}”`;
    const audience = row.audience as Audience;
    if (row.to_come) causes.push({ words, people: await meantFor(ctx, audience) });
    // its launch has decided: who is left out there may be left out for our sake, and would get neither
    if (row.being_written)
      causes.push({
        words,
        people: isFrozen(audience)
          ? sql`SELECT unnest(p.contact_ids) AS id FROM run_people p
              WHERE p.workspace_id = ${ctx.actor.workspaceId} AND p.run_id = ${row.being_written} AND p.cause IS NULL`
          : await meantFor(ctx, audience),
      });
  }
  return causes;
}

/** Whoever got it or may have; and who still waits for it, for theirs is the later message. */
function recipientsOf(ctx: Ctx, campaignId: string, since: Date | null): RawBuilder<unknown> {
  const lately = since ? sql`AND coalesce(d.sent_at, d.claimed_at) > ${since}` : sql``;
  return sql`
    SELECT d.contact_id AS id FROM deliveries d
    WHERE d.workspace_id = ${ctx.actor.workspaceId} AND d.campaign_id = ${campaignId} AND d.source = 'campaign'
      AND (d.state IN ('planned', 'queued', 'sending') OR (d.state IN ('sent', 'delivered', 'read', 'unknown') ${lately}))`;
}

/**
 * Whom a campaign that is still to come is meant for, less the segments that it leaves out itself. What other campaigns would take from it
 * is not asked: of two that leave out each other's people, the one that goes first would wait for the other's answer.
 */
async function meantFor(ctx: Ctx, audience: Audience): Promise<RawBuilder<unknown>> {
  const those = sql`SELECT c.id FROM contacts c WHERE ${await audienceWhere(ctx, audience, ctx.clock.now())}`;
  const without = audience.exclude?.segment_ids ?? [];
  return without.length > 0 ? sql`(${those} EXCEPT ${await membersOf(ctx, without)})` : those;
}

async function segmentNames(ctx: Ctx, wireIds: string[]): Promise<Map<string, string>> {
  if (wireIds.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom('segments')
    .select(['id', 'name'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where(
      'id',
      'in',
      wireIds.map((id) => uuidOf('seg', id)),
    )
    .execute();
  return new Map(rows.map((row) => [toWireId('seg', row.id), row.name]));
}

/** Behind that join: the words of that cause, or NULL. */
export const wordsOfLeftOut = (causes: readonly Cause[]): RawBuilder<string | null> =>
  sql`(${causes.map(({ words }) => words)}::text[])[left_out.no]`;

/** To stand after `contacts c`: `left_out.no`, the number (from 1) of the first cause that names `c`, or NULL. */
export function leftOutJoin(causes: readonly Cause[]): RawBuilder<unknown> {
  if (causes.length === 0)
    return sql`LEFT JOIN (SELECT NULL::uuid AS id, NULL::int AS no WHERE false) left_out ON false`;
  const each = causes.map(
    ({ people }, index) => sql`SELECT id, ${index + 1}::int AS no FROM (${people}) named`,
  );
  return sql`
    LEFT JOIN (SELECT id, min(no) AS no FROM (${sql.join(each, sql` UNION ALL `)}) every_cause GROUP BY id) left_out
      ON left_out.id = c.id`;
}
