// Receipts that could not be worked in (work-in.ts) stand aside with their problem: counted for whoever watches, and kept no
// longer than they are of use, for the platform's id of a message has the number of a person in it.
import { sql } from 'kysely';
import type { BaseCtx } from '../../platform/context.ts';

/** Longer than any platform repeats. */
const keepDays = 9;

export async function countAside(base: BaseCtx): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM inbound_receipts WHERE problem IS NOT NULL`.execute(base.db);
  return rows[0]?.n ?? 0;
}

/**
 * Job `deliveries.forget_receipts`, daily. One whose row is still open stays: it proves that the message left, and without it
 * the row would be sent again (settling/window.ts).
 */
export async function forgetAside(base: BaseCtx): Promise<void> {
  const before = new Date(base.clock.now().getTime() - keepDays * 86_400_000);
  await sql`
    DELETE FROM inbound_receipts i WHERE i.problem IS NOT NULL AND i.received_at < ${before}
      AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.workspace_id = i.workspace_id AND d.id = i.delivery_id
        AND d.state IN ('unknown', 'queued', 'sending') AND d.address IS NOT NULL)`.execute(base.db);
}
