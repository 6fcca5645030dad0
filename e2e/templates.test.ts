// Templates as a person uses them: one of the library is filled and becomes a draft; one of their own is written, changed,
// brought back to what it said before, and used.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../server/testing/database.ts';
import { owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, type Visitor, visit } from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';

let carillon: Carillon;
let browser: Browser;
let visitor: Visitor;
let page: Page;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  const env = { ...owner, DATABASE_URL: await testDatabase() };
  [carillon, browser] = await Promise.all([startCarillon({ env, args: ['--empty'] }), launchBrowser()]);
  visitor = await visit(browser, { url: carillon.url, refusals: [422] });
  page = visitor.page;
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
});

test('a template of the library is filled through a form and becomes a draft', async () => {
  await page.goto('/templates');
  await page.getByRole('heading', { name: 'Transactional Campaigns' }).waitFor();
  await page.getByRole('button', { name: 'Use in campaign: Event Invitation' }).click();
  const dialog = page.getByRole('dialog');
  // what is missing is said beside it, and the focus goes there
  await dialog.getByRole('button', { name: 'Make campaign' }).click();
  await dialog.getByText('Fill in Event name.').waitFor();
  await dialog.getByLabel('Event name').fill('*Winter* {{ evening }}');
  await dialog.getByLabel('Date').fill('2026-12-05');
  await dialog.getByLabel('Link').fill('nowhere');
  await dialog.getByText('Link is an address').waitFor();
  await dialog.getByLabel('Link').fill('https://shop.example/a_b');
  // the value is text: no mark and no variable comes out of it
  await dialog
    .getByTestId('preview')
    .getByText(
      'Join us for *Winter* {{ evening }} on 5 December 2026. Register now: https://shop.example/a_b',
    )
    .waitFor();
  await dialog.getByRole('button', { name: 'Make campaign' }).click();
  await page.waitForURL(/\/campaigns\/cmp_.*\/edit/);
  await page.getByLabel('Campaign name').waitFor();
  expect(await page.getByLabel('Campaign name').inputValue()).toBe('Event Invitation');
  expect(await page.getByLabel('Type', { exact: true }).first().inputValue()).toBe('Event announcement');
});

test('a template is taken into the draft that is being written', async () => {
  await page.goto(`${new URL(page.url()).pathname}?step=message`);
  const text = page.getByLabel('Message text');
  await expect.poll(() => text.inputValue()).toContain('Join us');
  await page.getByRole('button', { name: 'Use a template' }).click();
  await page.getByRole('dialog').getByLabel('Search by name').fill('flash');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Flash Sale/ })
    .click();
  const dialog = page.getByRole('dialog', { name: 'Use “Flash Sale”' });
  await dialog.getByRole('button', { name: 'Put into the message' }).click();
  await dialog.getByText('Fill in Discount in %.').waitFor();
  await dialog.getByLabel('Discount in %').fill('20');
  await dialog.getByLabel('Products').fill('all mugs');
  await dialog.getByLabel('Discount code').fill('MUGS20');
  await dialog.getByRole('button', { name: 'Put into the message' }).click();
  await expect
    .poll(() => text.inputValue())
    .toBe('Flash Sale! 🔥 Get up to 20% off on all mugs. Limited time offer! Use code: MUGS20');
  await page.getByText('Saved').first().waitFor();
});

test('a template of one’s own: its places are found, each save is a version, an old one comes back', async () => {
  await page.goto('/templates/new');
  await page.getByLabel('Name', { exact: true }).fill('Members only');
  const text = page.getByLabel('Message text');
  await text.fill('Hi {{ contact.first_name | default: "there" }}, use *{{ code }}*');
  await page.getByText('{{ code }}', { exact: true }).waitFor();
  await page.getByTestId('preview').getByText('[Code]').waitFor();
  await page.getByRole('button', { name: 'Save template' }).click();
  await page.getByRole('link', { name: 'Members only' }).click();
  await text.fill('{{ code | upcase }}');
  await page.getByRole('button', { name: 'Save template' }).click();
  await page.getByText('{{ code }} is not among the variables of this template').waitFor();
  await text.fill('Take {{ code }}');
  await page.getByRole('button', { name: 'Save template' }).click();
  await page.getByRole('link', { name: 'Members only' }).click();
  await page.getByRole('button', { name: 'Go back to version 1' }).click();
  await page.getByText('Version 3', { exact: true }).waitFor();
  await expect.poll(() => text.inputValue()).toContain('use *{{ code }}*');
  await page.goto('/templates?show=own');
  await page.getByRole('button', { name: 'Use in campaign: Members only' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Code/).fill('M_1');
  await dialog.getByLabel('Campaign name').fill('To members');
  await dialog.getByRole('button', { name: 'Make campaign' }).click();
  await page.waitForURL(/\/campaigns\/cmp_.*\/edit/);
  await page.goto(`${new URL(page.url()).pathname}?step=message`);
  await expect
    .poll(() => text.inputValue())
    .toBe('Hi {{ contact.first_name | default: "there" }}, use *M_1*');
  expect(visitor.troubles).toEqual([]);
});
