// Speed in the panel: a warm-up plan is set, a 429 is explained, batches and their pause are seen, all by clicking.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Campaign } from '../contract/campaigns.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Api, apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, type Visitor, visit } from './browser.ts';
import { type Carillon, startCarillon, until } from './carillon.ts';
import { counts, type Emulator, startEmulator } from './phone.ts';
import { stepAddress } from './wizard.ts';

let emulator: Emulator;
let carillon: Carillon;
let browser: Browser;
let visitor: Visitor;
let page: Page;
let api: Api;
let connectionId: string;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  [emulator, browser] = await Promise.all([startEmulator(), launchBrowser()]);
  const env = {
    ...owner,
    TELEGRAM_API_ROOT: emulator.url,
    SANDBOX: 'off',
    DATABASE_URL: await testDatabase(),
  };
  carillon = await startCarillon({ env });
  api = apiOf(carillon);
  const made = await api.made<{ id: string }>('/connections', {
    channel: 'telegram',
    name: 'Shop bot',
    credentials: { token: emulator.bot.token },
  });
  connectionId = made.id;
  const contacts = (await emulator.crowd(60)).map((address) => ({
    first_name: `P${address}`,
    identities: [{ connection_id: connectionId, address: String(address) }],
  }));
  await api.done('/contacts/batch', { contacts });
  visitor = await visit(browser, { url: carillon.url, refusals: [422] });
  page = visitor.page;
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
  emulator?.program.signal('SIGTERM');
});

const launch = async (text: string) => {
  const campaign = await api.made<Campaign>('/campaigns', {
    name: 'Spring sale',
    connection_id: connectionId,
    content: { text },
  });
  await api.done(`/campaigns/${campaign.id}/launch`);
  return campaign;
};

test('a warm-up plan is set beside its figures, a wrong one is refused there, and it holds a campaign until tomorrow', async () => {
  await page.goto('/connections');
  await page.getByRole('link', { name: 'Limits of Shop bot' }).click();
  await page.getByRole('heading', { name: 'Limits of Shop bot', level: 1 }).waitFor();
  await page.getByText('No plan: campaigns may send as much as the platform allows.').waitFor();
  await page.getByRole('button', { name: 'Plan warm-up' }).click();
  const days = page.getByLabel('Campaign messages per day');
  await days.fill('20, many');
  await page.getByRole('button', { name: 'Save plan' }).click();
  await page.getByText(/Write whole numbers from 1 on/).waitFor();
  await days.fill('20, 40');
  await page.getByRole('button', { name: 'Save plan' }).click();
  await page.getByText('0 of 20 campaign messages today').waitFor();
  const campaign = await launch('Spring is here');
  await page.getByText('20 of 20 campaign messages today').waitFor();
  await page.getByText(/Today’s warm-up limit is used up\. Campaign messages go on at/).waitFor();
  await page.goto(`/campaigns/${campaign.id}`);
  await page
    .getByText(/Today’s warm-up limit of the connection is used up\. It goes on by itself at/)
    .waitFor();
  await page.goto(`/connections/${connectionId}/limits`);
  await page.getByRole('button', { name: 'Change warm-up' }).click();
  await page.getByRole('button', { name: 'End the plan' }).click();
  const ending = page.getByRole('dialog', { name: 'End the warm-up plan?' });
  await ending.getByText('also what is waiting for the next day now').waitFor();
  await ending.getByRole('button', { name: 'End the plan' }).click();
  await page.getByText('No plan: campaigns may send as much as the platform allows.').waitFor();
  await until(
    'everybody has it',
    async () => (await counts(emulator.control, emulator.bot.id)).accepted === 60,
  );
});

test('a 429 is told with its time and the moment at which sending goes on', async () => {
  await emulator.control('faults', { kind: 'flood', bot: emulator.bot.id, count: 1, retry_after: 20 });
  await launch('Summer is near');
  await page.goto(`/connections/${connectionId}/limits`);
  await page
    .getByText(/Telegram answered 429 \(too many requests\) at \d\d:\d\d, once in the last hour/)
    .waitFor();
  await page.getByText(/Nothing is sent through this connection until \d\d:\d\d:\d\d/).waitFor();
  await page.getByText(/The rate was lowered to what Telegram accepts/).waitFor({ timeout: 40_000 });
  await until(
    'everybody has it',
    async () => (await counts(emulator.control, emulator.bot.id)).accepted === 120,
    60_000,
  );
});

test('batches are chosen in the composer, and the report shows which one and the pause', async () => {
  const draft = await api.made<Campaign>('/campaigns', {
    name: 'Autumn sale',
    connection_id: connectionId,
    content: { text: 'Autumn' },
  });
  await page.goto(stepAddress(draft.id, 'Settings'));
  await page.getByLabel('Send in batches').click({ force: true });
  await page.getByLabel('Messages per batch').fill('25');
  await page.getByLabel('Pause in seconds').fill('30');
  await page.getByLabel('Pause in seconds').blur();
  await until(
    'the draft is saved',
    async () => (await api.read<Campaign>(`/campaigns/${draft.id}`)).settings.batch?.delay_seconds === 30,
  );
  expect((await api.read<Campaign>(`/campaigns/${draft.id}`)).settings.batch).toEqual({
    size: 25,
    delay_seconds: 30,
  });
  await api.done(`/campaigns/${draft.id}/launch`);
  await page.goto(`/campaigns/${draft.id}`);
  await page.getByText('2 of 3').waitFor();
  await page.getByText(/Pause between two batches\. It goes on by itself at/).waitFor();
  expect((await counts(emulator.control, emulator.bot.id)).sent_twice).toBe(0);
  expect(visitor.troubles).toEqual([]);
});
