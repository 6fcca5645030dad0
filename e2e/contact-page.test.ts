// The page of a contact in the browser: edited where it stands, a zone that says that it is a guess, somebody else's change,
// attributes by their declared type, notes, the timeline's filters; and a dialog that a narrower window does not take away.
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
let ann: Contact;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  emulator = await startEmulator();
  const env = {
    ...owner,
    DATABASE_URL: await testDatabase(),
    SANDBOX: 'off',
    TELEGRAM_API_ROOT: emulator.url,
  };
  await emulator.control('users', { users: [{ id: 700_003, first_name: 'Ann' }] });
  [carillon, browser] = await Promise.all([startCarillon({ env }), launchBrowser()]);
  api = apiOf(carillon);
  const bot = await api.made<{ id: string }>('/connections', {
    channel: 'telegram',
    credentials: { token: emulator.bot.token },
  });
  ann = await api.made<Contact>('/contacts', {
    first_name: 'Ann',
    phone: '+14155550123',
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

const edit = (page: Page, name: string) => page.getByRole('button', { name: `Edit ${name}` }).click();
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click();

test('a profile is edited where it stands, and nobody’s change is overwritten unseen', async () => {
  const { page, troubles } = await visit(browser, { url: carillon.url, refusals: [409, 422] });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await page.goto(`/contacts/${ann.id}`);
  await page.getByText('Guessed from the phone number').waitFor();
  await edit(page, 'time zone');
  await page.getByRole('combobox', { name: 'Time zone' }).fill('Rome');
  await page.getByRole('option', { name: 'Europe/Rome' }).click();
  await save(page);
  await page.getByText(/^Europe\/Rome, \d\d:\d\d there$/).waitFor();
  expect(await page.getByText('Guessed from').count()).toBe(0);
  await edit(page, 'time zone');
  await page.getByRole('button', { name: 'Guess it instead' }).click();
  await page.getByText('Guessed from the phone number').waitFor();
  await page.getByText(/^America\/Los_Angeles, /).waitFor();

  await edit(page, 'phone');
  await page.getByLabel('Phone', { exact: true }).fill('12');
  await page.keyboard.press('Enter');
  await page.getByText('Write the number with country code').waitFor();
  expect(await page.getByLabel('Phone', { exact: true }).inputValue()).toBe('12');
  await page.keyboard.press('Escape');
  await page.getByText('+1 415 555 0123').waitFor();

  // somebody else's change of another field is no conflict, of the same one it is said and then replaced
  await edit(page, 'first name');
  await page.getByLabel('First name', { exact: true }).fill('Anna');
  await api.call('PATCH', `/contacts/${ann.id}`, { last_name: 'Lee' });
  await save(page);
  await page.getByRole('heading', { name: 'Anna Lee', level: 1 }).waitFor();
  await edit(page, 'first name');
  await page.getByLabel('First name', { exact: true }).fill('Annika');
  await api.call('PATCH', `/contacts/${ann.id}`, { first_name: 'Anne' });
  await save(page);
  await page.getByText('Somebody changed this meanwhile, to “Anne”.').waitFor();
  await save(page);
  await page.getByRole('heading', { name: 'Annika Lee', level: 1 }).waitFor();
  expect(troubles).toEqual([]);
});

test('an attribute is declared, keeps to its type, and is refused a type that its values do not fit', async () => {
  const { page, troubles } = await visit(browser, { url: carillon.url, refusals: [422] });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await page.goto('/settings?part=attributes');
  await page.getByRole('button', { name: 'Declare attribute' }).click();
  await page.getByLabel('Name').fill('birthday');
  await page.getByRole('combobox', { name: 'Kind of value' }).click();
  await page.getByRole('option', { name: 'Date' }).click();
  await page.getByRole('button', { name: 'Declare', exact: true }).click();
  await page.getByRole('cell', { name: 'birthday', exact: true }).waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await page.goto(`/contacts/${ann.id}`);
  await page.getByRole('button', { name: 'Add attribute' }).click();
  await page.getByRole('combobox', { name: 'Attribute' }).fill('birthday');
  await page.getByLabel('Value', { exact: true }).fill('1990-03-12');
  await save(page);
  await page.getByText('12 Mar 1990').waitFor();
  await page.getByRole('link', { name: 'Declared types' }).click();
  await page.getByRole('button', { name: 'Actions for birthday' }).click();
  await page.getByRole('menuitem', { name: 'Change' }).click();
  await page.getByRole('combobox', { name: 'Kind of value' }).click();
  await page.getByRole('option', { name: 'Number' }).click();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText('One contact holds a value under "birthday" that is no number').waitFor();
  expect(troubles).toEqual([]);
});

test('the timeline tells what happened, by kind, and notes are written, changed and deleted in it', async () => {
  const { page, troubles } = await visit(browser, { url: carillon.url });
  await api.call('PUT', '/orders/5127', {
    contact: { id: ann.id },
    status: 'paid',
    total: { amount: '64.00', currency: 'EUR' },
    placed_at: '2026-01-05T10:00:00Z',
    items: [
      { product_id: 'p1', name: 'Blue glaze set', quantity: 2, price: { amount: '32.00', currency: 'EUR' } },
    ],
  });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await page.goto(`/contacts/${ann.id}`);
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await timeline.getByText('Became a contact').waitFor();
  await timeline.getByText('2 × Blue glaze set').waitFor();
  await page.getByLabel('New note').fill('Likes blue');
  await page.getByRole('button', { name: 'Save note' }).click();
  await timeline.getByText('Likes blue').waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await timeline.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByLabel('Note', { exact: true }).fill('Likes red');
  await save(page);
  await timeline.getByText('Likes red').waitFor();
  await timeline.getByText(/^Changed by /).waitFor();
  await timeline.getByRole('button', { name: 'Orders and carts' }).click();
  await timeline.getByText('Likes red').waitFor({ state: 'detached' });
  await page.reload();
  await timeline.getByText('Order 5127').waitFor();
  expect(await timeline.getByText('Became a contact').count()).toBe(0);
  await timeline.getByRole('button', { name: 'Notes', exact: true }).click();
  await timeline.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete note' }).click();
  await timeline.getByText('No notes yet').waitFor();
  expect(troubles).toEqual([]);
});

test('a narrower window takes away neither the dialog about consent nor what was typed', async () => {
  const { page, troubles } = await visit(browser, { url: carillon.url });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await emulator.control('message', { bot: emulator.bot.id, user: 700_003, text: 'Hello' });
  await page.goto('/inbox');
  await page.getByRole('link', { name: /Annika/ }).click();
  for (const [from, to] of [
    [1440, 390],
    [390, 1440],
  ] as const) {
    await page.setViewportSize({ width: from, height: 900 });
    if (from === 390) await page.getByRole('button', { name: 'About Annika Lee' }).click();
    await page.getByRole('button', { name: 'Opt out' }).click();
    const words = page.getByLabel('Their words, if you have them');
    await words.fill('No more please');
    await page.setViewportSize({ width: to, height: 900 });
    expect(await words.inputValue()).toBe('No more please');
    expect(await findingsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go back' }).click();
    await words.waitFor({ state: 'detached' });
  }
  expect(troubles).toEqual([]);
});
