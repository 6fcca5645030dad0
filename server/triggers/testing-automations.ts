// A shop with automations for stories: its bot in the emulator, people who have started it, and a clock whose hands we set.
import { sql } from 'kysely';
import type { Settings } from '../../contract/campaigns.ts';
import { settings as settingsSchema } from '../../contract/campaigns.ts';
import { toWireId } from '../../contract/ids.ts';
import { productPut } from '../../contract/products.ts';
import { cartPut, orderPut } from '../../contract/shop.ts';
import { trigger } from '../../contract/trigger.ts';
import { createDefaultCampaigns } from '../campaigns/create.ts';
import { editCampaign, toggleCampaign } from '../campaigns/edit.ts';
import type { settableClock } from '../platform/clock.ts';
import type { BaseCtx, Ctx } from '../platform/context.ts';
import { putCarts } from '../shop/put-carts.ts';
import { putOrders } from '../shop/put-orders.ts';
import { putProducts } from '../shop/put-products.ts';
import { subscribe } from '../shop/waiting.ts';
import { aWorkspace, inWorkspace, type TestCtx } from '../testing/context.ts';
import { until } from '../testing/engine.ts';
import { somePeople, testSandbox } from '../testing/sandbox.ts';
import { check } from './check.ts';

/** A Friday morning in London, where the shops of these stories are. */
export const start = new Date('2026-11-20T09:00:00Z');

export interface CartGiven {
  quantity?: number;
  status?: string;
  /** Which of its people. */
  who?: number;
  updated_at?: string;
}

/** In these stories people leave several carts, and each is a reminder: the cool-down has a story of its own (rechecked.test.ts). */
export const remindOfEach = (ctx: Ctx) =>
  sql`UPDATE campaigns SET trigger = trigger || '{"cool_down_hours": 0}' WHERE workspace_id = ${ctx.actor.workspaceId} AND kind = 'abandoned_cart'`.execute(
    ctx.db,
  );

/** With its default automations, all off. Nothing is sent unless somebody starts lanes. */
export async function aShop(base: TestCtx, clock: ReturnType<typeof settableClock>, people = 1) {
  clock.set(start);
  const ctx = { ...inWorkspace(base, await aWorkspace(base)), config: { ...base.config } };
  const sandbox = await testSandbox(ctx, { limits: null });
  const contacts = await somePeople(ctx, sandbox, people);
  await createDefaultCampaigns(ctx);
  await remindOfEach(ctx);
  const { workspaceId } = ctx.actor;
  const idOf = async (kind: string) =>
    (await ctx.db.selectFrom('campaigns').select('id').where('workspace_id', '=', workspaceId).where('kind', '=', kind).executeTakeFirstOrThrow()).id; // biome-ignore format: one line
  const at = (minutes: number) => new Date(start.getTime() + minutes * 60_000);
  const contact = (index: number) => ({ id: toWireId('cnt', contacts[index]!) });
  const mug = { product_id: 'mug', name: 'Stoneware mug', price: { amount: '19.00', currency: 'GBP' } };
  const rows = async () =>
    (
      await sql<Row>`
        SELECT d.id, d.contact_id, d.connection_id, d.run_id, d.event_key, d.state, d.reason, d.due_at, d.variant FROM deliveries d
        WHERE d.workspace_id = ${workspaceId} AND d.source = 'campaign' ORDER BY d.id`.execute(ctx.db)
    ).rows;
  const accepted = async () => (await sandbox.stats()).accepted;
  return {
    ctx,
    sandbox,
    contacts,
    workspaceId,
    cartId: await idOf('abandoned_cart'),
    thanksId: await idOf('post_purchase'),
    backId: await idOf('back_in_stock'),
    /** The hands stand at so many minutes after nine. */
    at: (minutes: number) => clock.set(at(minutes)),
    after: (minutes: number) => at(minutes).toISOString(),
    on: (campaignId: string) => toggleCampaign(ctx, campaignId, true),
    off: (campaignId: string) => toggleCampaign(ctx, campaignId, false),
    delay: (campaignId: string, delay_minutes: number) =>
      editCampaign(ctx, campaignId, {
        trigger: trigger.parse({ enabled: true, delay_minutes, cool_down_hours: 0 }),
      }),
    settle: (campaignId: string, settings: Partial<Settings>) =>
      editCampaign(ctx, campaignId, { settings: { ...settingsSchema.parse({}), ...settings } }),
    cart(id: string, { quantity = 2, status = 'open', who = 0, updated_at }: CartGiven = {}) {
      const items = quantity === 0 ? [] : [{ ...mug, quantity }];
      const given = cartPut.parse({ contact: contact(who), status, items, updated_at });
      return putCarts(ctx, [{ external_id: id, ...given }], null);
    },
    /** A mug under this id. `by`: in whose transaction; left out: one of its own. */
    product(id: string, given: { stock?: number | null } & Record<string, unknown> = {}, by: Ctx = ctx) {
      const mug = productPut.parse({ name: 'Stoneware mug', url: 'https://shop.example/mug', price: { amount: '19.00', currency: 'GBP' }, ...given }); // biome-ignore format: one line
      return putProducts(by, [{ external_id: id, ...mug }], null);
    },
    wants: (id: string, who = 0, variant_id: string | null = null) =>
      subscribe(ctx, id, { contact: contact(who), variant_id }),
    /** Delivered, of the first of its people, unless `more` says otherwise. */
    order(id: string, { who = 0, ...more }: { who?: number } & Record<string, unknown> = {}) {
      const given = orderPut.parse({
        contact: contact(who),
        status: 'delivered',
        total: { amount: '38.00', currency: 'GBP' },
        items: [{ ...mug, quantity: 2 }],
        placed_at: at(0).toISOString(),
        ...more,
      });
      return putOrders(ctx, [{ external_id: id, ...given }], null);
    },
    /** `node`: who looks; left out: the test's own process. At once: what comes back together is not waited for. */
    check: (campaignId: string, node: BaseCtx = ctx) => check(node, { workspaceId, campaignId }, 0),
    rows,
    /** Of each row its reason, else its state, sorted. */
    outcomes: async () => (await rows()).map(({ state, reason }) => reason ?? state).sort(),
    accepted,
    all: (n: number) => until(`${n} have arrived`, async () => (await accepted()) === n),
    sentTwice: async () => (await sandbox.stats()).sent_twice,
    waits: () =>
      ctx.db
        .selectFrom('trigger_waits')
        .select(['campaign_id', 'subject_id', 'since'])
        .where('workspace_id', '=', workspaceId)
        .execute(),
    /** Nothing goes out while it is held: what happens meanwhile comes between the decision and the send. */
    held: (held: boolean) =>
      ctx.db.updateTable('workspaces').set({ held_at: held ? start : null }).where('id', '=', workspaceId).execute(), // biome-ignore format: one line
  };
}
/** A statement with these words waits for a lock that somebody else holds. */
export async function waitsForLock({ db }: BaseCtx, words: string): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE ${`%${words}%`}`.execute(db);
  return rows.length > 0;
} // biome-ignore format: one line
export type AutomationShop = Awaited<ReturnType<typeof aShop>>;

interface Row {
  id: string;
  contact_id: string;
  connection_id: string;
  run_id: string;
  event_key: string;
  state: string;
  reason: string | null;
  due_at: Date;
  variant: number | null;
}
