// Rows of which there is never a second, written at the price of rows that are new.
import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '../../platform/context.ts';
import { isUniqueViolation } from '../../platform/db/db.ts';

/**
 * Whoever has a row already keeps that one. To say so beforehand (ON CONFLICT DO NOTHING) makes PostgreSQL look twice for each row
 * and costs a third more; `write` gets it as `unlessThere` only once it has turned out that somebody has one. For chunks whose
 * rows are new but after a fault: under a lock and a cursor.
 */
export async function insertOnce<T>(
  ctx: Ctx,
  write: (unlessThere: RawBuilder<unknown>) => Promise<T>,
): Promise<T> {
  await sql`SAVEPOINT rows_of_chunk`.execute(ctx.db);
  try {
    return await write(sql``);
  } catch (error) {
    if (!isUniqueViolation(error, 'deliveries_once')) throw error;
    await sql`ROLLBACK TO SAVEPOINT rows_of_chunk`.execute(ctx.db);
    return await write(unlessThere);
  }
}

export const unlessThere = sql`ON CONFLICT (contact_id, campaign_id, event_key) DO NOTHING`;
