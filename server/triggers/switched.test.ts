// What an automation needs to be on, and what becomes of what it has decided once its connection, or it itself, is gone.
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { campaignCreate } from '../../contract/campaigns.ts';
import { toWireId } from '../../contract/ids.ts';
import { content } from '../../contract/message.ts';
import { checkCampaign } from '../campaigns/check.ts';
import { archiveCampaign, deleteCampaign, pauseCampaign, restoreCampaign } from '../campaigns/control.ts';
import { createCampaign, duplicateCampaign } from '../campaigns/create.ts';
import { editCampaign } from '../campaigns/edit.ts';
import { getCampaign } from '../campaigns/store.ts';
import { disconnect } from '../channels/disconnect.ts';
import { anotherBot } from '../deliveries/pressure/testing-pressure.ts';
import { cancelWaiting } from '../deliveries/runs/expand.ts';
import { settableClock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { aWhatsAppNumber, type TestCtx, testCtx } from '../testing/context.ts';
import { testLanes, until } from '../testing/engine.ts';
import { checkAll } from './check.ts';
import { reroute } from './reroute.ts';
import { type AutomationShop, aShop, start } from './testing-automations.ts';

const clock = settableClock(start);
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ clock });
});

/** The field and the words it is refused with. */
async function refusal(deed: Promise<unknown>): Promise<[string, string]> {
  const error = await deed.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(error instanceof AppError)) throw error ?? new Error('it was not refused');
  return [error.errors[0]?.pointer ?? error.code, error.message];
}
const remove = async (shop: AutomationShop, connectionId: string) => {
  await disconnect(shop.ctx, connectionId);
  await reroute(base, { workspaceId: shop.workspaceId, connectionId });
};
const decided = async (shop: AutomationShop, people: number) => {
  await shop.on(shop.cartId);
  shop.at(5);
  for (let who = 0; who < people; who++) await shop.cart(`c${who}`, { who });
  shop.at(66);
  expect(await shop.check(shop.cartId)).toBe(people);
};

it('is not switched on before it can be sent, and not spoilt while it is on', async () => {
  const shop = await aShop(base, clock, 1);
  const { ctx, cartId, sandbox } = shop;
  const edit = (change: object) => editCampaign(ctx, cartId, change as never);
  const settle = (settings: object) => shop.settle(cartId, settings as never);
  await edit({ content: content.parse({ text: '' }) });
  expect((await refusal(shop.on(cartId)))[0]).toBe('/content/text');
  expect((await checkCampaign(ctx, cartId)).ready).toBe(false);
  await edit({ content: content.parse({ text: 'Your cart: {{ cart_items }}' }) });
  const variants = [{ key: 'b' as const, content: content.parse({ text: 'B' }) }];
  const refused: [object, string][] = [
    [{ canary: { size: { people: 10 }, wait_minutes: 10, limits: { failed_percent: 5, blocked_percent: 2, opted_out_percent: 2 }, when_passed: 'continue' } }, '/settings/canary'],
    [{ test_first: { contact_ids: [toWireId('cnt', shop.contacts[0]!)] } }, '/settings/test_first'],
    [{ batch: { size: 5, delay_seconds: 1 } }, '/settings/batch'],
    [{ ab: { variants, test_percent: 50, winner: { by: 'clicks', after_minutes: 60 } } }, '/settings/ab/winner'],
  ]; // biome-ignore format: one line each
  for (const [settings, pointer] of refused) {
    await settle(settings);
    expect((await refusal(shop.on(cartId)))[0]).toBe(pointer);
    expect((await checkCampaign(ctx, cartId)).problems[0]).toMatchObject({ severity: 'error', pointer });
  }
  await settle({});
  await edit({ audience: { contact_ids: [toWireId('cnt', shop.contacts[0]!)] } });
  expect((await refusal(shop.on(cartId)))[0]).toBe('/audience');
  await edit({ audience: { all: true } });
  expect(await checkCampaign(ctx, cartId)).toMatchObject({ ready: true });
  await shop.on(cartId);
  // while it is on: half a sentence of a template is not what people are to get
  expect((await refusal(edit({ content: content.parse({ text: 'Hi {{ cart.' }) })))[0]).toBe('/content/text');
  expect((await getCampaign(ctx, cartId)).content.text).toBe('Your cart: {{ cart_items }}');
  await ctx.db.updateTable('connections').set({ status: 'error', problem: 'The token was refused.' }).where('id', '=', sandbox.connectionId).execute(); // biome-ignore format: one line
  await edit({ name: 'Carts', content: content.parse({ text: 'Still here?' }) });
  await shop.off(cartId);
  expect((await refusal(shop.on(cartId)))[0]).toBe('CONNECTION_NOT_READY');
  // free text after the window has closed is for nobody; within it some get it, and that is said
  const number = toWireId('con', await aWhatsAppNumber(ctx));
  await edit({ connection_id: number, trigger: { enabled: false, delay_minutes: 1440 } });
  expect((await refusal(shop.on(cartId)))[0]).toBe('/content/whatsapp/template');
  await edit({ trigger: { enabled: false, delay_minutes: 60 } });
  expect((await checkCampaign(ctx, cartId)).problems).toContainEqual(expect.objectContaining({ key: 'window_closed', severity: 'warning' })); // biome-ignore format: one line
  await shop.on(cartId);
  // without a word of it, it would take the usual text
  const blank = { kind: 'post_purchase', name: 'Thanks', content: { text: '' }, trigger: { enabled: true, delay_minutes: 5 } }; // biome-ignore format: one line
  const made = createCampaign(ctx, campaignCreate.parse(blank));
  expect((await refusal(made))[0]).toMatch(/^\/content/);
});

