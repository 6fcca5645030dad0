// Rows that were held back in `planned`, let go: everybody beyond a canary that is settled, or beyond an A/B test that is decided.
import { sql } from 'kysely';
import { asSystem, type BaseCtx, inTransaction } from '../../platform/context.ts';
import { fromStates } from '../delivery.ts';
import { stateIn } from '../state-sql.ts';
import { lockRuns } from './run.ts';

export interface RunRef {
  workspaceId: string;
  runId: string;
}

/** Rows let go per job: the lanes already send the first ones. */
const releaseSize = 10_000;

/** Beyond the canary or the test, until they are released. */
const heldBack = stateIn('state', fromStates('queued', ['planned']));

/** Of a run `r`: nothing holds its rows back any more. A canary has passed only once it is settled, which asking puts off. */
const mayGo = sql<boolean>`((r.canary_step IS NULL OR (r.canary_step IN ('passed', 'overridden', 'not_needed') AND r.canary ->> 'settledAt' IS NOT NULL))
  AND r.ab_step IS DISTINCT FROM 'testing')`;

/**
 * Job `deliveries.release`: a chunk per job, under the run's lock against a cancel at this moment. `after`: the last row of the
 * chunk before, so that a million released rows are not passed over again and again.
 */
export async function releasePlanned(
  base: BaseCtx,
  { after, ...ref }: RunRef & { after?: string },
  size = releaseSize,
): Promise<void> {
  await inTransaction(asSystem(base, ref.workspaceId), async (ctx) => {
    await lockRuns(ctx, [ref.runId]);
    const { rows } = await sql<{ connection_id: string }>`
      SELECT r.connection_id FROM runs r WHERE r.workspace_id = ${ref.workspaceId} AND r.id = ${ref.runId}
        AND r.status IN ('active', 'paused') AND ${mayGo}`.execute(ctx.db);
    const [run] = rows;
    if (!run) return;
    const released = await sql<{ id: string }>`
      WITH chunk AS MATERIALIZED (
        SELECT id FROM deliveries WHERE run_id = ${ref.runId} AND ${heldBack} ${after ? sql`AND id > ${after}` : sql``}
        ORDER BY id LIMIT ${size} FOR UPDATE
      ), moved AS (
        UPDATE deliveries d SET state = 'queued'
        FROM chunk WHERE d.workspace_id = ${ref.workspaceId} AND d.id = chunk.id
      )
      SELECT id FROM chunk`.execute(ctx.db);
    const ids = released.rows.map((row) => row.id);
    if (ids.length === size)
      await ctx.jobs.enqueue(
        ctx,
        'deliveries.release',
        { ...ref, after: ids.toSorted().at(-1) },
        { key: ref.runId },
      );
    if (ids.length > 0) await ctx.hub.publish(ctx, { topic: 'outbound', connectionId: run.connection_id });
  });
}

/** Job `deliveries.tend_held_back`, every minute: runs that nothing holds back while people still wait in them; the job that lets them go has been lost. */
export async function releaseForgotten(base: BaseCtx): Promise<void> {
  const runs = await sql<{ workspace_id: string; id: string }>`
    SELECT r.workspace_id, r.id FROM runs r
    WHERE r.status = 'active' AND (r.canary_step IS NOT NULL OR r.ab_step IS NOT NULL) AND ${mayGo}
      AND EXISTS (SELECT 1 FROM deliveries d WHERE d.run_id = r.id AND d.state = 'planned')`.execute(base.db);
  for (const run of runs.rows)
    await base.jobs.enqueue(
      base,
      'deliveries.release',
      { workspaceId: run.workspace_id, runId: run.id },
      { key: run.id },
    );
}
