// Receipts that stand aside: told to whoever watches, and gone when they are of no use or their person is erased.
import { expect, onTestFinished, test } from 'vitest';
import { storeReceipts } from '../../channels/receipts.ts';
import { eraseContact } from '../../contacts/erase.ts';
import { newId } from '../../platform/db/ids.ts';
import { aConnection, aContact, aWorkspace, inWorkspace, testCtx } from '../../testing/context.ts';
import { aRun, claimedOfRun, until } from '../../testing/engine.ts';
import { receiptsAside } from '../metrics.ts';
import { expandRun } from '../runs/expand.ts';
import { forgetAside } from './aside.ts';
import { startReceipts } from './worker.ts';

const base = await testCtx();

/** Two people under way with a receipt each that stands aside. */
async function twoAside() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const { workspaceId } = ctx.actor;
  const connectionId = await aConnection(ctx);
  for (const firstName of ['Ann', 'Ben']) await aContact(ctx, { connectionId, firstName });
  const { runId } = await aRun(ctx, connectionId);
  await expandRun(ctx, { workspaceId, runId });
  const rows = await claimedOfRun(ctx, runId, newId(), 2);
  const receipts = rows.map(({ id }) => ({
    externalId: `wamid.${id}`,
    deliveryId: id,
    attempt: 1,
    status: 'sent' as const,
    at: new Date(),
    failure: null,
  }));
  await storeReceipts(ctx, { workspaceId, connectionId }, receipts);
  await ctx.db
    .updateTable('inbound_receipts')
    .set({ problem: 'not this one' })
    .where('connection_id', '=', connectionId)
    .execute();
  const left = async () =>
    (
      await ctx.db
        .selectFrom('inbound_receipts')
        .select('delivery_id')
        .where('connection_id', '=', connectionId)
        .execute()
    ).map((row) => row.delivery_id);
  return { ctx, rows, left };
}

test('whoever watches is told how many there are', async () => {
  await base.db.deleteFrom('inbound_receipts').execute();
  await twoAside();
  const worker = startReceipts(base);
  onTestFinished(() => worker.stop());
  const shown = async () => (await receiptsAside.get()).values[0]?.value;
  await until('they are counted', async () => (await shown()) === 2);
});

test('of a person who is erased they go at once, those of others stay', async () => {
  const { ctx, rows, left } = await twoAside();
  await eraseContact(ctx, rows[0]!.contactId);
  expect(await left()).toEqual([rows[1]!.id]);
});

test('they go after nine days, unless they are all that proves that a message left', async () => {
  const { ctx, rows, left } = await twoAside();
  const move = (id: string, state: string) =>
    ctx.db.updateTable('deliveries').set({ state }).where('id', '=', id).execute();
  await move(rows[0]!.id, 'delivered');
  await move(rows[1]!.id, 'unknown');
  const in_ = (days: number) => ({
    ...base,
    clock: { ...base.clock, now: () => new Date(Date.now() + days * 86_400_000) },
  });
  await forgetAside(in_(8.9));
  expect(await left()).toHaveLength(2);
  await forgetAside(in_(9.1));
  expect(await left()).toEqual([rows[1]!.id]);
  await move(rows[1]!.id, 'delivered');
  await forgetAside(in_(9.1));
  expect(await left()).toEqual([]);
});
