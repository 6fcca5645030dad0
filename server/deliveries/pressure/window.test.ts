// The 24-hour window of WhatsApp: counted, written and judged again at the claim by the time of the person's last message.
import { beforeAll, expect, test } from 'vitest';
import { settings } from '../../../contract/campaigns.ts';
import { content } from '../../../contract/message.ts';
import { inTransaction } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { type TestCtx, testCtx } from '../../testing/context.ts';
import { aRun, aShopOn, claimedOfRun } from '../../testing/engine.ts';
import { expandRun } from '../runs/expand.ts';
import { countAudience } from '../runs/reach.ts';
import { startRun } from '../runs/run.ts';
import { claimLimited } from '../sending/claim-limited.ts';
import { wallClock } from './testing-pressure.ts';

const noon = '2026-11-21T12:00:00Z';
const clock = wallClock(noon);
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ clock });
});

const hour = 3_600_000;
const free = content.parse({ text: 'Hi' });
const template = content.parse({
  whatsapp: { template: { name: 'spring_sale', language: 'en' } },
});

/** People who wrote so many hours ago; null: never. */
async function people(hoursAgo: (number | null)[]) {
  clock.set(noon);
  const { ctx, sandbox, contacts } = await aShopOn(base, hoursAgo.length);
  for (const [index, hours] of hoursAgo.entries())
    await wrote(ctx, sandbox.connectionId, contacts[index] as string, hours);
  const connection = { id: sandbox.connectionId, channel: 'whatsapp' as const };
  const plan = { audience: { all: true as const }, connection, settings: {} };
  return { ctx, contacts, connection, plan };
}
async function wrote(ctx: TestCtx, connectionId: string, contactId: string, hoursAgo: number | null) {
  const at = clock.now();
  await ctx.db
    .insertInto('conversations')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id: newId(),
      contact_id: contactId,
      connection_id: connectionId,
      channel: 'whatsapp',
      status: 'open',
      created_at: at,
      updated_at: at,
      last_inbound_at: hoursAgo === null ? null : new Date(at.getTime() - hoursAgo * hour),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['workspace_id', 'contact_id', 'connection_id'])
        .doUpdateSet((eb) => ({ last_inbound_at: eb.ref('excluded.last_inbound_at') })),
    )
    .execute();
}
async function launched(shop: Awaited<ReturnType<typeof people>>, message = free) {
  const { ctx, connection } = shop;
  const { campaignId } = await aRun(ctx, connection.id);
  await ctx.db
    .updateTable('runs')
    .set({ status: 'cancelled' })
    .where('campaign_id', '=', campaignId)
    .execute();
  const { runId } = await inTransaction(ctx, (ctx) =>
    startRun(ctx, {
      campaignId,
      connection,
      content: message,
      settings: settings.parse({}),
      audience: { all: true },
    }),
  );
  await expandRun(ctx, { workspaceId: ctx.actor.workspaceId, runId });
  const rows = async () => {
    const found = await ctx.db
      .selectFrom('deliveries')
      .select(['contact_id', 'state', 'reason'])
      .where('run_id', '=', runId)
      .execute();
    return shop.contacts.map((id) => {
      const row = found.find((one) => one.contact_id === id);
      return row?.reason ?? row?.state;
    });
  };
  return { runId, rows };
}

test('free text reaches who wrote within 24 hours; an approved template reaches everybody', async () => {
  const shop = await people([1, 23.9, 24, null]);
  const { ctx, plan } = shop;
  const count = (message: typeof free) => countAudience(ctx, { ...plan, content: message }, clock.now());
  expect(await count(free)).toMatchObject({ total: 4, reachable: 2, window_closed: 2 });
  expect(await count(template)).toMatchObject({ reachable: 4, window_closed: 0 });
  expect(await (await launched(shop)).rows()).toEqual(['queued', 'queued', 'window_closed', 'window_closed']);
  expect(await (await launched(shop, template)).rows()).toEqual(['queued', 'queued', 'queued', 'queued']);
  // every other channel has no window
  const telegram = { ...plan, connection: { ...plan.connection, channel: 'telegram' as const } };
  expect(await countAudience(ctx, { ...telegram, content: free }, clock.now())).toMatchObject({
    window_closed: 0,
  });
});

test.each([false, true])(
  'between the launch and the claim a window may close (with caps: %s)',
  async (caps) => {
    const shop = await people([1, 23.5, 23.5]);
    const { ctx, contacts, connection } = shop;
    const { runId, rows } = await launched(shop);
    expect(await rows()).toEqual(['queued', 'queued', 'queued']);
    clock.set('2026-11-21T13:00:00Z');
    // this one has written again meanwhile
    await wrote(ctx, connection.id, contacts[2] as string, 0);
    if (caps) {
      const limits = {
        workspaceId: ctx.actor.workspaceId,
        timeZone: 'UTC',
        caps: [{ purpose: 'marketing' as const, max: 9, period_hours: 24 }],
        quiet: null,
        purpose: 'marketing' as const,
      };
      await claimLimited(ctx, [{ from: runId, claim: newId(), limit: 10, limits }]);
    } else expect(await claimedOfRun(ctx, runId, newId(), 10)).toHaveLength(2);
    expect(await rows()).toEqual(['sending', 'window_closed', 'sending']);
  },
);
