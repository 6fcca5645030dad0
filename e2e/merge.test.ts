// Two contacts that are one person, in the browser: chosen, compared, merged and undone; their data as a file; erased.
import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Contact } from '../contract/contacts.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Api, apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, visit } from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';
import { type Emulator, startEmulator } from './phone.ts';

let emulator: Emulator;
let carillon: Carillon;
let browser: Browser;
let api: Api;
let shop: Contact;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  emulator = await startEmulator();
  const env = {
    ...owner,
    DATABASE_URL: await testDatabase(),
    SANDBOX: 'off',
    TELEGRAM_API_ROOT: emulator.url,
  };
  [carillon, browser] = await Promise.all([startCarillon({ env }), launchBrowser()]);
  api = apiOf(carillon);
  const bot = await api.made<{ id: string }>('/connections', {
    channel: 'telegram',
    credentials: { token: emulator.bot.token },
  });
  shop = await api.made<Contact>('/contacts', {
    external_id: 's-1042',
    first_name: 'Ann',
    last_name: 'Lee',
    email: 'ann@example.com',
    tags: ['vip'],
    attributes: { city: 'Bern' },
  });
  await api.made('/contacts', {
    external_id: 's-77',
    first_name: 'Annie',
    last_name: 'Lee',
    phone: '+447700900123',
    tags: ['telegram'],
    attributes: { city: 'Basel', size: 38 },
    identities: [{ connection_id: bot.id, address: '700003' }],
  });
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
  emulator?.program.signal('SIGTERM');
});

async function findingsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}
const picture = async (page: Page, name: string) => {
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${name}.png` });
};
const menu = async (page: Page, item: string) => {
  await page.getByRole('button', { name: /^Actions for/ }).click();
  await page.getByRole('menuitem', { name: item }).click();
};

test.each([
  [1440, 'light'],
  [390, 'dark'],
] as const)('merged, undone and merged again at %i px, %s', async (width, colorScheme) => {
  const { page, troubles } = await visit(browser, { url: carillon.url, width, height: 844, colorScheme });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await page.goto(`/contacts/${shop.id}`);
  await page.getByRole('heading', { name: 'Ann Lee', level: 1 }).waitFor();
  await menu(page, 'Merge with another');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('searchbox').fill('Annie');
  await dialog.getByRole('button', { name: /Annie Lee/ }).waitFor();
  await picture(page, `choose-${width}-${colorScheme}`);
  await dialog.getByRole('button', { name: /Annie Lee/ }).click();
  await dialog.getByText('You can undo this here for 30 days').waitFor();
  await dialog.getByRole('radio', { name: 'city: Basel' }).check();
  expect(await findingsOf(page)).toEqual([]);
  await picture(page, `compare-${width}-${colorScheme}`);
  await dialog.getByRole('button', { name: 'Merge contacts' }).click();
  await dialog.waitFor({ state: 'detached' });
  if (width < 500) await page.getByRole('button', { name: 'Profile', exact: true }).click();
  await page.getByRole('heading', { name: 'Merged contacts' }).waitFor();
  expect(await api.read<Contact>(`/contacts/${shop.id}`)).toMatchObject({
    external_id: 's-1042', first_name: 'Ann', phone: '+447700900123', tags: ['vip', 'telegram'], attributes: { city: 'Basel', size: 38 },
  }); // biome-ignore format: one row
  await page
    .getByRole('listitem')
    .getByText(/Shop id: s-77/)
    .last()
    .scrollIntoViewIfNeeded();
  await picture(page, `merged-${width}-${colorScheme}`);
  await page.getByRole('button', { name: 'Undo merge' }).click();
  await page.getByText('is a contact of their own again').waitFor();
  await picture(page, `undo-${width}-${colorScheme}`);
  await page.getByRole('dialog').getByRole('button', { name: 'Undo merge' }).click();
  await page.getByText('Ann Lee and Annie Lee are two again').waitFor();
  await page.getByRole('heading', { name: 'Merged contacts' }).waitFor({ state: 'detached' });
  expect(await api.read<Contact>(`/contacts/${shop.id}`)).toMatchObject({
    phone: null,
    tags: ['vip'],
    attributes: { city: 'Bern' },
  });
  expect(troubles).toEqual([]);
});

test('their data as a file, and then erased', async () => {
  const { page, troubles } = await visit(browser, { url: carillon.url, refusals: [404] });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await page.goto(`/contacts/${shop.id}`);
  await page.getByRole('heading', { name: 'Ann Lee', level: 1 }).waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), menu(page, 'Download their data')]);
  const file = JSON.parse(readFileSync(await download.path(), 'utf8')) as { contact: Contact };
  expect([download.suggestedFilename(), file.contact.email]).toEqual([`${shop.id}.json`, 'ann@example.com']);
  await menu(page, 'Erase');
  await page.getByRole('dialog').getByRole('button', { name: 'Erase contact' }).click();
  await page.getByText('Contact erased').waitFor();
  expect((await api.call('GET', `/contacts/${shop.id}`)).status).toBe(404);
  expect(troubles).toEqual([]);
});
