// Two contacts become one person, or two again, while a campaign is under way: nobody twice, nobody missed, and where it was
// left out the ledger says why.
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromWireId, toWireId } from '../../../contract/ids.ts';
import { mergeContacts } from '../../contacts/merge/merge.ts';
import { undoMerge } from '../../contacts/merge/undo-merge.ts';
import { inTransaction } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import {
  aConnection,
  aContact,
  aWorkspace,
  inWorkspace,
  type TestCtx,
  testCtx,
} from '../../testing/context.ts';
import {
  anExpandedRun,
  aRun,
  aShopOn,
  claimedOfRun,
  runRow,
  testLanes,
  until,
} from '../../testing/engine.ts';
import { enqueueDelivery } from '../sending/enqueue.ts';
import { expandPerson } from './after-merge.ts';
import { expandChunk } from './expand.ts';
import { countStates, retryFailed } from './run.ts';

let base: TestCtx;
/** Nothing of its jobs is done by itself. */
let still: TestCtx;
beforeAll(async () => {
  base = await testCtx({ work: true });
  still = await testCtx();
});

const merge = (ctx: TestCtx, a: string, b: string) => mergeContacts(ctx, a, { other_id: toWireId('cnt', b) });
const undo = async (ctx: TestCtx, a: string) => {
  const row = await ctx.db
    .selectFrom('contact_merges')
    .select('id')
    .where('contact_id', '=', a)
    .executeTakeFirstOrThrow();
  await undoMerge(ctx, a, row.id);
};
const rowsOf = (ctx: TestCtx, runId: string) =>
  ctx.db.selectFrom('deliveries').select(['id', 'contact_id', 'state', 'reason', 'twin_of', 'event_key']).where('run_id', '=', runId).orderBy('id').execute(); // biome-ignore format: one query
const put = (ctx: TestCtx, runId: string, contactId: string, state: string) =>
  ctx.db.updateTable('deliveries').set({ state, sent_at: state === 'sent' ? new Date() : null, reason: state === 'failed' ? 'blocked' : null }).where('run_id', '=', runId).where('contact_id', '=', contactId).execute(); // biome-ignore format: one query
/** A merge keeps rows from being claimed for some seconds. */
const atOnce = (ctx: TestCtx, runId: string) =>
  ctx.db
    .updateTable('deliveries')
    .set({ due_at: new Date(0) })
    .where('run_id', '=', runId)
    .execute();
const finished = (ctx: TestCtx, runId: string) =>
  until('the run is finished', async () => (await runRow(ctx, runId)).status === 'finished');

