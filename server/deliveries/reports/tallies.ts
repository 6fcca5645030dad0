// Who clicked, answered and ordered, and what became of the unknown by itself, summed per run by the statements that note it: a report counts no rows.
import { type RawBuilder, sql } from 'kysely';
import { amountText, type Money } from '../../../contract/money.ts';
import type { Ctx } from '../../platform/context.ts';

/** The last two: rows that were unknown until the platform told, and rows that it told nothing of, so that they never left. */
export type Tally = 'clicked' | 'replied' | 'converted' | 'settled_by_receipt' | 'never_left';

/** Whoever orders within so many days has converted: after their message, and of a run with a holdout after its start. */
export const conversionDays = 7;

/**
 * The end of a statement whose part `from` has workspace_id, run_id and variant of rows that did it for the first time; `each` -1:
 * of rows that did not do it after all.
 */
export const addTally = (what: Tally, from: RawBuilder<unknown>, each: 1 | -1 = 1) => sql`
  INSERT INTO run_tallies AS t (workspace_id, run_id, variant, what, shard, n)
  SELECT workspace_id, run_id, coalesce(variant, -1), ${sql.lit(what)}, pg_backend_pid() % 16, ${sql.lit(each)} * count(*)
  FROM ${from} WHERE run_id IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 2, 3
  ON CONFLICT (run_id, what, variant, shard) DO UPDATE SET n = t.n + excluded.n`;

export async function tallyOf(ctx: Ctx, ...runIds: string[]): Promise<Partial<Record<Tally, number>>> {
  const { rows } = await sql<{ what: Tally; n: number }>`
    SELECT what, sum(n)::bigint AS n FROM run_tallies
    WHERE workspace_id = ${ctx.actor.workspaceId} AND run_id = ANY(${runIds}::uuid[]) GROUP BY what`.execute(
    ctx.db,
  );
  return Object.fromEntries(rows.map((row) => [row.what, row.n]));
}

/** What the first orders after the messages of these runs are worth, in the workspace's currency as everywhere; what was cancelled or came back nothing. */
export async function conversions(
  ctx: Ctx,
  runIds: string[],
  converted: number,
): Promise<{ converted: number | null; converted_value: Money | null }> {
  const { workspaceId } = ctx.actor;
  if (converted === 0) {
    const told = await ctx.db
      .selectFrom('orders')
      .select('id')
      .where('workspace_id', '=', workspaceId)
      .limit(1)
      .executeTakeFirst();
    return { converted: told ? 0 : null, converted_value: null };
  }
  const { rows } = await sql<{ currency: string; amount: string }>`
    SELECT w.currency, coalesce(sum(o.total), 0)::text AS amount FROM workspaces w
    LEFT JOIN deliveries d ON d.workspace_id = w.id AND d.run_id = ANY(${runIds}::uuid[]) AND d.converted_at IS NOT NULL
    LEFT JOIN orders o ON o.workspace_id = d.workspace_id AND o.id = d.converted_by AND o.status NOT IN ('cancelled', 'returned') AND o.currency = w.currency
    WHERE w.id = ${workspaceId} GROUP BY w.currency`.execute(ctx.db);
  const [sum] = rows;
  return {
    converted,
    converted_value: sum ? { ...sum, amount: amountText(sum.amount, sum.currency) } : null,
  };
}
