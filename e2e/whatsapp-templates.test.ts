// A template for WhatsApp as a person writes it: problems beside their fields, handed in, approved and paused by webhook while
// the list is open.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../server/testing/database.ts';
import { apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, type Visitor, visit } from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';
import { type Control, controlAt } from './phone.ts';

let carillon: Carillon;
let browser: Browser;
let visitor: Visitor;
let page: Page;
let control: Control;
let waba: string;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  const env = { ...owner, DATABASE_URL: await testDatabase() };
  [carillon, browser] = await Promise.all([startCarillon({ env, args: ['--empty'] }), launchBrowser()]);
  visitor = await visit(browser, { url: carillon.url });
  page = visitor.page;
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  const cookies = await visitor.context.cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  control = controlAt(`${carillon.url}/sandbox`, cookie);
  const number = await control<Record<'id' | 'waba' | 'token' | 'app_secret' | 'verify_token', string>>(
    'whatsapp/numbers',
    { verified_name: 'Marlow Ceramics' },
  );
  waba = number.waba;
  await control('whatsapp/moderation', { waba, delay_ms: null });
  await apiOf(carillon).made('/connections', {
    channel: 'whatsapp',
    sandbox: true,
    name: 'Marlow Ceramics',
    credentials: {
      phone_number_id: number.id,
      waba_id: waba,
      access_token: number.token,
      app_secret: number.app_secret,
      verify_token: number.verify_token,
    },
  });
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
});

test('a template is written, and what WhatsApp would refuse stands beside its field', async () => {
  await page.goto('/templates?show=approved');
  await page.getByRole('link', { name: 'Write a template' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Spring Sale');
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('spring_sale');
  const text = page.getByLabel('Text', { exact: true });
  await text.fill('{{1}}, our sale ends soon');
  await page.getByRole('button', { name: 'Hand in for approval' }).click();
  await page.getByText('A variable cannot be the first thing').waitFor();
  await page.getByText('Give an example for {{1}}').waitFor();
  await text.fill('Hi , our *spring sale* ends on Friday. Come and see.');
  await text.press('Home');
  for (const _ of 'Hi ') await text.press('ArrowRight');
  await page.getByRole('button', { name: 'Add variable' }).click();
  await page.getByLabel('Example for {{1}}', { exact: true }).fill('Ann');
  await page.getByTestId('preview').getByText('Hi Ann, our').waitFor();
  await page.getByLabel('Footer').fill('Reply STOP to unsubscribe');
  await page.getByRole('button', { name: 'Add button' }).click();
  await page.getByRole('menuitem', { name: 'Open an address' }).click();
  await page.getByLabel('Button 1: Text').fill('Shop now');
  await page.getByLabel('Button 1: Address').fill('https://shop.example/{{1}}');
  await page.getByLabel('Button 1: Example for {{1}}').fill('spring');
  await page.getByRole('button', { name: 'Hand in for approval' }).click();
  await page.getByText('spring_sale was handed in').waitFor();
});

test('what WhatsApp decides shows at once, and what to do about it', async () => {
  const row = page.getByRole('row', { name: /spring_sale/ });
  await row.getByText('In review').waitFor();
  const judge = (event: string) => control('whatsapp/judge', { waba, template: 'spring_sale', event });
  await judge('APPROVED');
  await row.getByText('Approved').waitFor();
  await judge('PAUSED');
  await row.getByText('Paused').waitFor();
  await row.getByRole('link', { name: 'spring_sale' }).click();
  await page.getByText('The first pause lasts 3 hours').first().waitFor();
  await page.getByText('Handed in for approval').waitFor();
  expect(visitor.troubles).toEqual([]);
});
