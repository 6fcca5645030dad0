import { expect, it } from 'vitest';
import type { ContactCreate } from '../../../contract/contacts.ts';
import { type Content, content as contentShape } from '../../../contract/message.ts';
import { markets, messagePricesInput } from '../../../contract/message-prices.ts';
import { upsertContacts } from '../../contacts/upsert.ts';
import { newId } from '../../platform/db/ids.ts';
import { aWhatsAppNumber, aWorkspace, inWorkspace, testCtx } from '../../testing/context.ts';
import { dropPrices, readPrices, writePrices } from '../../workspaces/message-prices.ts';
import { sendForecast } from '../pace/forecast.ts';
import { countReach } from './reach.ts';
import { peopleOfPart } from './reach-people.ts';

const base = await testCtx();
const phones = ['+442079460018', '+442079460019', '+442079460020', '+4915112345678', '+4915112345679', '+12025550123', '+15551234567', '+14165550123', '12', '+442079460018', 'US.1349']; // biome-ignore format: one audience
const saying = (name: string | null) =>
  contentShape.parse({ text: 'Hello', whatsapp: { template: name && { name, language: 'en' } } });

async function aShop() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const id = await aWhatsAppNumber(ctx);
  const people = phones.map((phone, n) => ({ external_id: `${n}`, first_name: `P${n}`, ...(phone.startsWith('US') ? {} : { phone }) })); // biome-ignore format: one line
  const made = await upsertContacts(ctx, people as ContactCreate[]);
  const scoped = { workspace_id: ctx.actor.workspaceId, id: newId(), contact_id: made.at(-1)!.id, connection_id: id, channel: 'whatsapp', address: 'US.1349', country: 'US', created_at: new Date() }; // biome-ignore format: one row
  await ctx.db.insertInto('identities').values(scoped).execute();
  for (const category of ['MARKETING', 'UTILITY', 'AUTHENTICATION'])
    await ctx.db
      .insertInto('whatsapp_templates')
      .values({ workspace_id: ctx.actor.workspaceId, id: newId(), connection_id: id, external_id: category, name: category.toLowerCase(), language: 'en', category, status: 'APPROVED', components: '[]', buildable: true, synced_at: new Date(), created_at: new Date() }) // biome-ignore format: one row
      .execute();
  const plan = (content: Content) => ({ audience: { all: true }, connection: { id, channel: 'whatsapp' }, settings: {}, content }) as const; // biome-ignore format: one line
  const reach = (content: Content) => countReach(ctx, plan(content), new Date());
  const forecast = async (content: Content) => {
    const { count, countries } = await reach(content);
    return sendForecast(ctx, { ...plan(content), count, countries, at: new Date(), hours: null });
  };
  return { ctx, plan, reach, forecast };
}

it('numbers that cannot be one, second owners of a number and US numbers under a marketing template are told apart', async () => {
  const { ctx, plan, reach } = await aShop();
  const { count, countries } = await reach(saying('marketing'));
  expect(count).toMatchObject({
    total: 11,
    reachable: 6,
    invalid_number: 1,
    no_identity: 1,
    no_marketing_in_country: 3,
    window_closed: 0,
  });
  expect(Object.fromEntries(countries)).toEqual({ GB: 3, DE: 2, CA: 1 });
  expect((await reach(saying('utility'))).count).toMatchObject({ reachable: 9, no_marketing_in_country: 0 });
  expect((await reach(saying(null))).count).toMatchObject({ reachable: 0, window_closed: 9 });
  const people = async (part: 'invalid_number' | 'no_identity' | 'no_marketing_in_country') =>
    (await peopleOfPart(ctx, plan(saying('marketing')), new Date(), { part, limit: 10 })).data;
  expect(await people('invalid_number')).toMatchObject([
    { name: 'P8', why: 'The phone number cannot be one: 12' },
  ]);
  expect(await people('no_identity')).toMatchObject([{ name: 'P9', why: 'P0 has the same phone number: +442079460018' }]); // biome-ignore format: one line
  expect((await people('no_marketing_in_country')).map(({ name }) => name)).toEqual(['P5', 'P6', 'P10']);
});

