// What came of a campaign: a phone opens a tracked button, a preview program as well, and the report tells them apart; a cause of
// failure opens its people.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Campaign, Report } from '../contract/campaigns.ts';
import type { TrackedLinks } from '../contract/links.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Api, apiOf, owner } from './api.ts';
import {
  allAnimationsEnd,
  keepPicturesOfFailures,
  launchBrowser,
  signIn,
  type Visitor,
  visit,
} from './browser.ts';
import { type Carillon, freePort, startCarillon, until } from './carillon.ts';
import { type Emulator, startEmulator } from './phone.ts';

const phoneAgent =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36';

let emulator: Emulator;
let carillon: Carillon;
let browser: Browser;
let visitor: Visitor;
let page: Page;
let api: Api;
let shop: Server;
let shopUrl: string;
let people: number[];
let campaign: Campaign;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  [emulator, browser] = await Promise.all([startEmulator(), launchBrowser()]);
  shop = createServer((_request, response) => response.end('The shop')).listen(0, '127.0.0.1');
  await new Promise((resolve) => shop.once('listening', resolve));
  shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/sale?from=message&x=1`;
  const port = await freePort();
  const env = {
    ...owner,
    TELEGRAM_API_ROOT: emulator.url,
    SANDBOX: 'off',
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${port}`,
    DATABASE_URL: await testDatabase(),
  };
  carillon = await startCarillon({ env });
  api = apiOf(carillon);
  const connection = await api.made<{ id: string }>('/connections', {
    channel: 'telegram',
    name: 'Shop bot',
    credentials: { token: emulator.bot.token },
  });
  people = await emulator.crowd(8);
  await emulator.control('state', { bot: emulator.bot.id, user: people[7], state: 'blocked' });
  const added = await api.done<{ data: { id: string }[] }>('/contacts/batch', {
    contacts: people.map((address) => ({
      first_name: `P${address}`,
      identities: [{ connection_id: connection.id, address: String(address) }],
    })),
  });
  await api.done(`/contacts/${added.data[6]?.id}/consent`, {
    channel: 'telegram',
    purpose: 'marketing',
    state: 'opted_out',
  });
  campaign = await api.made<Campaign>('/campaigns', {
    name: 'Kiln sale',
    connection_id: connection.id,
    content: {
      text: `Hi {{ contact.first_name | default: "there" }}, [see the sale](${shopUrl})`,
      buttons: [{ text: 'Shop now', url: shopUrl.replace('/sale', '/now') }],
    },
  });
  await api.done(`/campaigns/${campaign.id}/launch`);
  await until(
    'it is sent',
    async () => (await api.read<Report>(`/campaigns/${campaign.id}/report`)).sent >= 6,
  );
  visitor = await visit(browser, { url: carillon.url });
  page = visitor.page;
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
  emulator?.program.signal('SIGTERM');
  shop?.close();
});

/** The address under the button on the phone of one person. */
async function buttonOf(person: number): Promise<string> {
  const chat = await emulator.control<{
    messages: { reply_markup?: { inline_keyboard: { url: string }[][] } }[];
  }>(`chats/${person}?bot=${emulator.bot.id}`);
  return chat.messages.at(-1)?.reply_markup?.inline_keyboard[0]?.[0]?.url ?? '';
}

test('a phone opens the button and comes to the shop; a preview program is counted beside it', async () => {
  const url = await buttonOf(people[0]!);
  expect(url).toMatch(/^http:\/\/localhost:\d+\/l\/[\w-]{34,40}$/);
  const phone = await browser.newContext({ userAgent: phoneAgent });
  const tab = await phone.newPage();
  await tab.goto(url);
  expect(tab.url()).toBe(shopUrl.replace('/sale', '/now'));
  await tab.goto(url);
  await phone.close();
  const preview = await fetch(await buttonOf(people[1]!), {
    headers: { 'user-agent': 'TelegramBot (like TwitterBot)' },
  });
  expect(await preview.text()).toBe('The shop');
  const links = await api.read<TrackedLinks>(`/campaigns/${campaign.id}/links`);
  expect(links.data.map(({ place, people, clicks, previews }) => [place, people, clicks, previews])).toEqual([
    ['Link “see the sale”', 0, 0, 0],
    ['Button “Shop now”', 1, 2, 1],
  ]);
  expect(await api.read<Report>(`/campaigns/${campaign.id}/report`)).toMatchObject({ sent: 6, clicked: 1 });
});

test('the report shows who clicked, and a cause of failure opens its people', async () => {
  await page.goto(`/campaigns/${campaign.id}`);
  const clicked = page.getByRole('definition').filter({ hasText: /^1$/ });
  await page.getByRole('table', { name: 'Links of the message' }).getByText('Shop now').waitFor();
  await clicked.first().waitFor();
  await page.getByRole('img', { name: /^6 sent, 1 clicked since/ }).waitFor();
  const log = page.getByRole('region', { name: 'Send log' });
  await log.getByText(`P${people[0]}`).first().waitFor();
  await page.getByRole('button', { name: /^Blocked contact ?1/ }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get('reason')).toBe('blocked_contact');
  await log.getByText(`P${people[7]}`).first().waitFor();
  await log.getByText(`P${people[0]}`).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^Opted out ?1/ }).click();
  await log.getByText(`P${people[6]}`).first().waitFor();
  const axe = await new AxeBuilder({ page }).analyze();
  expect(axe.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
  await log.getByRole('button', { name: 'Remove filter Opted out' }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get('reason')).toBeNull();
  expect(visitor.troubles).toEqual([]);
});

test('why is answered for anybody from the report, and on the page of a contact', async () => {
  const late = await api.made<{ id: string }>('/contacts', { first_name: 'Latecomer' });
  await page.goto(`/campaigns/${campaign.id}`);
  const check = page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Check a person' }) });
  const search = check.getByRole('searchbox', { name: 'Name, phone or @username' });
  await search.fill('Latecomer');
  await check.getByRole('button', { name: 'Latecomer Not in the audience Why?' }).click();
  const stranger = page.getByRole('dialog', { name: 'Not in the audience: Latecomer' });
  await stranger.getByText('Became a contact after it was sent off').first().waitFor();
  expect(await stranger.getByRole('link', { name: 'Open contact' }).getAttribute('href')).toBe(
    `/contacts/${late.id}`,
  );
  await page.keyboard.press('Escape');
  await stranger.waitFor({ state: 'detached' });
  const blocked = `P${people[7]}`;
  await page.getByRole('button', { name: `Why? ${blocked}` }).click();
  const failed = page.getByRole('dialog', { name: `Failed: ${blocked}` });
  await failed.getByRole('list', { name: 'Checks, in order' }).waitFor();
  await allAnimationsEnd(page);
  const axe = await new AxeBuilder({ page }).analyze();
  expect(axe.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
  await failed.getByRole('link', { name: 'Open contact' }).click();
  await page.getByRole('button', { name: 'Why? Kiln sale' }).first().click();
  await page.getByRole('dialog', { name: `Failed: ${blocked}` }).waitFor();
  expect(visitor.troubles).toEqual([]);
});
