// A shop for the figures of automations, asked over HTTP, and a clock whose hands we set.
import { sql } from 'kysely';
import { toWireId } from '../../../contract/ids.ts';
import { productPut } from '../../../contract/products.ts';
import { cartPut, orderPut } from '../../../contract/shop.ts';
import { createDefaultCampaigns } from '../../campaigns/create.ts';
import { toggleCampaign } from '../../campaigns/edit.ts';
import { attributeOrders } from '../../deliveries/sending/receipts.ts';
import { settableClock } from '../../platform/clock.ts';
import { newId } from '../../platform/db/ids.ts';
import { createServer } from '../../platform/http/server.ts';
import { putCarts } from '../../shop/put-carts.ts';
import { putOrders } from '../../shop/put-orders.ts';
import { putProducts } from '../../shop/put-products.ts';
import { subscribe } from '../../shop/waiting.ts';
import {
  aConnection,
  aContact,
  aWorkspace,
  inWorkspace,
  type TestCtx,
  testCtx,
} from '../../testing/context.ts';
import { check } from '../check.ts';
import { triggerRoutes } from '../routes.ts';
import { remindOfEach } from '../testing-automations.ts';

const start = new Date('2026-11-20T09:00:00Z');
const clock = settableClock(start);
export let base: TestCtx;
let actor: TestCtx['actor'];
let app: Awaited<ReturnType<typeof createServer>>;

export async function openStage(): Promise<void> {
  base = await testCtx({ clock });
  app = await createServer(base, 'test', async () => actor, { cmp: { table: 'campaigns' }, con: { table: 'connections' } });
  triggerRoutes(app);
} // biome-ignore format: one line each

