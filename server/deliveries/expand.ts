// Job `deliveries.expand`: turns a run's audience into rows, 10,000 per job, while the lanes already send the first ones.
// Safe to repeat at any point: the unique index refuses a second row, the cursor moves in the same transaction.
import { sql } from 'kysely';
import type { Audience, Settings } from '../../contract/campaigns.ts';
import type { Channel } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import { asSystem, type BaseCtx, inTransaction } from '../platform/context.ts';
import { audienceWhere } from './audience.ts';
import { atOnce, fromStates, priorities } from './delivery.ts';
import { judge, limitsOn, reachJoins, readPressure } from './eligibility.ts';
import { countStates } from './run.ts';
import { stateIn } from './state-sql.ts';

const chunkSize = 10_000;

export async function expandRun(
  base: BaseCtx,
  job: { workspaceId: string; runId: string },
  size = chunkSize,
): Promise<void> {
  const ctx = asSystem(base, job.workspaceId);
  await inTransaction(ctx, async (ctx) => {
    // the lock keeps a second job of the same run waiting until this chunk and its cursor are committed
    const run = await ctx.db
      .selectFrom('runs')
      .innerJoin('connections', 'connections.id', 'runs.connection_id')
      .select([
        'runs.campaign_id',
        'runs.connection_id',
        'runs.audience',
        'runs.settings',
        'runs.expand_cursor',
        'runs.created_at',
        'runs.canary_step',
        'connections.channel',
      ])
      .where('runs.workspace_id', '=', job.workspaceId)
      .where('runs.id', '=', job.runId)
      .where('runs.status', 'in', ['active', 'paused'])
      .where('runs.expanded_at', 'is', null)
      .forUpdate('runs')
      .executeTakeFirst();
    if (!run) return;
    const chunk = await sql<{ id: string; time_zone: string | null }>`
      SELECT c.id, c.time_zone FROM contacts c
      WHERE ${audienceWhere(job.workspaceId, run.audience as Audience, run.created_at)}
        ${run.expand_cursor ? sql`AND c.id > ${run.expand_cursor}` : sql``}
      ORDER BY c.id LIMIT ${size}`.execute(ctx.db);
    const ids = chunk.rows.map((row) => row.id);
    const channel = run.channel as Channel;
    const settings = run.settings as Settings;
    const now = ctx.clock.now();
    // a run with a canary: nobody goes before the people of the canary are drawn from all of them
    const waiting = run.canary_step === null ? 'queued' : 'planned';
    const { joins, skip, until } = judge(limitsOn(await readPressure(ctx, job.workspaceId), settings), {
      at: now,
      zones: chunk.rows.map((row) => row.time_zone),
      people: sql`h.contact_id = ANY(${ids}::uuid[])`,
    });
    await sql`
      INSERT INTO deliveries (workspace_id, id, source, priority, campaign_id, run_id, event_key, contact_id, connection_id,
        channel, address, purpose, state, reason, due_at, quiet_since, created_at)
      SELECT workspace_id, new_id(), 'campaign', ${priorities.broadcast}, ${run.campaign_id}, ${job.runId}, ${job.runId}, id,
        ${run.connection_id}, ${channel}, address, ${settings.purpose ?? 'marketing'},
        CASE WHEN skip IS NULL THEN ${waiting} ELSE 'skipped' END, skip,
        CASE WHEN skip IS NULL THEN coalesce(until, ${atOnce}) ELSE ${atOnce} END,
        CASE WHEN skip IS NULL AND until IS NOT NULL THEN ${now}::timestamptz END, ${now}
      FROM (
        SELECT c.workspace_id, c.id, i.address, ${skip} AS skip, ${until} AS until
        FROM contacts c ${reachJoins(run.connection_id, channel)} ${joins}
        WHERE c.workspace_id = ${job.workspaceId} AND c.id = ANY(${ids}::uuid[])
      ) judged
      ORDER BY id
      ON CONFLICT DO NOTHING`.execute(ctx.db);
    const last = ids.at(-1);
    const done = ids.length < size;
    await ctx.db
      .updateTable('runs')
      .set({
        ...(last ? { expand_cursor: last } : {}),
        ...(done
          ? {
              expanded_at: ctx.clock.now(),
              planned: sql<number>`(SELECT coalesce(sum(n), 0) FROM run_counts WHERE run_id = runs.id)`,
            }
          : {}),
      })
      .where('workspace_id', '=', job.workspaceId)
      .where('id', '=', job.runId)
      .execute();
    if (!done) await ctx.jobs.enqueue(ctx, 'deliveries.expand', job, { key: job.runId });
    else if (run.canary_step) await ctx.jobs.enqueue(ctx, 'deliveries.canary', job, { key: job.runId });
    await ctx.hub.publish(ctx, { topic: 'outbound', connectionId: run.connection_id });
    await ctx.hub.publish(ctx, {
      topic: 'live',
      workspaceId: job.workspaceId,
      frame: { type: 'campaign.changed', campaign_id: toWireId('cmp', run.campaign_id) },
    });
  });
}

/**
 * Job `deliveries.cancel`: the rows of a cancelled run that were still waiting, a chunk per job. It comes again while a lane
 * still holds rows of the run: what the lane gives back unsent must not stay queued for ever.
 */
export async function cancelWaiting(
  base: BaseCtx,
  job: { workspaceId: string; runId: string },
): Promise<void> {
  await inTransaction(asSystem(base, job.workspaceId), async (ctx) => {
    await sql`
      UPDATE deliveries SET state = 'cancelled', reason = NULL
      WHERE workspace_id = ${job.workspaceId} AND id IN (
        SELECT id FROM deliveries WHERE run_id = ${job.runId} AND ${stateIn('state', fromStates('cancelled'))} ORDER BY due_at, id LIMIT ${chunkSize} FOR UPDATE SKIP LOCKED)
      AND EXISTS (SELECT 1 FROM runs WHERE runs.id = ${job.runId} AND runs.workspace_id = ${job.workspaceId} AND status = 'cancelled')`.execute(
      ctx.db,
    );
    const counts = await countStates(ctx, job.runId);
    const left =
      (counts.queued ?? 0) + (counts.planned ?? 0) > 0 ? 0 : (counts.sending ?? 0) > 0 ? 2000 : null;
    if (left !== null)
      await ctx.jobs.enqueue(ctx, 'deliveries.cancel', job, {
        key: job.runId,
        startAfter: new Date(ctx.clock.now().getTime() + left),
      });
  });
}
