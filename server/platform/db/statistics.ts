// What PostgreSQL's planner knows of a table that is being filled. Of a workspace that its statistics have never seen it expects one
// row, and then any index that begins with workspace_id looks as good as the right one: looking up one person reads all of them.
import { sql } from 'kysely';
import type { BaseCtx } from '../context.ts';

/** So many rows of one load between two looks: enough for the sample to find them among millions of others. */
const after = [1_000, 10_000, 100_000];

/**
 * To be told of every batch of a long load, outside its transactions: looks at how many rows each workspace has in `tables`, which
 * takes about a tenth of a second however large they are.
 */
export function plannerKeepsUp(
  ctx: Pick<BaseCtx, 'db'>,
  tables: readonly string[],
): (rows: number) => Promise<void> {
  let rows = 0;
  let looks = 0;
  return async (more) => {
    rows += more;
    const next = after[looks];
    if (next === undefined || rows < next) return;
    looks += 1;
    for (const table of tables) await sql`ANALYZE ${sql.table(table)} (workspace_id)`.execute(ctx.db);
  };
}
