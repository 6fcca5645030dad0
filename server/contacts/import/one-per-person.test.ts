// Where a batch ends must not show: rows written together do what rows written one after the other do.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ContactCreate } from '../../../contract/contacts.ts';
import { toWireId } from '../../../contract/ids.ts';
import { type ImportPolicy, importPolicies } from '../../../contract/imports.ts';
import { inTransaction } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { aConnection, testCtx } from '../../testing/context.ts';
import { upsertContacts } from '../upsert.ts';
import type { BatchResult, ReadRow } from './batch.ts';
import { writeBatch } from './write-batch.ts';

const ctx = await testCtx();
const connection_id = toWireId('con', await aConnection(ctx));

const person = (from: {
  id: string | null;
  email: string | null;
  address: string | null;
  name: string;
  tag: string | null;
}): ContactCreate => ({
  first_name: from.name,
  ...(from.id && { external_id: from.id }),
  ...(from.email && { email: `${from.email}@example.com` }),
  ...(from.address && { identities: [{ connection_id, address: from.address }] }),
  ...(from.tag && { tags: [from.tag], attributes: { [from.tag]: from.name } }),
});
const maybe = (values: string) => fc.option(fc.constantFrom(...values), { freq: 2 });
const draft = (addresses: string) =>
  fc.record({ id: maybe('123'), email: maybe('abc'), address: maybe(addresses), name: fc.constantFrom('Ann', 'Bo', 'Cy'), tag: maybe('xyz') }); // biome-ignore format: one line

class TakenBack extends Error {}
/** Two of those who are to be there may not go together: then the second is not. */
const asRefused = (error: unknown) => {
  if (!(error instanceof AppError)) throw error;
};

/** What becomes of the rows, written so many at a time onto people who are there: then everything is taken back. */
async function outcome(stored: ContactCreate[], rows: ReadRow[], policy: ImportPolicy, size: number) {
  const result: BatchResult = { line: 0, rows: 0, rejected: [], doubted: [], written: [] };
  let people: unknown[] = [];
  await inTransaction(ctx, async (tx) => {
    for (const one of stored) await upsertContacts(tx, [one]).catch(asRefused);
    for (let from = 0; from < rows.length; from += size)
      await writeBatch(tx, structuredClone(rows.slice(from, from + size)), { policy }, result);
    people = await tx.db
      .selectFrom('contacts as c')
      .select(['external_id', 'first_name', 'email', 'tags', 'attributes'])
      .select((eb) =>
        eb
          .selectFrom('identities as i')
          .select('i.address')
          .whereRef('i.contact_id', '=', 'c.id')
          .where('i.workspace_id', '=', tx.actor.workspaceId)
          .as('address'),
      )
      .where('c.workspace_id', '=', tx.actor.workspaceId)
      .execute();
    throw new TakenBack();
  }).catch((error) => {
    if (!(error instanceof TakenBack)) throw error;
  });
  return {
    people: people.map((one) => JSON.stringify(one)).sort(),
    outcomes: result.written.map(({ line, outcome }) => `${line} ${outcome}`).sort(),
    rejected: result.rejected.map(({ line }) => line).sort(),
  };
}

it('rows of one batch become what they become one by one', async () => {
  let joined = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(draft('78'), { maxLength: 3 }),
      fc.array(draft('789'), { minLength: 2, maxLength: 6 }),
      fc.constantFrom(...importPolicies),
      async (stored, drafts, policy) => {
        const rows = drafts.map(
          (one, n): ReadRow => ({ line: n + 2, cells: [], contact: person(one), proof: null }),
        );
        const before = stored.map(person);
        const oneByOne = await outcome(before, rows, policy, 1);
        expect(await outcome(before, rows, policy, rows.length)).toEqual(oneByOne);
        if (oneByOne.outcomes.length > oneByOne.people.length) joined++;
      },
    ),
    { numRuns: 50, seed: 4 },
  );
  expect(joined).toBeGreaterThan(10);
});
