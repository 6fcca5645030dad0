// A run: one execution of a campaign with its content and audience frozen. Started, paused, resumed, cancelled here; the
// campaigns module asks for it inside its own transaction and keeps the campaign's status in step.
import { sql } from 'kysely';
import type { Audience } from '../../../contract/audience.ts';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Content } from '../../../contract/message.ts';
import { needsWindow } from '../../../contract/window.ts';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { atOnce, fromStates } from '../delivery.ts';
import { keepLinks } from '../links/run-links.ts';
import { tell } from '../reports/attempts.ts';
import { stateIn } from '../state-sql.ts';
import { audienceWhere, isFrozen } from './audience.ts';
import type { RecipientLocal } from './due.ts';
import { freezePeople } from './frozen-people.ts';
import { leaveUnknownToPeople } from './hold.ts';
import { audienceSize, type People } from './reach.ts';
import { isRetryable } from './retryable.ts';

export interface RunStart {
  campaignId: string;
  connection: { id: string; channel: Channel };
  content: Content;
  settings: Settings;
  audience: Audience;
  /** The hold of the workspace that this campaign was let go from; null: none. */
  releasedFrom?: Date | null;
  /** The date of a series that it is for; a second run for the same date is refused by the database. */
  occurrenceAt?: Date | null;
  /** Everybody at that time of their own zone; null: all at once. */
  recipientLocal?: RecipientLocal | null;
}

/**
 * Writes the run and the job that expands it, in the caller's transaction. `planned` is everybody in the audience, those
 * who will be skipped included; `reachesAnybody` false: a message is meant for none of them.
 */
export async function startRun(
  ctx: Ctx,
  start: RunStart,
): Promise<{ runId: string; planned: number; reachesAnybody: boolean }> {
  const now = ctx.clock.now();
  const runId = newId();
  await ctx.db
    .insertInto('runs')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id: runId,
      campaign_id: start.campaignId,
      connection_id: start.connection.id,
      status: 'active',
      content: JSON.stringify(start.content),
      settings: JSON.stringify(start.settings),
      audience: JSON.stringify(start.audience),
      planned: 0,
      needs_window: needsWindow(start.connection.channel, start.content),
      marketing_template: sql<boolean>`sells_by_template(${ctx.actor.workspaceId}, ${start.connection.id}, ${JSON.stringify(start.content)}::jsonb, ${JSON.stringify(start.settings)}::jsonb)`,
      released_from: start.releasedFrom ?? null,
      occurrence_at: start.occurrenceAt ?? null,
      number: sql<number>`(SELECT count(*) + 1 FROM runs WHERE workspace_id = ${ctx.actor.workspaceId} AND campaign_id = ${start.campaignId})`,
      ...(start.recipientLocal
        ? { recipient_local: JSON.stringify(start.recipientLocal), looked_at: now }
        : {}),
      ...(start.settings.canary ? { canary_step: 'sampling' } : {}),
      ...(start.settings.ab ? { ab_step: 'testing' } : {}),
      created_at: now,
    })
    .execute();
  if (start.settings.track_links)
    await keepLinks(ctx, { id: runId, connection: start.connection }, [
      start.content,
      ...(start.settings.ab?.variants ?? []).map(({ content }) => content),
    ]);
  const { total, reachesAnybody } = await audienceSize(
    ctx,
    { ...start, id: toWireId('cmp', start.campaignId), local: start.recipientLocal ?? null },
    await peopleOf(ctx, runId, start.audience),
  );
  await ctx.db
    .updateTable('runs')
    .set({ planned: total })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', runId)
    .execute();
  await ctx.jobs.enqueue(
    ctx,
    'deliveries.expand',
    { workspaceId: ctx.actor.workspaceId, runId },
    { key: runId },
  );
  return { runId, planned: total, reachesAnybody };
}

async function peopleOf(ctx: Ctx, runId: string, audience: Audience): Promise<People> {
  if (isFrozen(audience)) return freezePeople(ctx, runId, audience);
  const people = await audienceWhere(ctx, audience, ctx.clock.now());
  return { meant: people, total: sql<number>`SELECT count(*) FROM contacts c WHERE ${people}` };
}

/** Stops claiming at once; at most what is under way at this moment is still sent. False when the run was not active. */
export async function pauseRun(ctx: Ctx, runId: string): Promise<boolean> {
  return move(ctx, runId, 'active', 'paused');
}