it('of a connection that is removed what is decided goes another way, or says why it does not', async () => {
  const shop = await aShop(base, clock, 2);
  await decided(shop, 2);
  const { connectionId } = await anotherBot(shop.ctx, shop.sandbox, shop.contacts.slice(0, 1));
  await remove(shop, shop.sandbox.connectionId);
  const rows = await shop.rows();
  expect(rows.map((row) => row.reason ?? row.state)).toEqual(['queued', 'connection_removed']);
  expect(rows[0]).toMatchObject({ connection_id: connectionId });
  testLanes(shop.ctx);
  await until('it is sent', async () => (await shop.outcomes()).includes('sent'));
  expect(await getCampaign(shop.ctx, shop.cartId)).toMatchObject({ trigger: { enabled: true } });
  // the last one: nothing is left that could send it
  await remove(shop, connectionId);
  const { trigger, status_reason } = await getCampaign(shop.ctx, shop.cartId);
  expect(trigger?.enabled).toBe(false);
  expect(status_reason).toMatch(/no other one is left/);
  expect((await refusal(shop.on(shop.cartId)))[0]).toBe('/connection_id');
});

it('moved to another connection it writes to whoever waits there, and through the former to whom that one does not reach', async () => {
  const shop = await aShop(base, clock, 3);
  const { ctx, cartId } = shop;
  const former = shop.sandbox.connectionId;
  const places = async () => (await shop.rows()).map(({ connection_id, state }) => [connection_id, state]);
  const { connectionId: other } = await anotherBot(ctx, shop.sandbox, shop.contacts.slice(0, 2));
  await editCampaign(ctx, cartId, { connection_id: toWireId('con', former) });
  await decided(shop, 3);
  await editCampaign(ctx, cartId, { connection_id: toWireId('con', other) });
  expect(await shop.check(cartId)).toBe(0);
  expect(await places()).toEqual([[other, 'queued'], [other, 'queued'], [former, 'queued']]); // biome-ignore format: one line
  // what does not work takes nobody; of an automation that names none, whoever waits on it goes to one that does
  const health = (id: string, status: string) => ctx.db.updateTable('connections').set({ status }).where('id', '=', id).execute(); // biome-ignore format: one line
  await health(other, 'error');
  await editCampaign(ctx, cartId, { connection_id: toWireId('con', former) });
  await health(former, 'error');
  await shop.check(cartId);
  expect(await places()).toEqual([[other, 'queued'], [other, 'queued'], [former, 'queued']]); // biome-ignore format: one line
  await health(former, 'connected');
  await editCampaign(ctx, cartId, { connection_id: null });
  await shop.check(cartId);
  expect(await places()).toEqual([[former, 'queued'], [former, 'queued'], [former, 'queued']]); // biome-ignore format: one line
  await health(other, 'connected');
  await editCampaign(ctx, cartId, { connection_id: toWireId('con', other) });
  await shop.check(cartId);
  testLanes(ctx);
  await until('all are sent', async () => (await places()).every(([, state]) => state === 'sent'));
  expect((await places()).map(([connection]) => connection)).toEqual([other, other, former]);
  expect(await shop.sentTwice()).toBe(0);
});

