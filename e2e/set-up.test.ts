// Set-up by hand, in the browser, without the demo: the owner's account, a wrong token that loses nothing, the right one, and
// the four campaigns that every workspace begins with, none of them sending by itself.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepPicturesOfFailures, launchBrowser, signIn, type Visitor, visit } from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';
import { type Emulator, startEmulator } from './phone.ts';

const nora = { email: 'nora@marlow.example', password: 'three-kilns-and-a-wheel' };
const wrongToken = `987654321:${'Ab1'.repeat(11)}xy`;

let emulator: Emulator;
let carillon: Carillon;
let browser: Browser;
let visitor: Visitor;
let page: Page;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  [emulator, browser] = await Promise.all([startEmulator(), launchBrowser()]);
  // the emulator stands where Telegram and WhatsApp would: for the product these are real connections
  const env = { TELEGRAM_API_ROOT: emulator.url, WHATSAPP_API_ROOT: emulator.url, SANDBOX: 'off' };
  carillon = await startCarillon({ args: ['--empty'], env });
  visitor = await visit(browser, { url: carillon.url, refusals: [422] });
  page = visitor.page;
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
  emulator?.program.signal('SIGTERM');
});

test('the first visit asks for the owner, and says beside each field what is wrong', async () => {
  expect(carillon.output()).not.toMatch(/Flash Offer|Password/);
  await page.goto('/');
  await page.getByRole('heading', { name: 'Create the owner account' }).waitFor();
  await page.getByLabel('Shop name').fill('Marlow Ceramics');
  await page.getByLabel('Your name').fill('Nora Marlow');
  await page.getByLabel('Email').fill('nora at marlow');
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByText('Write an email address like').waitFor();
  await page.getByText('Use at least 10 characters.').waitFor();
  expect(await page.getByLabel('Shop name').inputValue()).toBe('Marlow Ceramics');
  expect(await page.getByLabel('Email').getAttribute('aria-invalid')).toBe('true');
  await page.getByLabel('Email').fill(nora.email);
  await page.getByLabel('Password', { exact: true }).fill(nora.password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('heading', { name: 'Connect a bot or a number' }).waitFor();
});

test('a wrong token is told beside its field by what Telegram said, and nothing typed is lost', async () => {
  const token = page.getByLabel('Bot token', { exact: true });
  await token.fill('my bot');
  await page.getByLabel('Name', { exact: true }).fill('The shop’s bot');
  await page.getByRole('button', { name: 'Connect bot' }).click();
  await page.getByText('A bot token looks like 123456789:AAE…').waitFor();
  await token.fill(wrongToken);
  await page.getByRole('button', { name: 'Connect bot' }).click();
  const described = page.getByText(/^Telegram does not know this bot token: .*BotFather/);
  await described.waitFor();
  expect(await token.inputValue()).toBe(wrongToken);
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('The shop’s bot');
  // beside the field for those who do not see it, too
  const ids = ((await token.getAttribute('aria-describedby')) ?? '').split(' ');
  expect(ids).toContain(await described.evaluate((node: unknown) => (node as { id: string }).id));
});

test('the right token connects the bot and leads to the panel', async () => {
  await page.getByLabel('Bot token', { exact: true }).fill(emulator.bot.token);
  await page.getByRole('button', { name: 'Connect bot' }).click();
  await page.getByRole('heading', { name: 'Campaigns', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Connections' }).click();
  const card = page.getByRole('article', { name: 'The shop’s bot' });
  await card.getByText('Connected').waitFor();
  await card.getByText('t.me/marlow_test_bot').waitFor();
  await card.getByRole('button', { name: 'Test connection' }).click();
  await card.getByText(/Answered in|\d+ ms/).waitFor();
});

test('who presses Start on a phone is a contact, and can be reached', async () => {
  await emulator.control('users', [{ id: 811_811, first_name: 'Wilma', last_name: 'Kettering' }]);
  await emulator.control('start', { bot: emulator.bot.id, user: 811_811 });
  await expect
    .poll(async () => (await page.request.get('/api/v1/contacts')).text(), { timeout: 15_000 })
    .toContain('Kettering');
  await page.getByRole('link', { name: 'Contacts' }).click();
  await page.getByText('Wilma Kettering').first().waitFor();
});

test('four campaigns are there, the three automated ones under Automations and off', async () => {
  await page.getByRole('link', { name: 'Automations' }).click();
  await page.getByRole('switch').first().waitFor();
  const cards = page.getByRole('article');
  await expect.poll(() => cards.count()).toBe(4);
  const switches = cards.getByRole('switch');
  expect(await switches.count()).toBe(3);
  for (const one of await switches.all()) expect(await one.isChecked()).toBe(false);
  expect(await cards.allTextContents()).toEqual([
    expect.stringMatching(/cart/i),
    expect.stringMatching(/stock/i),
    expect.stringMatching(/purchase|order/i),
    expect.stringMatching(/promotion/i),
  ]);
});

test('a second wording of an automation is told what is wrong in it, previewed and kept', async () => {
  const editor = page.getByRole('region', { name: 'Edit Abandoned cart' });
  const save = editor.getByRole('button', { name: 'Save changes' });
  const ofB = editor.getByLabel('Text of variant B');
  await editor.getByRole('switch', { name: 'Try several wordings (A/B test)' }).click();
  await editor.getByText('A and B go to 50 % of the people each.').waitFor();
  await ofB.fill('Still yours:\n{{ cart_items');
  await save.click();
  // in the list above, and beside its field
  await editor.getByRole('button', { name: /^Variant B: / }).waitFor();
  expect(await ofB.getAttribute('aria-invalid')).toBe('true');
  await ofB.fill('Still yours:\n{{ cart_items }}');
  await editor.getByRole('button', { name: 'Preview of B' }).click();
  await editor
    .getByTestId('preview')
    .getByText(/Still yours:/)
    .waitFor();
  await save.click();
  await page.getByText('Changes saved').waitFor();
  await page.reload();
  expect(await ofB.inputValue()).toBe('Still yours:\n{{ cart_items }}');
});

test('a WhatsApp number is connected from its credentials, and what is still missing is said', async () => {
  const number = await emulator.control<Record<string, string>>('whatsapp/numbers', {
    verified_name: 'Marlow Shop',
    display_phone_number: '+49 171 3920001',
  });
  await page.getByRole('link', { name: 'Connections' }).click();
  await page.getByRole('button', { name: 'Add connection' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('WhatsApp number').click();
  await dialog.getByLabel('Phone number ID').fill('+49 171 3920001');
  await dialog.getByRole('button', { name: 'Connect number' }).click();
  await dialog.getByText('A phone number ID has digits only').waitFor();
  await dialog.getByLabel('Phone number ID').fill(number.id!);
  await dialog.getByLabel('WhatsApp Business Account ID').fill('102290129349999');
  await dialog.getByLabel('Access token', { exact: true }).fill(number.token!);
  await dialog.getByLabel('App secret', { exact: true }).fill(number.app_secret!);
  await dialog.getByRole('button', { name: 'Connect number' }).click();
  await dialog.getByText(/does not know this WhatsApp Business Account ID/).waitFor();
  expect(await dialog.getByLabel('App secret', { exact: true }).inputValue()).toBe(number.app_secret);
  await dialog.getByLabel('WhatsApp Business Account ID').fill(number.waba!);
  await dialog.getByRole('button', { name: 'Connect number' }).click();
  await dialog.getByText(/Set PUBLIC_URL/).waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
  const card = page.getByRole('article', { name: 'Marlow Shop' });
  await card.getByText('+49 171 3920001').waitFor();
  await card.getByText('High').waitFor();
  await card.getByText(/Set PUBLIC_URL/).waitFor();
});

test('signed out, a wrong password is told and the email stays; the set-up is over for good', async () => {
  const other = await visit(browser, { url: carillon.url });
  await other.page.goto('/setup');
  await other.page.getByRole('button', { name: 'Sign in' }).waitFor();
  await other.page.getByLabel('Email').fill(nora.email);
  await other.page.getByLabel('Password', { exact: true }).fill('not the password');
  await other.page.getByRole('button', { name: 'Sign in' }).click();
  await other.page.getByText('Email and password do not match.').waitFor();
  expect(await other.page.getByLabel('Email').inputValue()).toBe(nora.email);
  await signIn(other.page, nora.email, nora.password);
  expect(other.troubles).toEqual([]);
  expect(visitor.troubles).toEqual([]);
});