describe('both have a row', () => {
  test('waiting: the person gets one message, and the other row says why it was left out', async () => {
    const { ctx, sandbox, contacts } = await aShopOn(base, 4);
    const { runId } = await anExpandedRun(ctx, sandbox);
    await merge(ctx, contacts[0]!, contacts[1]!);
    // a claim that began before the merge would look for the address where it was: what came over is not due for it
    const due = await ctx.db
      .selectFrom('deliveries')
      .select(['due_at', 'twin_of'])
      .where('contact_id', '=', contacts[0]!)
      .execute();
    expect(due.some((row) => row.due_at > ctx.clock.now())).toBe(true);
    await atOnce(ctx, runId);
    const lanes = testLanes(ctx, 500);
    await finished(ctx, runId);
    await lanes.stop();
    expect(await countStates(ctx, runId)).toMatchObject({ sent: 3, skipped: 1 });
    expect(
      (await rowsOf(ctx, runId))
        .filter((row) => row.contact_id === contacts[0])
        .map((row) => row.reason)
        .sort(),
    ).toEqual(['merged', null]);
    expect((await sandbox.stats()).accepted).toBe(3);
  });

  test('waiting, and undone before they were sent, or after: both get theirs while the campaign is under way', async () => {
    const { ctx, sandbox, contacts } = await aShopOn(base, 3);
    const { runId } = await anExpandedRun(ctx, sandbox);
    await merge(ctx, contacts[0]!, contacts[1]!);
    await atOnce(ctx, runId);
    // as a claim does it; the third person keeps the run under way
    await ctx.db
      .updateTable('deliveries')
      .set({ due_at: new Date(Date.now() + 3_600_000) })
      .where('contact_id', '=', contacts[2]!)
      .execute();
    const taken = await claimedOfRun(ctx, runId, newId(), 10);
    expect(taken.map((row) => row.contactId)).toEqual([contacts[0]]);
    await ctx.db
      .updateTable('deliveries')
      .set({ state: 'sent', sent_at: new Date() })
      .where('state', '=', 'sending')
      .execute();
    await undo(ctx, contacts[0]!);
    const other = async () => (await rowsOf(ctx, runId)).find((row) => row.contact_id === contacts[1]);
    await until('the other waits again', async () => (await other())?.state === 'queued');
    expect(await other()).toMatchObject({ reason: null, twin_of: null, event_key: runId });
  });

  test.each([
    // survivor, other, who of them can still be sent
    ['sent', 'queued', []],
    ['queued', 'sent', []],
    ['unknown', 'queued', []],
    ['queued', 'sending', []],
    ['failed', 'queued', ['other']],
    ['skipped', 'queued', ['other']],
    ['queued', 'skipped', ['this']],
    ['cancelled', 'queued', ['other']],
    ['failed', 'sent', []],
  ] as const)('%s and %s: of the two only %j goes', async (mine, theirs, goes) => {
    const ctx = inWorkspace(still, await aWorkspace(still));
    const connectionId = await aConnection(ctx);
    const a = await aContact(ctx, { connectionId });
    const b = await aContact(ctx, { connectionId });
    const { runId } = await aRun(ctx, connectionId);
    await expandChunk(ctx, { workspaceId: ctx.actor.workspaceId, runId }, 10);
    const own = { this: (await rowsOf(ctx, runId))[0]!.id, other: (await rowsOf(ctx, runId))[1]!.id };
    await put(ctx, runId, a, mine);
    await put(ctx, runId, b, theirs);
    await merge(ctx, a, b);
    await atOnce(ctx, runId);
    // whoever failed is tried again: never who is the same person as somebody who had it
    await retryFailed(ctx, runId);
    const taken = await claimedOfRun(ctx, runId, newId(), 10);
    expect(taken.map((row) => row.id).sort()).toEqual(goes.map((one) => own[one]).sort());
    expect((await rowsOf(ctx, runId)).every((row) => row.contact_id === a)).toBe(true);
  });
});

describe('while rows are being written', () => {
  /** Ann stands before the mark and is not meant; Bea stands behind it and is. */
  async function passed() {
    const ctx = inWorkspace(still, await aWorkspace(still));
    const connectionId = await aConnection(ctx);
    const [ann, mid, bea] = [await aContact(ctx), await aContact(ctx, { connectionId }), await aContact(ctx, { connectionId })] as const; // biome-ignore format: one row
    const { runId } = await aRun(ctx, connectionId);
    await ctx.db.updateTable('runs').set({ audience: JSON.stringify({ contact_ids: [mid, bea].map((id) => toWireId('cnt', id)) }) }).where('id', '=', runId).execute(); // biome-ignore format: one query
    const job = { workspaceId: ctx.actor.workspaceId, runId };
    const jobs: Record<string, unknown>[] = [];
    const heard = {
      ...ctx,
      jobs: {
        ...ctx.jobs,
        enqueue: async (_: unknown, name: string, data: object) => void jobs.push({ name, ...data }),
      },
    };
    return { ctx, heard, jobs, ann, mid, bea, runId, job };
  }

  test('whoever was passed over alone is asked again together', async () => {
    const { ctx, heard, jobs, ann, mid, bea, runId, job } = await passed();
    await expandChunk(ctx, job, 1);
    expect((await rowsOf(ctx, runId)).map((row) => row.contact_id)).toEqual([mid]);
    await merge(heard, ann, bea);
    expect(jobs).toEqual([{ name: 'deliveries.expand_person', ...job, contactId: ann }]);
    await expandChunk(ctx, job, 10);
    await expandPerson(ctx, { ...job, contactId: ann });
    await expandPerson(ctx, { ...job, contactId: ann });
    expect((await rowsOf(ctx, runId)).map((row) => [row.contact_id, row.state])).toEqual([
      [mid, 'queued'],
      [ann, 'queued'],
    ]);
    const run = await runRow(ctx, runId);
    expect([run.planned, (await countStates(ctx, runId)).queued]).toEqual([2, 2]);
  });

  test('one whose row came over is not written a second time', async () => {
    const { ctx, ann, mid, bea, runId, job } = await passed();
    await ctx.db
      .updateTable('runs')
      .set({ audience: JSON.stringify({ all: true }) })
      .where('id', '=', runId)
      .execute();
    await expandChunk(ctx, job, 2);
    await merge(ctx, bea, mid);
    await expandChunk(ctx, job, 10);
    expect((await rowsOf(ctx, runId)).map((row) => row.contact_id).sort()).toEqual([ann, bea].sort());
  });

  test('undone after the mark has passed: the other is asked as well', async () => {
    const { ctx, heard, jobs, ann, mid, bea, runId, job } = await passed();
    await merge(ctx, ann, bea);
    await expandChunk(ctx, job, 10);
    expect((await rowsOf(ctx, runId)).map((row) => row.contact_id).sort()).toEqual([ann, mid].sort());
    // the address of the row is Bea's, and so is the row
    await undo(heard, ann);
    expect(jobs).toEqual([{ name: 'deliveries.expand_person', ...job, contactId: bea }]);
    await expandPerson(ctx, { ...job, contactId: bea });
    expect((await rowsOf(ctx, runId)).map((row) => row.contact_id).sort()).toEqual([mid, bea].sort());
  });
});