it('the cost is people times the price of their market and the template’s category, to be checked until somebody has', async () => {
  const { ctx, forecast } = await aShop();
  // 3 GB, 2 DE, 1 CA: 3 × 0.0529 + 2 × 0.1365 + 0.025 = 0.4567
  expect((await forecast(saying('marketing'))).cost).toEqual({ kind: 'money', amount: '0.46', currency: 'USD', unpriced: 0, is_default: true }); // biome-ignore format: one line
  expect((await forecast(saying('gone'))).cost).toBeNull();
  const gb = { market: 'GB', marketing: '0.0400', utility: '0.020001', authentication: null };
  const input = messagePricesInput.parse({ currency: 'EUR', prices: [gb], version: 0 });
  expect(await writePrices(ctx, input)).toMatchObject({ currency: 'EUR', is_default: false, version: 1 });
  await expect(writePrices(ctx, input)).rejects.toThrow('Somebody else');
  const own = { kind: 'money', currency: 'EUR', is_default: false };
  expect((await forecast(saying('marketing'))).cost).toEqual({ ...own, amount: '0.12', unpriced: 3 });
  expect((await forecast(saying('utility'))).cost).toEqual({ ...own, amount: '0.07', unpriced: 6 });
  expect((await forecast(saying('authentication'))).cost).toEqual({ ...own, amount: '0.00', unpriced: 9 });
  expect(await dropPrices(ctx)).toMatchObject({ is_default: true, currency: 'USD', version: 0 });
  const { prices } = await readPrices(ctx);
  expect(prices).toHaveLength(Object.keys(markets).length);
  expect(prices.every(({ marketing, utility }) => marketing && utility)).toBe(true);
  expect(messagePricesInput.safeParse({ currency: 'EUR', prices: [gb, gb] }).success).toBe(false);
  expect(messagePricesInput.safeParse({ currency: 'EUR', prices: [{ ...gb, marketing: '-1' }] }).success).toBe(false); // biome-ignore format: one line
});

it('no country stands in two markets', () => {
  const all = Object.entries(markets).flatMap(([key, { countries = key }]) => countries.split(' ').filter(Boolean)); // biome-ignore format: one line
  expect(new Set(all).size).toBe(all.length);
  const known = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  expect(all.filter((code) => !known.of(code))).toEqual([]);
});

it('of templates with one name the newest that is not deleted says whether a run sells, also a run that goes on', async () => {
  const { ctx, plan, reach } = await aShop();
  const { workspaceId: workspace_id } = ctx.actor;
  const { id: connection_id } = plan(saying(null)).connection;
  const template = (external_id: string, category: string, status: string, day: number) =>
    ctx.db
      .insertInto('whatsapp_templates')
      .values({ workspace_id, id: newId(), connection_id, external_id, name: 'news', language: 'en', category, status, components: '[]', buildable: true, synced_at: new Date(), created_at: new Date(Date.UTC(2026, 10, day)) }) // biome-ignore format: one row
      .execute();
  const change = (external_id: string, to: { category?: string; status?: string }) =>
    ctx.db.updateTable('whatsapp_templates').set(to).where('workspace_id', '=', workspace_id).where('external_id', '=', external_id).execute(); // biome-ignore format: one line
  const skipped = async () => (await reach(saying('news'))).count.no_marketing_in_country;
  const run = newId();
  const json = { content: JSON.stringify(saying('news')), settings: '{}', audience: '{"all":true}' };
  const at = new Date();
  await ctx.db.insertInto('campaigns').values({ workspace_id, id: run, number: 1, kind: 'broadcast', name: 'News', type: 'promotional', status: 'sending', connection_id, schedule: '{"kind":"now"}', ...json, created_at: at, updated_at: at }).execute(); // biome-ignore format: one row
  await ctx.db.insertInto('runs').values({ workspace_id, id: run, campaign_id: run, connection_id, status: 'active', ...json, planned: 0, created_at: at }).execute(); // biome-ignore format: one row
  const marked = async () =>
    (await ctx.db.selectFrom('runs').select('marketing_template').where('id', '=', run).executeTakeFirstOrThrow()).marketing_template; // biome-ignore format: one line
  const now = async () => [await skipped(), await marked()];
  await template('first', 'MARKETING', 'APPROVED', 1);
  expect(await now()).toEqual([3, true]);
  await change('first', { status: 'DELETED' });
  expect(await now()).toEqual([3, true]);
  await template('second', 'UTILITY', 'APPROVED', 2);
  expect(await now()).toEqual([0, false]);
  await change('first', { category: 'UTILITY' });
  await change('second', { category: 'MARKETING' });
  expect(await now()).toEqual([3, true]);
  await change('second', { status: 'DELETED' });
  await change('first', { status: 'APPROVED' });
  expect(await now()).toEqual([0, false]);
});
