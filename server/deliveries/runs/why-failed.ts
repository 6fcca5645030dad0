// Whether a run that has ended has failed as a whole, and why, in words.
import { sql } from 'kysely';
import { failureReasons } from '../../../contract/deliveries.ts';
import type { Ctx } from '../../platform/context.ts';
import { countStates } from './run.ts';

/**
 * "All 12 messages failed, most of them: The credentials were refused." Null: somebody got it, or may have (unknown is never
 * failed), or it was meant for nobody.
 */
export async function whyFailed(ctx: Ctx, runId: string): Promise<string | null> {
  const counts = await countStates(ctx, runId);
  const arrived = ['sent', 'delivered', 'read', 'unknown'].some((state) => (counts[state] ?? 0) > 0);
  const failed = counts.failed ?? 0;
  if (arrived || failed === 0) return null;
  const { rows } = await sql<{ reason: string | null; n: number }>`
    SELECT reason, count(*) AS n FROM deliveries
    WHERE workspace_id = ${ctx.actor.workspaceId} AND run_id = ${runId} AND state = 'failed'
    GROUP BY reason ORDER BY n DESC, reason LIMIT 1`.execute(ctx.db);
  const { reason, n } = rows[0] as (typeof rows)[number];
  const words = failureReasons[reason as keyof typeof failureReasons] ?? reason ?? 'no reason was given';
  const all = failed === 1 ? 'The only message failed' : `All ${failed.toLocaleString('en')} messages failed`;
  return `${all}${n < failed ? ', most of them' : ''}: ${words}.`;
}
