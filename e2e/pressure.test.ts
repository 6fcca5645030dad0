// Contact pressure in the panel: caps and quiet hours are set, a wrong one is refused at its field, the confirmation says who is
// left out and who waits, and the report until when.
import { randomUUID } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Campaign, Report } from '../contract/campaigns.ts';
import type { Workspace } from '../contract/workspaces.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Api, apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, type Visitor, visit } from './browser.ts';
import { type Carillon, startCarillon, until } from './carillon.ts';
import { counts, type Emulator, startEmulator } from './phone.ts';
import { goStep, pressSend } from './wizard.ts';

let emulator: Emulator;
let carillon: Carillon;
let browser: Browser;
let visitor: Visitor;
let page: Page;
let api: Api;
let connectionId: string;
let people: string[];

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
  const contacts = (await emulator.crowd(9)).map((address, index) => ({
    first_name: `P${address}`,
    time_zone: index < 3 ? 'Asia/Tokyo' : 'UTC',
    identities: [{ connection_id: connectionId, address: String(address) }],
  }));
  const added = await api.done<{ data: { id: string }[] }>('/contacts/batch', { contacts });
  people = added.data.map((one) => one.id);
  visitor = await visit(browser, { url: carillon.url, refusals: [422] });
  page = visitor.page;
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
  emulator?.program.signal('SIGTERM');
});

const draft = (given: object = {}) =>
  api.made<Campaign>('/campaigns', {
    name: 'Spring sale',
    connection_id: connectionId,
    // never the same text twice: the emulator counts those who got one twice
    content: { text: `Spring is here, ${randomUUID()}` },
    ...given,
  });
const accepted = async () => (await counts(emulator.control, emulator.bot.id)).accepted;

test('a cap is added, a wrong one is refused beside its field with nothing lost, and whoever had enough is left out', async () => {
  await page.goto('/settings?part=pressure');
  await page.getByText('No cap: everybody gets every campaign that means them.').waitFor();
  const save = page.getByRole('button', { name: 'Save changes' });
  await page.getByRole('button', { name: 'Add a cap' }).click();
  await page.getByRole('button', { name: 'Add a cap' }).click();
  await page.getByLabel('At most').nth(1).fill('9');
  await save.click();
  await page
    .getByText('There is already a cap for marketing messages in 24 hours. Change that one.')
    .waitFor();
  await page.getByRole('button', { name: 'Remove cap 2' }).click();
  await page.getByLabel('At most').fill('');
  await save.click();
  await page.getByText('How many messages? Write a whole number.').waitFor();
  // too many: it stays as it was typed
  await page.getByLabel('At most').fill('5000');
  await page.getByLabel('In hours').focus();
  expect(await page.getByLabel('At most').inputValue()).toBe('5000');
  // what is not saved is not left behind without a word
  for (const way of ['Contacts', 'Profile']) {
    await page.getByText(way, { exact: true }).first().click();
    const asked = page.getByRole('dialog', { name: 'Leave without saving?' });
    await asked.getByRole('button', { name: 'Stay here' }).click();
    await asked.waitFor({ state: 'hidden' });
    expect(await page.getByLabel('At most').inputValue()).toBe('5000');
  }
  await page.getByLabel('At most').fill('1');
  await page.getByText(/^Nobody gets more than 1 marketing message in 24 hours/).waitFor();
  await save.click();
  await page.getByText('Contact pressure saved').waitFor();
  expect((await api.read<Workspace>('/workspace')).frequency_caps).toEqual([
    { purpose: 'marketing', max: 1, period_hours: 24 },
  ]);
  await page.getByRole('link', { name: 'Contacts' }).click();
  await page.getByRole('heading', { name: 'Contacts', level: 1 }).waitFor();
  const first = await draft({ audience: { contact_ids: people.slice(3, 6) } });
  await api.done(`/campaigns/${first.id}/launch`);
  await until('three have it', async () => (await accepted()) === 3);
  const second = await draft();
  await page.goto(`/campaigns/${second.id}/edit`);
  await pressSend(page);
  await page.getByRole('heading', { name: 'Send to 6 people now?' }).waitFor();
  await page.getByText('Left out: had as many messages as the frequency cap allows').waitFor();
  await page.getByRole('button', { name: 'Send to 6 people' }).click();
  await until('nine have one each', async () => (await accepted()) === 9);
  await page.getByText('Had as many messages as the frequency cap allows').first().waitFor();
  expect((await counts(emulator.control, emulator.bot.id)).sent_twice).toBe(0);
});

test('quiet hours are set, the confirmation and the report say who waits and until when, and a service message goes at once', async () => {
  const now = Date.now();
  const clock = (ms: number) => new Date(now + ms).toISOString().slice(11, 16);
  // on Tokyo's clock it is quiet for the next three hours, nine hours away from UTC it is not
  const tokyo = 9 * 3_600_000;
  await page.goto('/settings?part=pressure');
  await page.getByRole('button', { name: 'Remove cap 1' }).click();
  await page.getByLabel('Keep quiet hours').click({ force: true });
  await page.getByLabel('From').fill(clock(tokyo - 3_600_000));
  await page.getByLabel('Until').fill(clock(tokyo - 3_600_000));
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('The quiet hours must end at another time than they begin.').waitFor();
  await page.getByLabel('Until').fill(clock(tokyo + 3 * 3_600_000));
  await page.getByText(/^Nobody is messaged from .* on the clock of where they are/).waitFor();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('Contact pressure saved').waitFor();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html)}`)).toEqual([]);
  const before = await accepted();
  const campaign = await draft();
  await page.goto(`/campaigns/${campaign.id}/edit`);
  await pressSend(page);
  await page.getByText(/^3 people, until/).waitFor();
  await page.getByRole('button', { name: 'Send to 9 people' }).click();
  await page.getByText(/3 people wait until their quiet hours end, at/).waitFor();
  await until('six have it', async () => (await accepted()) === before + 6);
  expect(await api.read<Report>(`/campaigns/${campaign.id}/report`)).toMatchObject({
    queued: 3,
    quiet: { waiting: 3 },
  });
  const service = await draft({ name: 'Order delay', type: 'informational' });
  await page.goto(`/campaigns/${service.id}/edit`);
  await goStep(page, 'Settings');
  await page.getByText('Frequency caps and quiet hours of the workspace apply.').waitFor();
  await page.getByLabel('Service: people wait for it').click();
  await page.getByLabel('Ignore quiet hours').click({ force: true });
  await until('the draft is saved', async () => {
    const { settings } = await api.read<Campaign>(`/campaigns/${service.id}`);
    return settings.purpose === 'service' && settings.pressure.ignore_quiet_hours;
  });
  await api.done(`/campaigns/${service.id}/launch`);
  await until('all nine have it at once', async () => (await accepted()) === before + 6 + 9);
  // switched off: whoever waits gets it
  await page.goto('/settings?part=pressure');
  await page.getByLabel('Keep quiet hours').click({ force: true });
  await page.getByText('Nothing holds a campaign back').waitFor();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await until('nobody waits any more', async () => (await accepted()) === before + 18);
  expect((await counts(emulator.control, emulator.bot.id)).sent_twice).toBe(0);
  expect(visitor.troubles).toEqual([]);
});
