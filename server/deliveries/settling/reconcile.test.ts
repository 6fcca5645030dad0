import { beforeAll, describe, expect, it } from 'vitest';
import { disconnect } from '../../channels/disconnect.ts';
import { inTransaction } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { aContact, type TestCtx, testCtx } from '../../testing/context.ts';
import { anExpandedRun, aRun, aShopOn, claimedOfRun, testLanes, until } from '../../testing/engine.ts';
import { cancelRun, countStates, retryFailed } from '../runs/run.ts';
import { countAsSent, resendDelivery, resendUnknownByPolicy } from './reconcile.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ work: true });
});

const aShop = (people: number) => aShopOn(base, people);
const stateOf = async (ctx: TestCtx, id: string) =>
  (await ctx.db.selectFrom('deliveries').select('state').where('id', '=', id).executeTakeFirstOrThrow())
    .state;

describe('settling by hand and by policy', () => {
  async function anUnknown(settings = {}) {
    const { ctx, sandbox } = await aShop(1);
    const { runId, campaignId } = await anExpandedRun(ctx, sandbox, settings);
    const [row] = await claimedOfRun(ctx, runId, newId(), 1);
    const id = row?.id as string;
    await ctx.db
      .updateTable('deliveries')
      .set({ state: 'unknown', reason: 'timeout' })
      .where('id', '=', id)
      .execute();
    return { ctx, sandbox, runId, campaignId, id };
  }

  it('counted as sent, the message stands in the thread', async () => {
    const { ctx, id } = await anUnknown();
    await inTransaction(ctx, (ctx) => countAsSent(ctx, id));
    expect(await stateOf(ctx, id)).toBe('sent');
    const message = await ctx.db
      .selectFrom('messages')
      .select('body')
      .where('delivery_id', '=', id)
      .executeTakeFirstOrThrow();
    expect((message.body as { text: string }).text).toBe('Hi P100000');
  });

  it('cannot be sent again once the campaign was cancelled or the connection removed', async () => {
    const cancelled = await anUnknown();
    await cancelRun(cancelled.ctx, cancelled.runId);
    await expect(inTransaction(cancelled.ctx, (ctx) => resendDelivery(ctx, cancelled.id))).rejects.toThrow(
      /was cancelled/,
    );
    const removed = await anUnknown();
    await disconnect(removed.ctx, removed.sandbox.connectionId);
    await expect(inTransaction(removed.ctx, (ctx) => resendDelivery(ctx, removed.id))).rejects.toThrow(
      /was removed/,
    );
  });

  it('the policy sends again after its time, three tries in all', async () => {
    const { ctx, id } = await anUnknown({ unknown: { resend_after_seconds: 60 } });
    await resendUnknownByPolicy(ctx);
    expect(await stateOf(ctx, id)).toBe('unknown');
    const old = new Date(Date.now() - 61_000);
    await ctx.db.updateTable('deliveries').set({ claimed_at: old }).where('id', '=', id).execute();
    await resendUnknownByPolicy(ctx);
    expect(await stateOf(ctx, id)).toBe('queued');
    await ctx.db
      .updateTable('deliveries')
      .set({ state: 'unknown', claimed_at: old, attempts: 3 })
      .where('id', '=', id)
      .execute();
    await resendUnknownByPolicy(ctx);
    expect(await stateOf(ctx, id)).toBe('unknown');
  });

  it('a row sent again while its run is being finished is never left behind', async () => {
    const { ctx, sandbox } = await aShop(1);
    await aContact(ctx);
    const lanes = testLanes(ctx, 500);
    for (let round = 0; round < 5; round++) {
      await sandbox.control('faults', { kind: 'reset_after', bot: sandbox.botId, count: 1 });
      const { runId } = await aRun(ctx, sandbox.connectionId, { text: `Round ${round}` });
      await until('the answer was lost', async () => (await countStates(ctx, runId)).unknown === 1);
      const { id } = await ctx.db
        .selectFrom('deliveries')
        .select('id')
        .where('run_id', '=', runId)
        .where('state', '=', 'unknown')
        .executeTakeFirstOrThrow();
      await inTransaction(ctx, (ctx) => resendDelivery(ctx, id));
      await until('it is sent', async () => (await countStates(ctx, runId)).sent === 1);
    }
    await lanes.stop();
  });

  it('trying again leaves out what would only fail again', async () => {
    const { ctx, sandbox } = await aShop(2);
    const { runId } = await anExpandedRun(ctx, sandbox);
    const rows = await claimedOfRun(ctx, runId, newId(), 2);
    for (const [index, row] of rows.entries())
      await ctx.db
        .updateTable('deliveries')
        .set({ state: 'failed', reason: index ? 'blocked' : 'deactivated' })
        .where('id', '=', row.id)
        .execute();
    expect(await retryFailed(ctx, runId)).toBe(1);
    expect(await countStates(ctx, runId)).toMatchObject({ failed: 1, queued: 1 });
  });
});
