// What people do after a send: who answered and who ordered, each counted once and with the right campaign.
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { newId } from '../../platform/db/ids.ts';
import {
  aConnection,
  aContact,
  aWorkspace,
  inWorkspace,
  type TestCtx,
  testCtx,
} from '../../testing/context.ts';
import { aRun } from '../../testing/engine.ts';
import { conversions, tallyOf } from '../reports/tallies.ts';
import { attributeOrders, markReplied } from './receipts.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx();
});

const hour = 3_600_000;
const day = 24 * hour;

async function aShop() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aConnection(ctx);
  const contactId = await aContact(ctx, { connectionId });
  const now = ctx.clock.now().getTime();
  const { workspaceId } = ctx.actor;
  /** A message of a campaign of its own, that this person got so long ago. */
  async function sentAgo(ms: number, state = 'sent'): Promise<string> {
    const { runId, campaignId } = await aRun(ctx, connectionId);
    await ctx.db
      .insertInto('deliveries')
      .values({
        workspace_id: workspaceId,
        id: newId(),
        source: 'campaign',
        priority: 5,
        campaign_id: campaignId,
        run_id: runId,
        event_key: runId,
        contact_id: contactId,
        connection_id: connectionId,
        channel: 'telegram',
        state,
        due_at: new Date(now - ms),
        created_at: new Date(now - ms),
        sent_at: state === 'sent' ? new Date(now - ms) : null,
      })
      .execute();
    return runId;
  }
  async function orderAgo(ms: number, amount: string, given: { status?: string; currency?: string } = {}) {
    const id = newId();
    await ctx.db
      .insertInto('orders')
      .values({
        workspace_id: workspaceId,
        id,
        contact_id: contactId,
        status: given.status ?? 'paid',
        total: amount,
        currency: given.currency ?? 'EUR',
        placed_at: new Date(now - ms),
        updated_at: new Date(now - ms),
      })
      .execute();
    return id;
  }
  const attribute = (...orderIds: string[]) => attributeOrders(ctx, { workspaceId, orderIds });
  const of = async (runId: string) => conversions(ctx, [runId], (await tallyOf(ctx, runId)).converted ?? 0);
  return { ctx, connectionId, contactId, now, sentAgo, orderAgo, attribute, of };
}

test('an order counts for the latest message before it, within seven days, once', async () => {
  const shop = await aShop();
  const early = await shop.sentAgo(6 * day);
  const late = await shop.sentAgo(2 * day);
  const failed = await shop.sentAgo(day, 'failed');
  expect(await shop.of(early)).toEqual({ converted: null, converted_value: null });
  const first = await shop.orderAgo(day, '12.50');
  const second = await shop.orderAgo(hour, '99');
  await shop.attribute(first, second);
  await shop.attribute(second, first);
  expect(await shop.of(late)).toEqual({
    converted: 1,
    converted_value: { amount: '12.50', currency: 'EUR' },
  });
  expect(await shop.of(early)).toEqual({ converted: 0, converted_value: null });
  expect(await shop.of(failed)).toEqual({ converted: 0, converted_value: null });
  // told late, and placed before the other: it was the first
  await shop.attribute(await shop.orderAgo(2 * day - hour, '7'));
  expect(await shop.of(late)).toEqual({ converted: 1, converted_value: { amount: '7.00', currency: 'EUR' } });
  await shop.attribute(await shop.orderAgo(3 * day, '30', { currency: 'USD' }));
  expect(await shop.of(early)).toEqual({
    converted: 1,
    converted_value: { amount: '0.00', currency: 'EUR' },
  });
  await recountAgrees(shop.ctx);
});

test('an order before every message, after more than seven days, or cancelled, counts for none', async () => {
  const shop = await aShop();
  const run = await shop.sentAgo(9 * day);
  await shop.attribute(
    await shop.orderAgo(10 * day, '5'),
    await shop.orderAgo(hour, '5'),
    await shop.orderAgo(8 * day, '5', { status: 'cancelled' }),
  );
  expect(await shop.of(run)).toEqual({ converted: 0, converted_value: null });
});

test('an order that is cancelled later, or was placed at another time, leaves its place to the next, and the last to none', async () => {
  const shop = await aShop();
  const run = await shop.sentAgo(3 * day);
  const [first, second] = [await shop.orderAgo(2 * day, '12'), await shop.orderAgo(day, '30')];
  await shop.attribute(first);
  const changed = async (id: string, change: { status?: string; placed_at?: Date }) => {
    await shop.ctx.db.updateTable('orders').set(change).where('id', '=', id).execute();
    await Promise.all([shop.attribute(id), shop.attribute(id)]);
    await recountAgrees(shop.ctx);
    return shop.of(run);
  };
  const worth = (amount: string) => ({ converted: 1, converted_value: { amount, currency: 'EUR' } });
  expect(await changed(first, { status: 'cancelled' })).toEqual(worth('30.00'));
  expect(await changed(first, { status: 'paid' })).toEqual(worth('12.00'));
  expect(await changed(first, { placed_at: new Date(shop.now - hour) })).toEqual(worth('30.00'));
  expect(await changed(second, { status: 'cancelled' })).toEqual(worth('12.00'));
  expect(await changed(first, { status: 'cancelled' })).toEqual({ converted: 0, converted_value: null });
});

test('two batches of orders at once count a person once', async () => {
  const shop = await aShop();
  const run = await shop.sentAgo(day);
  const orders = await Promise.all([1, 2, 3, 4].map((n) => shop.orderAgo(n * hour, String(n))));
  await Promise.all(orders.map((id) => shop.attribute(id)));
  expect(await shop.of(run)).toEqual({ converted: 1, converted_value: { amount: '4.00', currency: 'EUR' } });
  await recountAgrees(shop.ctx);
});

test('an answer is counted once, for the latest message', async () => {
  const shop = await aShop();
  const early = await shop.sentAgo(2 * day);
  const late = await shop.sentAgo(day);
  const said = () =>
    markReplied(shop.ctx, {
      contactId: shop.contactId,
      connectionId: shop.connectionId,
      at: new Date(shop.now),
    });
  expect(await said()).not.toBeNull();
  await Promise.all([said(), said()]);
  expect(await tallyOf(shop.ctx, late)).toEqual({ replied: 1 });
  expect(await tallyOf(shop.ctx, early)).toEqual({});
  await recountAgrees(shop.ctx);
});

async function recountAgrees(ctx: TestCtx): Promise<void> {
  const { rows } = await sql<{ run_id: string; what: string; counted: number; recounted: number }>`
    SELECT d.run_id, what, (SELECT coalesce(sum(n), 0)::int FROM run_tallies t WHERE t.run_id = d.run_id AND t.what = w.what) AS counted,
      count(*) FILTER (WHERE CASE what WHEN 'replied' THEN d.replied_at WHEN 'converted' THEN d.converted_at ELSE d.clicked_at END IS NOT NULL)::int AS recounted
    FROM deliveries d CROSS JOIN (VALUES ('clicked'), ('replied'), ('converted')) AS w (what)
    WHERE d.workspace_id = ${ctx.actor.workspaceId} GROUP BY d.run_id, what`.execute(ctx.db);
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(row.counted, `${row.what} of ${row.run_id}`).toBe(row.recounted);
}