test('a reply that is being written while its contact is merged goes with the person', async () => {
  const ctx = inWorkspace(still, await aWorkspace(still));
  const connectionId = await aConnection(ctx);
  const [a, b] = [await aContact(ctx), await aContact(ctx, { connectionId })];
  let merging: Promise<unknown> = Promise.resolve();
  await inTransaction(ctx, async (writing) => {
    await enqueueDelivery(writing, { source: 'reply', contactId: b, connectionId, content: { text: 'Hello' }, authorId: null }); // biome-ignore format: one call
    const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(writing.db);
    let isOver = false;
    merging = merge(ctx, a, b).finally(() => {
      isOver = true;
    });
    const waits = sql`SELECT 1 FROM pg_stat_activity WHERE ${rows[0]!.pid} = ANY(pg_blocking_pids(pid))`;
    await until(
      'the merge waits, or did not',
      async () => isOver || (await waits.execute(ctx.db)).rows.length > 0,
    );
  });
  await merging;
  const written = await ctx.db
    .selectFrom('deliveries')
    .select('contact_id')
    .where('connection_id', '=', connectionId)
    .execute();
  expect(written).toEqual([{ contact_id: a }]);
});

test('pairs that are merged while the lanes run: each person gets it, and who was left out was so for that reason', async () => {
  const { ctx, sandbox, contacts } = await aShopOn(base, 40);
  const { runId } = await aRun(ctx, sandbox.connectionId);
  const lanes = testLanes(ctx, 60);
  const pairs = Array.from({ length: 20 }, (_, n) => [contacts[n]!, contacts[39 - n]!] as const);
  for (const [a, b] of pairs) await merge(ctx, a, b);
  await ctx.db
    .updateTable('deliveries')
    .set({ due_at: new Date(0) })
    .where('run_id', '=', runId)
    .where('state', '=', 'queued')
    .execute();
  await finished(ctx, runId);
  await lanes.stop();
  const rows = await rowsOf(ctx, runId);
  for (const [a, b] of pairs) {
    expect(rows.some((row) => row.contact_id === b)).toBe(false);
    const own = rows.filter((row) => row.contact_id === a);
    expect(own.filter((row) => row.state === 'sent' && row.twin_of === null)).toHaveLength(1);
    for (const row of own.filter((row) => row.state === 'skipped')) expect(row.reason).toBe('merged');
  }
  expect((await runRow(ctx, runId)).planned).toBe(rows.length);
  expect((await sandbox.stats()).accepted).toBe(rows.filter((row) => row.state === 'sent').length);
  expect(fromWireId('cnt', toWireId('cnt', pairs[0]![0]))).toBe(pairs[0]![0]);
});
