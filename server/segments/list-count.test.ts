// The number of a list that is kept by hand is the number of its rows, whoever writes them.
import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { fromWireId, toWireId } from '../../contract/ids.ts';
import { eraseContact, eraseContacts } from '../contacts/erase.ts';
import { mergeContacts } from '../contacts/merge/merge.ts';
import { undoMerge } from '../contacts/merge/undo-merge.ts';
import { inTransaction } from '../platform/context.ts';
import { aContact, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { changeList, changeMembers } from './change-members.ts';
import { checkSegment } from './check.ts';
import { createSegment, deleteSegment } from './save.ts';
import { readSegment } from './store.ts';

const base = await testCtx();
let ctx: TestCtx;
beforeEach(async () => {
  ctx = inWorkspace(base, await aWorkspace(base));
});

const wire = (ids: string[]) => ids.map((id) => toWireId('cnt', id));
const contacts = (n: number) => Promise.all(Array.from({ length: n }, () => aContact(ctx)));
async function aList(...members: string[]): Promise<string> {
  const id = fromWireId('seg', (await createSegment(ctx, { name: 'L' })).id) as string;
  await changeMembers(ctx, id, { add: wire(members), remove: [] });
  return id;
}
/** As the batches of long work do it. */
const inBatch = (id: string, change: { add: string[]; remove: string[] }) =>
  inTransaction(ctx, (ctx) => changeList(ctx, id, change));
const counts = (...ids: string[]) => Promise.all(ids.map(async (id) => (await readSegment(ctx, id)).count));
async function rows(id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*) AS n FROM segment_members WHERE segment_id = ${id}`.execute(ctx.db);
  return rows[0]!.n;
}

test('by hand and by long work, there already or not', async () => {
  const [ann, bob, cid] = (await contacts(3)) as [string, string, string];
  const list = await aList(ann, bob);
  expect(await changeMembers(ctx, list, { add: wire([ann, cid]), remove: wire([bob]) })).toEqual({
    added: 1,
    removed: 1,
    members: 2,
  });
  expect(await counts(list)).toEqual([2]);
  expect(await inBatch(list, { add: [ann, bob], remove: [] })).toMatchObject({
    added: 1,
    members: 3,
  });
  expect(await counts(list)).toEqual([3]);
});

test('a merge, its undoing and an erasure', async () => {
  const [ann, bob, cid] = (await contacts(3)) as [string, string, string];
  const both = await aList(ann, bob, cid);
  const other = await aList(bob);
  await mergeContacts(ctx, ann, { other_id: toWireId('cnt', bob), keep: {} });
  expect(await counts(both, other)).toEqual([2, 1]);
  const { id } = await ctx.db
    .selectFrom('contact_merges')
    .select('id')
    .where('survivor_id', '=', ann)
    .executeTakeFirstOrThrow();
  await undoMerge(ctx, ann, id);
  expect(await counts(both, other)).toEqual([3, 1]);
  await eraseContact(ctx, bob);
  expect(await counts(both, other)).toEqual([2, 0]);
  await ctx.db.deleteFrom('contacts').where('id', '=', cid).execute();
  expect(await counts(both)).toEqual([1]);
});

test('looked at before it was ever counted, and not counted yet', async () => {
  const [ann, bob] = (await contacts(2)) as [string, string];
  const list = fromWireId('seg', (await createSegment(ctx, { name: 'L' })).id) as string;
  expect(await counts(list)).toEqual([null]);
  await checkSegment(ctx, { workspaceId: ctx.actor.workspaceId, segmentId: list });
  expect(await counts(list)).toEqual([0]);
  await changeMembers(ctx, list, { add: wire([ann, bob]), remove: [] });
  await checkSegment(ctx, { workspaceId: ctx.actor.workspaceId, segmentId: list });
  expect(await counts(list)).toEqual([2]);
  await deleteSegment(ctx, list);
  expect(await rows(list)).toBe(0);
});

test('of erasures, changes and looks at the same time', async () => {
  const all = await contacts(60);
  const lists = await Promise.all([aList(...all.slice(0, 40)), aList(...all.slice(0, 40).reverse())]);
  const look = (segmentId: string) => checkSegment(ctx, { workspaceId: ctx.actor.workspaceId, segmentId });
  await Promise.all([
    ...[0, 10, 20].map((from) => eraseContacts(ctx, all.slice(from, from + 10))),
    ...lists.flatMap((list) => [
      changeMembers(ctx, list, { add: wire(all.slice(40, 50)), remove: wire(all.slice(15, 35)) }),
      inBatch(list, { add: all.slice(50), remove: all.slice(30, 38) }),
      look(list),
    ]),
  ]);
  expect(await counts(...lists)).toEqual(await Promise.all(lists.map(rows)));
  expect(await counts(...lists)).toEqual([22, 22]);
});
