// What statistics say of one workspace is wrong for a new one (platform/db/unplanned.ts): work must grow with the people of a
// batch, not with those of the workspace times those of the batch.
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { aWhatsAppNumber, aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { findKnown } from './import/find-known.ts';
import { upsertContacts } from './upsert.ts';

async function rowsRead(ctx: Ctx): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::int AS n FROM pg_stat_xact_user_tables
    WHERE relname IN ('contacts', 'identities', 'spare_identities')`.execute(ctx.db);
  return rows[0]!.n;
}

it('a batch in a workspace that the statistics know nothing of looks each person up, and does not read all of them', async () => {
  const base = await testCtx();
  const people = (batch: number) =>
    Array.from({ length: 500 }, (_, n) => ({
      external_id: `${batch}-${n}`,
      email: `p${batch}-${n}@example.org`,
      phone: `+4479460${10000 + batch * 500 + n}`,
    }));
  const elder = inWorkspace(base, await aWorkspace(base));
  await aWhatsAppNumber(elder);
  for (const batch of [0, 1, 2, 3]) await upsertContacts(elder, people(batch));
  await sql`ANALYZE contacts, identities`.execute(base.db);
  const ctx = inWorkspace(base, await aWorkspace(base));
  await aWhatsAppNumber(ctx);
  await upsertContacts(ctx, people(0));
  const read = await inTransaction(ctx, async (ctx) => {
    // the session may not have told of its earlier transactions yet, and counts them then
    const before = await rowsRead(ctx);
    await upsertContacts(ctx, people(1));
    await upsertContacts(ctx, people(1).map((one) => ({ ...one, first_name: 'Ann' }))); // biome-ignore format: one line
    await findKnown(ctx, people(1));
    return (await rowsRead(ctx)) - before;
  });
  // 500 looked up a dozen times; read row by row they would be 500 times 500
  expect(read).toBeLessThan(30_000);
  expect(read).toBeGreaterThan(1000);
});
