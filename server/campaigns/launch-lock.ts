// Of two campaigns that are launched at the same instant, one of which leaves out the other's people, one waits for the other:
// else it could not see them yet. Campaigns that leave out nobody's people are launched beside each other.
import { sql } from 'kysely';
import type { Ctx } from '../platform/context.ts';

/** Until the end of the transaction. To be taken before the campaign's row is locked. */
export async function besideLaunches(ctx: Ctx, id: string): Promise<void> {
  const key = sql`hashtextextended('campaigns.launch ' || c.workspace_id, 0)`;
  await sql`
    SELECT CASE WHEN jsonb_array_length(coalesce(c.audience #> '{exclude,campaign_ids}', '[]')) > 0
      THEN pg_advisory_xact_lock(${key}) ELSE pg_advisory_xact_lock_shared(${key}) END
    FROM campaigns c WHERE c.workspace_id = ${ctx.actor.workspaceId} AND c.id = ${id}`.execute(ctx.db);
}