/** A shop in London with its automations, all off, and people who can be reached unless it says otherwise. */
export async function aShop(people: { optedOut?: boolean; reachable?: boolean; stranger?: boolean }[] = [{}]) {
  clock.set(start);
  const ctx = inWorkspace(base, await aWorkspace(base));
  const { workspaceId } = ctx.actor;
  const connectionId = await aConnection(ctx);
  const contacts: string[] = [];
  for (const { stranger, ...more } of people)
    contacts.push(await aContact(ctx, { firstName: `P${contacts.length}`, ...(stranger ? {} : { connectionId }), ...more }));
  await createDefaultCampaigns(ctx);
  await remindOfEach(ctx);
  const idOf = async (kind: string) =>
    (await ctx.db.selectFrom('campaigns').select('id').where('workspace_id', '=', workspaceId).where('kind', '=', kind).executeTakeFirstOrThrow()).id;
  const at = (minutes: number) => new Date(start.getTime() + minutes * 60_000);
  /** The hands go on by themselves: what is told happened at the full minute. */
  const thisMinute = () => new Date(Math.floor(clock.now().getTime() / 60_000) * 60_000);
  const contact = (who: number) => ({ id: toWireId('cnt', contacts[who]!) });
  const money = (amount: string, currency = 'GBP') => ({ amount, currency });
  const call = async (method: 'GET' | 'POST', campaignId: string, path: string, payload?: object, as = ctx.actor) => {
    actor = as;
    const answer = await app.inject({ method, url: `/api/v1/campaigns/${toWireId('cmp', campaignId)}/${path}`, payload });
    return { status: answer.statusCode, body: answer.json() };
  };
  return {
    ctx,
    contacts,
    cartId: await idOf('abandoned_cart'),
    connectionId,
    thanksId: await idOf('post_purchase'),
    backId: await idOf('back_in_stock'),
    at: (minutes: number) => clock.set(at(minutes)),
    cart: (id: string, more: { quantity?: number; status?: string; who?: number; product?: string; at?: number } = {}) => {
      const { quantity = 2, status = 'open', who = 0, product = 'mug' } = more;
      const updated_at = (more.at === undefined ? thisMinute() : at(more.at)).toISOString();
      const items = quantity === 0 ? [] : [{ product_id: product, name: 'Stoneware mug', quantity, price: money('19.00') }];
      return putCarts(ctx, [{ external_id: id, ...cartPut.parse({ contact: contact(who), status, items, updated_at }) }], null);
    },
    order: async (id: string, more: { who?: number; product?: string | null; at?: number; total?: string; currency?: string; status?: string; delivered?: number; updated?: number } = {}) => {
      const { who = 0, product = 'mug', total = '38.00', currency = 'GBP', status = 'paid', delivered } = more;
      const placed_at = (more.at === undefined ? thisMinute() : at(more.at)).toISOString();
      const [written] = await putOrders(ctx, [{ external_id: id, ...orderPut.parse({ contact: contact(who), status, total: money(total, currency), items: product === null ? [] : [{ product_id: product, quantity: 1, price: money(total, currency) }], placed_at, ...(more.updated === undefined ? {} : { updated_at: at(more.updated).toISOString() }), ...(delivered === undefined ? {} : { delivered_at: at(delivered).toISOString() }) }) }], null);
      await attributeOrders(ctx, { workspaceId, orderIds: [written!.id] });
    },
    /** So many mugs. */
    product: (stock: number) => putProducts(ctx, [{ external_id: 'mug', ...productPut.parse({ name: 'Stoneware mug', stock }) }], null),
    wants: (who: number) => subscribe(ctx, 'mug', { contact: contact(who), variant_id: null }),
    /** Of their first message. */
    clicked: async (who: number) => {
      await sql`UPDATE runs SET link_base = 'https://s.example/r' WHERE workspace_id = ${workspaceId}`.execute(ctx.db);
      await sql`UPDATE deliveries SET clicked_at = sent_at WHERE workspace_id = ${workspaceId} AND contact_id = ${contacts[who]} AND event_key LIKE 'cart:%'`.execute(ctx.db);
    },
    check: (campaignId: string) => check(ctx, { workspaceId, campaignId }, 0),
    /** One message in 25 hours; quiet from 10 to 12. */
    limit: async ({ caps = false, quiet = false }) => {
      await ctx.db.updateTable('workspaces').set({
        ...(caps && { frequency_caps: JSON.stringify([{ purpose: 'marketing', max: 1, period_hours: 25 }]) }),
        ...(quiet && { quiet_hours: JSON.stringify({ from: '10:00', to: '12:00', expire_after_hours: 12 }) }),
      }).where('id', '=', workspaceId).execute();
    },
    /** Another campaign's message to somebody. */
    broadcast: async (who: number, minutes: number) => {
      await sql`INSERT INTO deliveries (workspace_id, id, source, priority, campaign_id, event_key, contact_id, connection_id, channel, state, due_at, created_at, sent_at)
        VALUES (${workspaceId}, ${newId()}, 'campaign', 5, ${await idOf('broadcast')}, ${newId()}, ${contacts[who]}, ${connectionId}, 'telegram', 'sent', ${at(minutes)}, ${at(minutes)}, ${at(minutes)})`.execute(ctx.db);
    },
    /** What the lanes would have done with all that is queued. */
    sendAll: async (minutes: number) => {
      await sql`UPDATE deliveries SET state = 'sent', claimed_at = ${at(minutes)}, sent_at = ${at(minutes)} WHERE workspace_id = ${workspaceId} AND state = 'queued'`.execute(ctx.db);
    },
    get: async (campaignId: string, path: string) => (await call('GET', campaignId, path)).body,
    call,
    backtest: async (campaignId: string, payload: object = {}) => (await call('POST', campaignId, 'backtest', payload)).body,
  };
} // biome-ignore format: a stage, one line for each of its parts

export const iso = (minutes: number) => new Date(start.getTime() + minutes * 60_000).toISOString();

/** Three who asked for a mug that was sold out; one has bought it since, one has opted out. At ten minutes it is back. */
export async function aReturn() {
  const shop = await aShop([{}, { optedOut: true }, {}]);
  await toggleCampaign(shop.ctx, shop.backId, true);
  await shop.product(0);
  for (const who of [0, 1, 2]) await shop.wants(who);
  shop.at(5);
  await shop.order('o2', { who: 2 });
  shop.at(10);
  await shop.product(3);
  return shop;
}
