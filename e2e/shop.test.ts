// A shop is connected in the panel, step by step; it is removed, and connected again as the shop that it was.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Contact } from '../contract/contacts.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Api, apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, type Visitor, visit } from './browser.ts';
import { type Carillon, freePort, startCarillon } from './carillon.ts';

let carillon: Carillon;
let browser: Browser;
let visitor: Visitor;
let page: Page;
let api: Api;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  browser = await launchBrowser();
  const port = await freePort();
  const env = {
    ...owner,
    SANDBOX: 'off',
    PORT: String(port),
    // http: WooCommerce takes it, Shopify does not
    PUBLIC_URL: `http://localhost:${port}`,
    DATABASE_URL: await testDatabase(),
  };
  carillon = await startCarillon({ env });
  api = apiOf(carillon);
  visitor = await visit(browser, { url: carillon.url });
  page = visitor.page;
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await page.goto('/connections');
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
});

/** Signed as WooCommerce does it, with what the dialog shows. */
async function deliver(secret: string, address: string): Promise<number> {
  const body = readFileSync('server/shop/connectors/woocommerce/fixtures/customer.json');
  const response = await fetch(carillon.url + new URL(address).pathname, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-wc-webhook-topic': 'customer.created',
      'x-wc-webhook-signature': createHmac('sha256', secret).update(body).digest('base64'),
      'x-wc-webhook-source': 'https://klei.example/',
      'x-wc-webhook-id': '5',
      'x-wc-webhook-delivery-id': crypto.randomUUID(),
    },
    body,
  });
  return response.status;
}

/** In the dialog of its set-up: the shop delivers with what is shown there. */
async function setsUp(): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'WooCommerce: set up webhooks' });
  await dialog.getByText('Nothing has come yet.').waitFor();
  const steps = dialog.getByRole('list').first().locator('> li');
  expect(await steps.count()).toBe(3);
  const address = await dialog.getByRole('textbox', { name: 'Delivery URL' }).inputValue();
  expect(await deliver('not-what-the-dialog-shows', address)).toBe(401);
  expect(await deliver(await dialog.getByRole('textbox', { name: 'Secret' }).inputValue(), address)).toBe(
    200,
  );
  await dialog.getByText('The shop delivers here.').waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
}

const people = async () =>
  (await api.read<{ data: Contact[] }>('/contacts')).data.map(({ external_id }) => external_id);

test('the dialog says what to paste where, and shows by itself that the shop delivers', async () => {
  await page.getByRole('button', { name: 'Connect a shop' }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect a shop' });
  await dialog.getByText('WooCommerce', { exact: true }).click();
  // Shopify takes https only, and this installation has none
  expect(await dialog.getByText(/https addresses only/).count()).toBe(0);
  await dialog.getByRole('button', { name: 'Connect shop' }).click();
  await setsUp();
  expect(await people()).toEqual(['26']);
});

test('removed and connected again, it is asked whether it is the same shop; then its customers are who they were', async () => {
  await page.getByRole('button', { name: 'More for WooCommerce' }).click();
  await page.getByRole('menuitem', { name: 'Remove shop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove shop' }).click();
  await page.getByRole('heading', { name: 'Connect Shopify or WooCommerce' }).waitFor();
  await page.getByRole('button', { name: 'Connect a shop' }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect a shop' });
  expect(await dialog.getByText('Was this shop connected here before?').count()).toBe(0);
  await dialog.getByText('WooCommerce', { exact: true }).click();
  const connect = dialog.getByRole('button', { name: 'Connect shop' });
  await dialog.getByRole('radiogroup', { name: 'Was this shop connected here before?' }).waitFor();
  expect(await connect.getAttribute('aria-disabled')).toBe('true');
  await dialog.getByRole('radio', { name: /^Yes, it is WooCommerce/ }).check();
  await dialog.getByText(/https:\/\/klei\.example\/?, removed on/).waitFor();
  await connect.click();
  await setsUp();
  expect(await people()).toEqual(['26']);
  expect((await api.read<{ data: { id_prefix: string }[] }>('/shop_connectors')).data).toMatchObject([
    { id_prefix: '' },
  ]);
  expect(visitor.troubles).toEqual([]);
});
