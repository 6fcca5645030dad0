// The list of campaigns as a team with hundreds of them uses it: narrowed, sorted, paged, kept in the address, and changed many
// at once; what was archived comes back.
import pg from 'pg';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Campaign } from '../contract/campaigns.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Api, apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, type Visitor, visit } from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';

const many = 500;
/** A day on which one goes out. */
const planned = '2031-05-14';
let carillon: Carillon;
let browser: Browser;
let visitor: Visitor;
let page: Page;
let api: Api;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  const env = { ...owner, SANDBOX: 'off', DATABASE_URL: await testDatabase() };
  [carillon, browser] = await Promise.all([startCarillon({ env }), launchBrowser()]);
  api = apiOf(carillon);
  const make = (name: string) => api.made<Campaign>('/campaigns', { name });
  for (let first = 0; first < many; first += 25)
    await Promise.all(
      Array.from({ length: 25 }, (_, index) => make(`Winter ${String(first + index + 1).padStart(3, '0')}`)),
    );
  // as if all of them had been given up before their time
  const client = new pg.Client({ connectionString: env.DATABASE_URL });
  await client.connect();
  await client.query(`UPDATE campaigns SET status = 'cancelled'`);
  for (const name of ['Spring sale', 'Glaze workshop']) await make(name);
  await client.query(
    `UPDATE campaigns SET status = 'scheduled', scheduled_at = $1, schedule = $2 WHERE name = 'Glaze workshop'`,
    [`${planned}T09:00:00Z`, { mode: 'at', local: `${planned}T09:00`, time_zone: 'UTC' }],
  );
  await client.end();
  visitor = await visit(browser, { url: carillon.url });
  page = visitor.page;
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
});

const rows = () => page.getByRole('table', { name: 'Campaigns' }).locator('tbody tr');
const pager = () => page.getByTestId('pager');
const archived = async () =>
  (await api.read<{ total: number }>('/campaigns/counts?status=archived&kind=broadcast')).total;

test('a search narrows the list, the address keeps search, order and page, and a reload shows the same', async () => {
  await page.getByLabel('Search name or ID').fill('winter');
  await page.getByText(`1–50 of ${many}`).waitFor();
  await page.getByRole('button', { name: 'Name', exact: true }).click();
  await rows().first().getByText('Winter 001').waitFor();
  await page.getByRole('button', { name: 'Next page' }).click();
  await rows().first().getByText('Winter 051').waitFor();
  const address = new URL(page.url());
  expect(Object.fromEntries(address.searchParams)).toMatchObject({
    search: 'winter',
    sort: 'name',
    page: '2',
  });
  await page.reload();
  await rows().first().getByText('Winter 051').waitFor();
  expect(await pager().textContent()).toBe(`51–100 of ${many}`);
  await page.getByRole('button', { name: 'Previous page' }).click();
  await rows().first().getByText('Winter 001').waitFor();
});

test('the list as it stands is kept as a view, and opened again from anywhere', async () => {
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: 'Save this view' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Winter by name');
  await page.getByRole('button', { name: 'Save view' }).click();
  await page.getByRole('button', { name: 'Winter by name' }).waitFor();
  await page.goto('/campaigns');
  await page.getByText(`1–50 of ${many + 3}`).waitFor();
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: 'Winter by name' }).click();
  await rows().first().getByText('Winter 001').waitFor();
  await page.getByText(`1–50 of ${many}`).waitFor();
});

test('a star puts a campaign first whatever the order', async () => {
  await page.getByRole('button', { name: 'Feature Winter 050' }).click();
  await rows().first().getByText('Winter 050').waitFor();
  await page.getByRole('button', { name: 'Feature Winter 050' }).click();
  await rows().first().getByText('Winter 001').waitFor();
});

test('all 500 that a search means are archived together, and nothing else', async () => {
  await page.getByLabel('Select all rows of this page').check();
  await page.getByRole('button', { name: `Select all ${many}` }).click();
  await page.getByText(`All ${many} selected`).waitFor();
  await page.getByRole('button', { name: 'Change status' }).click();
  await page.getByRole('menuitem', { name: 'Archive' }).click();
  await page.getByRole('button', { name: `Archive ${many} campaigns` }).click();
  await page.getByText('Archived: 500 campaigns').waitFor({ timeout: 30_000 });
  expect(await archived()).toBe(many);
  await page.getByText('No campaign matches').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).first().click();
  await page.getByRole('link', { name: 'Spring sale' }).waitFor();
});

test('one of them comes back from the archive, the others stay there', async () => {
  await page.goto('/campaigns?status=archived&sort=-name');
  await page.getByText(`1–50 of ${many}`).waitFor();
  await page.getByRole('button', { name: 'Actions for Winter 500' }).click();
  await page.getByRole('menuitem', { name: 'Restore' }).click();
  await page.getByText('Campaign restored').waitFor();
  expect(await archived()).toBe(many - 1);
});

test('the calendar shows what goes out on which day, and leads there', async () => {
  await page.goto(`/campaigns?show=calendar&month=${planned.slice(0, 7)}`);
  const calendar = page.getByRole('region', { name: 'Calendar' });
  await calendar.getByRole('link', { name: /^09:00 Glaze workshop.*scheduled/ }).click();
  await page.getByRole('heading', { name: 'Glaze workshop', level: 1 }).waitFor();
});

test('nothing went wrong in the browser on the way', () => {
  expect(visitor.troubles).toEqual([]);
});
