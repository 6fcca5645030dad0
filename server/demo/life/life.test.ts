// The shop's life on the real parts: told through the product's doors, answered by its automations, read on simulated phones.
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { contactCreate } from '../../../contract/contacts.ts';
import { toWireId } from '../../../contract/ids.ts';
import { createDefaultCampaigns } from '../../campaigns/create.ts';
import { whyOf } from '../../campaigns/why/why.ts';
import { upsertContacts } from '../../contacts/upsert.ts';
import { settableClock } from '../../platform/clock.ts';
import { asSystem } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { aConnection, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../../testing/context.ts';
import { testLanes, until } from '../../testing/engine.ts';
import { testSandbox } from '../../testing/sandbox.ts';
import { check } from '../../triggers/check.ts';
import { audit } from '../../workspaces/audit.ts';
import { people } from '../people.ts';
import { changeLife, loadLife } from './control.ts';
import { stepLife, takeOver } from './run.ts';

const start = new Date('2026-11-20T09:00:00Z');
const clock = settableClock(start);
let ctx: TestCtx;
let seconds = 0;

beforeAll(async () => {
  const base = await testCtx({ clock });
  ctx = { ...inWorkspace(base, await aWorkspace(base)), config: { ...base.config } };
  const sandbox = await testSandbox(ctx, { limits: null });
  ctx.config.sandboxUrl = sandbox.url;
  await ctx.db.updateTable('connections').set({ sandbox: true }).execute();
  await sandbox.control('users', {
    users: people.map(({ userId, firstName }) => ({ id: userId, first_name: firstName })),
  });
  await sandbox.control('start', { bot: sandbox.botId, users: people.map(({ userId }) => userId) });
  const connection_id = toWireId('con', sandbox.connectionId);
  await upsertContacts(
    ctx,
    people.map(({ userId, externalId, firstName, lastName }) =>
      contactCreate.parse({
        external_id: externalId,
        first_name: firstName,
        last_name: lastName,
        identities: [{ connection_id, address: String(userId) }],
      }),
    ),
  );
  await createDefaultCampaigns(ctx);
});

/** The hands stand: not a millisecond of the machine's decides what the dice show. */
function standing(): TestCtx {
  const at = new Date(start.getTime() + seconds * 1000);
  return { ...ctx, clock: { ...clock, now: () => at } };
}

/** So many seconds, in steps of five or more. */
async function pass(runner: string, given: number, step = 5): Promise<string> {
  let state = '';
  for (const end = seconds + given; seconds < end; ) {
    seconds += step;
    clock.set(new Date(start.getTime() + seconds * 1000));
    state = await stepLife(standing(), runner);
  }
  return state;
}
const count = async (table: 'carts' | 'orders' | 'events') => {
  const row = await ctx.db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return Number(row.n);
};

test('a workspace that is not the demo’s has no such life', async () => {
  expect(await loadLife(ctx)).toMatchObject({ possible: false, speed: 'off', news: [] });
  await expect(changeLife(ctx, { speed: 'calm' })).rejects.toMatchObject({ code: 'ILLEGAL_MOVE' });
});

test('brought to life, its automations are on and wait a minute; what it tells is in the shop, and people are reminded', async () => {
  await audit(asSystem(ctx, ctx.actor.workspaceId), 'demo.begun', null);
  const begun = await changeLife(standing(), { speed: 'rush' });
  expect(begun).toMatchObject({ possible: true, speed: 'rush', short_delays: true });
  expect(
    begun.automations.map((one) => [one.kind, one.enabled, one.delay_minutes, one.usual_delay_minutes]),
  ).toEqual([
    ['abandoned_cart', true, 1, 60],
    ['back_in_stock', true, 0, 0],
    ['post_purchase', true, 1, 1440],
  ]);
  const runner = (await takeOver(ctx))!;
  await pass(runner, 20);
  const told = { carts: await count('carts'), orders: await count('orders'), events: await count('events') };
  for (const [what, n] of Object.entries(told)) expect(n, what).toBeGreaterThan(0);
  const { totals, news } = await loadLife(ctx);
  expect(totals).toMatchObject({ carts: told.carts, orders: told.orders });
  expect(news.map(({ words }) => words).join('\n')).toMatch(/^\p{L}+ .+ puts \d × .+ into the cart$/mu);
  // told once more, as after a crash between a deed and the end of its step
  const { shop, lived_at } = await ctx.db.selectFrom('demo_life').selectAll().executeTakeFirstOrThrow();
  await pass(runner, 5);
  await ctx.db
    .updateTable('demo_life')
    .set({ shop: JSON.stringify(shop), lived_at })
    .execute();
  expect(await stepLife(standing(), runner)).toBe('rush');
  expect((await loadLife(ctx)).totals).toMatchObject({
    carts: await count('carts'),
    orders: await count('orders'),
  });

  testLanes(ctx);
  await changeLife(standing(), { speed: 'calm' });
  await pass(runner, 75, 15);
  await changeLife(standing(), { speed: 'busy' });
  await pass(runner, 5);
  const { rows } = await sql<{ campaignId: string }>`
    SELECT campaign_id AS "campaignId" FROM trigger_states WHERE workspace_id = ${ctx.actor.workspaceId}`.execute(
    ctx.db,
  );
  for (const { campaignId } of rows) await check(ctx, { workspaceId: ctx.actor.workspaceId, campaignId });
  const unsent = () =>
    ctx.db.selectFrom('deliveries').select('id').where('state', 'in', ['queued', 'sending']).execute();
  await until('everybody who is reminded has it', async () => (await unsent()).length === 0);
  await pass(runner, 5);
  const seen = await loadLife(ctx);
  expect(seen.totals.came_back).toBeGreaterThan(0);
  expect(seen.totals.restocked).toBeGreaterThan(0);
  const messages = seen.news.filter(({ kind }) => kind === 'message');
  expect(messages.length).toBeGreaterThan(0);
  for (const { campaign_id, contact_id, delivery_id, words } of messages) {
    const [campaign, contact] = [uuidOf('cmp', campaign_id!), uuidOf('cnt', contact_id!)];
    const why = await whyOf(ctx, campaign, contact, { deliveryId: uuidOf('dlv', delivery_id!) });
    expect(why).toMatchObject({ verdict: 'got', delivery: { id: delivery_id } });
    expect(why.checks[0]).toMatchObject({ key: 'event', outcome: 'yes' });
    expect(words).toMatch(/^“(Abandoned cart|Back in stock|Post-purchase)” goes to \p{L}/u);
  }
});

test('of two runs the newer goes on; delays go back to what they were; beside a real platform it ends', async () => {
  const old = (await takeOver(ctx))!;
  const runner = (await takeOver(ctx))!;
  expect(await pass(old, 5)).toBe('over');
  expect(await pass(runner, 5)).toBe('busy');
  const usual = await changeLife(standing(), { short_delays: false });
  expect(usual.automations.map((one) => one.delay_minutes)).toEqual([60, 0, 1440]);
  expect(usual).toMatchObject({ speed: 'busy', short_delays: false });

  await aConnection(ctx);
  expect(await pass(runner, 5)).toBe('over');
  expect(await loadLife(ctx)).toMatchObject({ possible: false, speed: 'off' });
  await expect(changeLife(ctx, { speed: 'rush' })).rejects.toMatchObject({ code: 'ILLEGAL_MOVE' });
  expect(await changeLife(standing(), { speed: 'off' })).toMatchObject({ speed: 'off' });
});