it('what a lane gives back on a removed connection after everything else was seen to is not left lying', async () => {
  const shop = await aShop(base, clock, 1);
  await decided(shop, 1);
  const connectionId = shop.sandbox.connectionId;
  await remove(shop, connectionId);
  await shop.ctx.db.updateTable('deliveries').set({ state: 'queued', reason: null }).where('workspace_id', '=', shop.workspaceId).execute(); // biome-ignore format: one line
  const jobs = async () => {
    const { rows } = await sql<{ data: Parameters<typeof reroute>[1] }>`
      SELECT data FROM pgboss.job WHERE name = 'triggers.reroute' AND data->>'connectionId' = ${connectionId} ORDER BY created_on`.execute(base.db); // biome-ignore format: one line
    return rows.map((row) => row.data);
  };
  const before = (await jobs()).length;
  await checkAll(base);
  const after = await jobs();
  expect(after).toHaveLength(before + 1);
  await reroute(base, after.at(-1)!);
  expect(await shop.outcomes()).toEqual(['connection_removed']);
});

it('an automation that names the connection stays with it: off, and what waited is left out', async () => {
  const shop = await aShop(base, clock, 1);
  const named = toWireId('con', shop.sandbox.connectionId);
  await editCampaign(shop.ctx, shop.cartId, { connection_id: named });
  await decided(shop, 1);
  await anotherBot(shop.ctx, shop.sandbox, shop.contacts);
  await remove(shop, shop.sandbox.connectionId);
  expect(await shop.outcomes()).toEqual(['connection_removed']);
  const { trigger, status_reason } = await getCampaign(shop.ctx, shop.cartId);
  expect(trigger?.enabled).toBe(false);
  expect(status_reason).toMatch(/was removed. Choose another one/);
});

it('archived it is off and writes to nobody; back from there it stays off; a copy is off; one that never sent is deleted', async () => {
  const shop = await aShop(base, clock, 2);
  const { ctx, cartId } = shop;
  await shop.held(true);
  await decided(shop, 1);
  await shop.cart('waits', { who: 1 });
  expect((await getCampaign(ctx, cartId)).moves).toEqual(['edit', 'archive']);
  expect((await refusal(pauseCampaign(ctx, cartId)))[1]).toMatch(
    /^An automation cannot be paused\. Switch it/,
  );
  const copy = await duplicateCampaign(ctx, cartId);
  expect((await getCampaign(ctx, copy)).trigger?.enabled).toBe(false);
  // it has written to people: it goes into the archive, with what it did
  await deleteCampaign(ctx, cartId);
  expect(await getCampaign(ctx, cartId)).toMatchObject({ status: 'archived', trigger: { enabled: false } });
  expect(await shop.waits()).toHaveLength(0);
  const [row] = await shop.rows();
  await cancelWaiting(base, { workspaceId: shop.workspaceId, runId: row!.run_id });
  expect(await shop.outcomes()).toEqual(['cancelled']);
  await restoreCampaign(ctx, cartId);
  expect(await getCampaign(ctx, cartId)).toMatchObject({ status: 'draft', trigger: { enabled: false } });
  await shop.held(false);
  await shop.on(cartId);
  shop.at(70);
  await shop.cart('again', { who: 1 });
  shop.at(140);
  expect(await shop.check(cartId)).toBe(1);
  testLanes(ctx);
  await shop.all(1);
  await archiveCampaign(ctx, shop.thanksId);
  await deleteCampaign(ctx, copy);
  await expect(getCampaign(ctx, copy)).rejects.toThrow('There is no such campaign');
});

it('a cart that is told again as it is, without a time, is not touched: a sync does not put its reminder off', async () => {
  const shop = await aShop(base, clock, 1);
  testLanes(shop.ctx);
  await shop.on(shop.cartId);
  await shop.cart('c');
  for (const minutes of [30, 55]) {
    shop.at(minutes);
    await shop.cart('c');
  }
  shop.at(62);
  expect(await shop.check(shop.cartId)).toBe(1);
  await shop.all(1);
});
