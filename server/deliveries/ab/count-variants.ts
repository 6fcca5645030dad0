// What became of the people of an A/B test, wording by wording.
import { sql } from 'kysely';
import type { AbTest } from '../../../contract/variants.ts';
import type { BaseCtx } from '../../platform/context.ts';
import type { RunRef } from '../runs/release.ts';
import { noVariantCounts, type VariantCounts } from './ab.ts';

/** In the order of the variants; all zero before the rows are written. */
export async function countVariants(
  ctx: Pick<BaseCtx, 'db'>,
  { ab, ...ref }: RunRef & { ab: AbTest },
): Promise<VariantCounts[]> {
  const { rows } = await sql<VariantCounts & { variant: number }>`
    SELECT d.variant, count(*) AS people,
      count(*) FILTER (WHERE d.state IN ('queued', 'sending')) AS open,
      count(*) FILTER (WHERE d.state IN ('sent', 'delivered', 'read')) AS sent,
      count(*) FILTER (WHERE d.state = 'failed') AS failed,
      count(*) FILTER (WHERE d.clicked_at IS NOT NULL) AS clicked,
      count(*) FILTER (WHERE d.replied_at IS NOT NULL) AS replied,
      count(*) FILTER (WHERE d.state IN ('sent', 'delivered', 'read') AND EXISTS (
        SELECT 1 FROM orders o WHERE o.workspace_id = d.workspace_id AND o.contact_id = d.contact_id
          AND o.placed_at >= d.sent_at AND o.status <> 'cancelled')) AS converted
    FROM deliveries d
    WHERE d.workspace_id = ${ref.workspaceId} AND d.run_id = ${ref.runId} AND d.variant IS NOT NULL
    GROUP BY d.variant`.execute(ctx.db);
  return Array.from({ length: ab.variants.length + 1 }, (_, index) => {
    const row = rows.find(({ variant }) => variant === index);
    if (!row) return noVariantCounts;
    const { variant: _variant, ...counts } = row;
    return counts;
  });
}
