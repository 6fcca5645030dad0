// What an event's person has of it already. A message that left, or may have, is never followed by another; what was left out for
// something passing is decided anew once the event happened again: a cart was touched, an order delivered.
import { type RawBuilder, sql } from 'kysely';
import type { SkipReason } from '../../../contract/deliveries.ts';
import type { Ctx } from '../../platform/context.ts';
import { fromStates } from '../delivery.ts';
import { stateIn } from '../state-sql.ts';

/** Nothing that happens later changes these: they were held out to compare, or another row stands for theirs. */
const forGood: SkipReason[] = ['holdout', 'merged', 'contact_erased'];
/** These were so of what was before: a wait that is there is of what came after it. */
const sinceThen: SkipReason[] = ['automation_off', 'order_returned'];

/** Row `d` waits, and its claim will refuse it: it was decided before the automation was last switched on (event_over). */
const hasEnded = sql<boolean>`${stateIn('d.state', fromStates('skipped', ['queued']))} AND d.created_at < (
  SELECT s.enabled_at FROM trigger_states s WHERE s.campaign_id = d.campaign_id)`;

/**
 * A join `former` of `event`: `held`, why there is no further row, or NULL; `follows`, the row behind which a further one
 * stands, and `reason`, why that one was left out. By the event and not by keys: a merge lengthens those.
 */
export function formerRows(ctx: Ctx, campaignId: string): RawBuilder<unknown> {
  const neverLeft = sql<boolean>`d.state IN ('skipped', 'cancelled') AND d.unknown_at IS NULL`;
  const anew = sql<boolean>`${neverLeft} AND (d.reason IS NULL OR d.reason <> ALL(${forGood}::text[]))
    AND (d.reason = ANY(${sinceThen}::text[]) OR event.since > coalesce(e.since, d.claimed_at, d.created_at)) OR ${hasEnded}`;
  return sql`
    LEFT JOIN LATERAL (
      SELECT (array_agg(of.id ORDER BY of.id DESC))[1] AS follows, (array_agg(of.reason ORDER BY of.id DESC))[1] AS reason,
        CASE WHEN bool_or(of.may_have_left) THEN 'already_reminded'
          WHEN bool_or(of.holds AND of.waits) THEN 'already_decided'
          WHEN bool_or(of.holds) THEN coalesce((array_agg(of.reason ORDER BY of.id DESC) FILTER (WHERE of.holds))[1], 'already_decided') END AS held
      FROM (
        SELECT d.id, d.reason, (${anew}) IS NOT TRUE AS holds, d.state IN ('planned', 'queued') AS waits,
          d.state <> 'failed' AND d.state NOT IN ('planned', 'queued') AND NOT (${neverLeft}) AS may_have_left
        FROM (SELECT * FROM delivery_events e WHERE e.workspace_id = ${ctx.actor.workspaceId} AND e.subject_id = event.subject_id
          AND e.campaign_id = ${campaignId} OFFSET 0) e
        CROSS JOIN LATERAL (SELECT * FROM deliveries d WHERE d.workspace_id = e.workspace_id AND d.id = e.delivery_id OFFSET 0) d
        WHERE d.contact_id = event.contact_id AND e.version IS NOT DISTINCT FROM event.version) of
    ) former ON true`;
}

/**
 * Of these carts or orders: what waits and will be refused is left out now, under its lock. Once it is, no lane can send it any
 * more, and the event may be decided anew.
 */
export async function leaveOutEnded(ctx: Ctx, campaignId: string, subjects: string[]): Promise<void> {
  const now = ctx.clock.now();
  await sql`
    UPDATE deliveries d SET state = 'skipped', reason = 'automation_off', detail = NULL, claimed_at = ${now}
    FROM (SELECT * FROM delivery_events e WHERE e.workspace_id = ${ctx.actor.workspaceId} AND e.subject_id = ANY(${subjects}::uuid[])
      AND e.campaign_id = ${campaignId} OFFSET 0) e
    WHERE d.workspace_id = e.workspace_id AND d.id = e.delivery_id AND ${hasEnded}`.execute(ctx.db);
}
