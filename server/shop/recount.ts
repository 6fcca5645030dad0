// After the workspace's currency changed: the sums of orders at their people, anew, and prices that are in it for want of another.
import { sql } from 'kysely';
import type { BaseCtx } from '../platform/context.ts';
import { followWorkspace } from './connectors/currency.ts';

const chunk = 2000;

/** Job: a chunk of the people who ordered, by id; the next chunk is a job of its own. */
export async function recountOrders(
  base: BaseCtx,
  job: { workspaceId: string; after?: string },
): Promise<void> {
  if (job.after === undefined) await followWorkspace(base, job.workspaceId);
  const { rows } = await sql<{ contact_id: string }>`
    SELECT DISTINCT contact_id FROM orders
    WHERE workspace_id = ${job.workspaceId} AND contact_id > ${job.after ?? '00000000-0000-0000-0000-000000000000'}
    ORDER BY contact_id LIMIT ${chunk}`.execute(base.db);
  const last = rows.at(-1);
  if (!last) return;
  const ids = rows.map((row) => row.contact_id);
  await sql`SELECT count_orders(${job.workspaceId}::uuid, ${ids}::uuid[])`.execute(base.db);
  if (rows.length === chunk)
    await base.jobs.enqueue(
      base,
      'shop.recount',
      { workspaceId: job.workspaceId, after: last.contact_id },
      {},
    );
}