/** `left` people will be messaged, none of them a second time. */
export async function resumeRun(ctx: Ctx, runId: string): Promise<{ moved: boolean; left: number }> {
  const moved = await move(ctx, runId, 'paused', 'active');
  const counts = await countStates(ctx, runId);
  return { moved, left: (counts.queued ?? 0) + (counts.planned ?? 0) };
}

/** Nobody else is messaged. The rows that were still waiting turn `cancelled` in a job, so a million do not hold the click. */
export async function cancelRun(ctx: Ctx, runId: string): Promise<boolean> {
  const moved =
    (await move(ctx, runId, 'active', 'cancelled')) || (await move(ctx, runId, 'paused', 'cancelled'));
  if (moved)
    await ctx.jobs.enqueue(
      ctx,
      'deliveries.cancel',
      { workspaceId: ctx.actor.workspaceId, runId },
      { key: runId },
    );
  return moved;
}

/**
 * Failed rows that can turn out otherwise wait again; a finished run becomes active again. Returns how many. Deleted
 * accounts, invalid addresses and refused content stay failed: trying again would only fail again (retryable.ts). The budget
 * of tries begins anew; their numbers go on, for what is told of an early one may come days later.
 */
export async function retryFailed(ctx: Ctx, runId: string): Promise<number> {
  await lockRuns(ctx, [runId]);
  const { rows } = await sql<{ count: number }>`
    WITH back AS (
      UPDATE deliveries d SET state = 'queued', reason = NULL, detail = NULL, due_at = ${atOnce}, quiet_since = NULL, uncounted = d.attempts, claim = NULL
      WHERE d.workspace_id = ${ctx.actor.workspaceId} AND d.run_id = ${runId}
        AND ${stateIn('d.state', fromStates('queued', ['failed']))} AND ${isRetryable(ctx.clock.now())}
      RETURNING d.workspace_id, d.id, d.attempts
    ), told AS (${tell('back', 'retried', ctx.clock.now(), { actor: ctx.actor.name, node: null })})
    SELECT count(*) AS count FROM back`.execute(ctx.db);
  const count = rows[0]?.count ?? 0;
  if (count > 0) await move(ctx, runId, 'finished', 'active');
  return count;
}

/**
 * For good: no unknown row of the campaign is sent again by itself any more. Locks its runs, so that a resend at this moment
 * is waited for; false: one has begun, and its rows are to be sent.
 */
export async function closeRuns(ctx: Ctx, campaignId: string): Promise<boolean> {
  const runs = ctx.db
    .selectFrom('runs')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', campaignId);
  await lockRuns(
    ctx,
    (await runs.select('id').execute()).map((run) => run.id),
  );
  await leaveUnknownToPeople(ctx, campaignId);
  const sending = runs.select('id').where('status', 'in', ['active', 'paused']);
  return (await sending.executeTakeFirst()) === undefined;
}

/**
 * Whoever changes a run's status by what its rows are, or lets rows of a run that may have ended wait again, stands in line
 * here first: else one finishes or cancels the run on the figures of a moment ago while the other, not seeing that, leaves
 * rows behind that nobody sends. The order is: campaign, runs, rows; never a run while rows are locked.
 */
export async function lockRuns(ctx: Pick<BaseCtx, 'db'>, runIds: string[]): Promise<void> {
  if (runIds.length === 0) return;
  await ctx.db.selectFrom('runs').select('id').where('id', 'in', runIds).orderBy('id').forUpdate().execute();
}

async function move(
  ctx: Ctx,
  runId: string,
  from: string,
  to: 'active' | 'paused' | 'cancelled',
): Promise<boolean> {
  await lockRuns(ctx, [runId]);
  const run = await ctx.db
    .updateTable('runs')
    .set({
      status: to,
      ...(to === 'cancelled'
        ? { finished_at: ctx.clock.now() }
        : to === 'active'
          ? { finished_at: null }
          : {}),
    })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', runId)
    .where('status', '=', from)
    .returning('connection_id')
    .executeTakeFirst();
  if (run) await ctx.hub.publish(ctx, { topic: 'outbound', connectionId: run.connection_id });
  return run !== undefined;
}

/** Rows per state, from the counters that the triggers keep. */
export async function countStates(ctx: Ctx, ...runIds: string[]): Promise<Record<string, number>> {
  const rows = await sql<{ state: string; n: number }>`
    SELECT state, sum(n)::bigint AS n FROM run_counts
    WHERE workspace_id = ${ctx.actor.workspaceId} AND run_id = ANY(${runIds}::uuid[]) GROUP BY state`.execute(
    ctx.db,
  );
  return Object.fromEntries(rows.rows.map((row) => [row.state, row.n]));
}
