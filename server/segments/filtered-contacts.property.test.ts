// The filters of the list and the rules of segments against each other: whoever the list shows is in the segment that
// "Save as segment" would make of it.
import fc from 'fast-check';
import { type RawBuilder, sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { type ContactFilter, ruleOf } from '../../contract/contact-filter.ts';
import { toWireId } from '../../contract/ids.ts';
import { newId } from '../platform/db/ids.ts';
import { aConnection, type TestCtx, testCtx } from '../testing/context.ts';
import { filteredContacts } from './filtered-contacts.ts';
import { membersWhere } from './membership.ts';
import { somePeople } from './testing-people.ts';
import { vocabulary } from './testing-rules.ts';

let ctx: TestCtx;
let ids: string[];
let connections: string[];

beforeAll(async () => {
  ctx = await testCtx();
  // the third was removed: nobody has an address there any more
  const made = [await aConnection(ctx), await aConnection(ctx), await aConnection(ctx)];
  const at = ctx.clock.now();
  await ctx.db.updateTable('connections').set({ deleted_at: at }).where('id', '=', made[2]!).execute();
  const world = { connections: made, campaigns: [newId()], lists: [], groups: [], moments: [at] };
  ids = await somePeople(ctx, 200, world, 3);
  // without figures of the tables the planner takes a second for each question
  await sql`ANALYZE contacts, identities, connections, consents`.execute(ctx.db);
  connections = made.map((id) => toWireId('con', id));
});

async function idsWhere(where: RawBuilder<boolean>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT c.id FROM contacts c WHERE c.workspace_id = ${ctx.actor.workspaceId} AND ${where}`.execute(ctx.db);
  return rows.map(({ id }) => id).sort();
}

test('a filter and the rule made of it mean the same people', async () => {
  let split = 0;
  const maybe = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
  const one = fc
    .tuple(
      maybe(vocabulary.tags),
      maybe([0, 1, 2]),
      maybe([true, false]),
      maybe(['opted_in', 'opted_out', 'none'] as const),
    )
    .filter((parts) => parts.some((part) => part !== undefined));
  await fc.assert(
    fc.asyncProperty(one, async ([tag, connection, reachable, consent]) => {
      const filter: ContactFilter = {
        ...(tag && { tags: [tag] }),
        ...(connection !== undefined && { connection_id: connections[connection]! }),
        ...(reachable !== undefined && { reachable }),
        ...(consent && { consent }),
      };
      const expected = await idsWhere(await membersWhere(ctx, ruleOf(filter)!, ctx.clock.now(), 'whole'));
      expect(await idsWhere(await filteredContacts(ctx, filter, 'whole'))).toEqual(expected);
      expect(await idsWhere(await filteredContacts(ctx, filter, 'each'))).toEqual(expected);
      if (expected.length > 0 && expected.length < ids.length) split++;
    }),
    { numRuns: 60, seed: 4 },
  );
  // a comparison of nobody with nobody proves nothing
  expect(split).toBeGreaterThan(20);
});
