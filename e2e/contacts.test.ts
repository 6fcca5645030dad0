// The contact list in the browser: filters that stand in the address, a selection beyond the page, and a change of many that
// is still in view after a reload.
import { AxeBuilder } from '@axe-core/playwright';
import pg from 'pg';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../server/testing/database.ts';
import { apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, visit } from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';

let carillon: Carillon;
let browser: Browser;
let database: pg.Client;
const people = 3000;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  const DATABASE_URL = await testDatabase();
  [carillon, browser] = await Promise.all([
    startCarillon({ env: { ...owner, DATABASE_URL, SANDBOX: 'off' } }),
    launchBrowser(),
  ]);
  database = new pg.Client({ connectionString: DATABASE_URL });
  await database.connect();
  await database.query(
    `INSERT INTO contacts (workspace_id, id, first_name, last_name, email, tags, orders_count, orders_value, created_at, updated_at)
     SELECT w.id, new_id(), (ARRAY['Zoe', 'Ann', 'Bea', 'Émile'])[1 + n % 4], 'Person ' || n, 'p' || n || '@shop.example',
       CASE WHEN n % 3 = 0 THEN ARRAY['vip'] ELSE '{}'::text[] END,
       n % 4, (n % 4) * 412.5, now() - n * interval '1 minute', now()
     FROM generate_series(1, $1::int) n, workspaces w`,
    [people],
  );
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
  await database?.end();
});

/** For a look by eye, where CONTACTS_PICTURES names a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.CONTACTS_PICTURES;
  if (!folder) return;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 390]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(400);
      await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png` });
    }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}
async function findingsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`);
}
const rowNames = (page: Page) =>
  page.getByRole('table', { name: 'Contacts' }).locator('tbody a').allInnerTexts();

test('filters stand in the address, and many are tagged at once while the page is reloaded', async () => {
  const { page, troubles } = await visit(browser, { url: carillon.url });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await page.goto('/contacts');
  await expect.poll(() => page.getByTestId('contact-count').textContent()).toBe('3,000');
  await expect.poll(() => rowNames(page)).toContain('Ann Person 1');
  const table = page.getByRole('table', { name: 'Contacts' });
  await expect.poll(() => table.getByText('€412.50').first().isVisible()).toBe(true);
  await picture(page, 'list');

  // pages, there and back
  await page.getByRole('button', { name: 'Next page' }).click();
  await expect.poll(() => page.getByTestId('pager').textContent()).toBe('51–100 of 3,000');
  await expect.poll(() => rowNames(page)).toContain('Bea Person 62');
  await page.getByRole('button', { name: 'Previous page' }).click();
  await expect.poll(() => page.getByTestId('pager').textContent()).toBe('1–50 of 3,000');
  await expect.poll(() => rowNames(page)).toContain('Ann Person 1');

  // order by name: É beside E
  await page.getByRole('button', { name: 'Name' }).click();
  await expect.poll(async () => (await rowNames(page))[0]).toBe('Ann Person 1');
  await page.getByRole('button', { name: 'Name' }).click();
  await expect.poll(async () => (await rowNames(page))[0]).toBe('Zoe Person 996');

  // a search and a tag; the browser's back takes the tag away again
  await page.getByLabel('Search name, email, phone').fill('zoe');
  await expect.poll(() => page.getByTestId('contact-count').textContent()).toBe('750');
  await page.getByRole('button', { name: 'vip' }).first().click();
  await expect.poll(() => page.getByTestId('contact-count').textContent()).toBe('250');
  expect(new URL(page.url()).searchParams.get('tags')).toBe('["vip"]');
  await page.goBack();
  await expect.poll(() => page.getByTestId('contact-count').textContent()).toBe('750');
  await page.goForward();
  await expect.poll(() => page.getByTestId('contact-count').textContent()).toBe('250');

  // the filter suggests them, too, and stays open where one is chosen by the mouse
  await page.getByRole('button', { name: 'Tags: vip' }).click();
  const filter = page.getByRole('dialog', { name: 'Tags' });
  await filter.getByRole('combobox', { name: 'Has all of these tags' }).press('Backspace');
  await expect.poll(() => page.getByTestId('contact-count').textContent()).toBe('750');
  await filter.getByRole('combobox').press('ArrowDown');
  await filter.getByRole('option', { name: 'vip' }).waitFor();
  await picture(page, 'tags-filter');
  expect(await findingsOf(page)).toEqual([]);
  await filter.getByRole('option', { name: 'vip' }).click();
  await expect.poll(() => page.getByTestId('contact-count').textContent()).toBe('250');
  await filter.getByRole('combobox').press('Escape');
  await filter.waitFor({ state: 'hidden' });

  // a range with shift, the rest of the page, everybody who matches
  const boxes = page.getByRole('table', { name: 'Contacts' }).getByRole('checkbox', { name: /^Select Zoe/ });
  const placeOfRow = async () => (await boxes.nth(1).boundingBox())?.y;
  const before = await placeOfRow();
  await boxes.nth(1).click();
  const bar = page.getByRole('region', { name: 'What to do with those selected' });
  await bar.waitFor();
  // the next click hits the row it was meant for
  expect(await placeOfRow()).toBe(before);
  await boxes.nth(4).click({ modifiers: ['Shift'] });
  await expect.poll(() => bar.getByRole('status').textContent()).toBe('4 of 250 selected');
  await picture(page, 'selected');
  await bar.getByRole('button', { name: 'Select all 250 matching' }).click();
  await boxes.nth(0).click();
  await expect.poll(() => bar.getByRole('status').textContent()).toBe('249 of 250 selected');
  expect(await findingsOf(page)).toEqual([]);

  // one of them is being changed elsewhere: the work waits in the middle, whatever the machine's speed
  const [{ id: held }] = (
    await database.query(
      `SELECT id FROM contacts WHERE first_name = 'Zoe' AND tags @> '{vip}' AND last_name <> 'Person 996' ORDER BY id DESC LIMIT 1`,
    )
  ).rows;
  await database.query('BEGIN');
  await database.query('SELECT 1 FROM contacts WHERE id = $1 FOR UPDATE', [held]);
  await bar.getByRole('button', { name: 'Add tags' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add tags' });
  // the tags there are can be chosen by the keys; a new one is typed
  const field = dialog.getByRole('combobox', { name: 'Tags' });
  await field.fill('VI');
  const known = page.getByRole('option', { name: 'vip' });
  await known.waitFor();
  await picture(page, 'tags-suggested');
  await field.press('ArrowDown');
  await field.press('Enter');
  await expect.poll(() => dialog.getByText('vip', { exact: true }).count()).toBe(1);
  await field.press('Backspace');
  // what is typed and not entered counts
  await field.fill('spring');
  await expect.poll(() => dialog.getByRole('button', { name: 'Add to 249 people' }).isEnabled()).toBe(true);
  await picture(page, 'tags-dialog');
  await dialog.getByRole('button', { name: 'Add to 249 people' }).click();
  const work = page.getByRole('region', { name: 'Under way' });
  await work.getByText('Adding the tag spring').waitFor();
  await page.reload();
  await work.getByText('Adding the tag spring').waitFor();
  await work.getByText('of 249 people').first().waitFor();
  await picture(page, 'under-way');
  await database.query('COMMIT');
  await page.getByText('249 people changed').waitFor();
  await picture(page, 'done');
  const { count } = await apiOf(carillon).read<{ count: number }>('/contacts/count?tags=spring&tags=vip');
  expect(count).toBe(249);

  // nobody
  await page.getByLabel('Search name, email, phone').fill('nobody at all');
  await page.getByRole('heading', { name: 'Nobody matches' }).waitFor();
  await picture(page, 'nobody');
  await page.getByRole('main').getByRole('button', { name: 'Clear filters' }).last().click();
  await expect.poll(() => page.getByTestId('contact-count').textContent()).toBe('3,000');
  expect(troubles).toEqual([]);
});

test('on a phone the bar of the selection is one row in place of the footer', async () => {
  const { page, troubles } = await visit(browser, { url: carillon.url, width: 390, height: 844 });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await page.goto('/contacts?search=zoe');
  const boxes = page.getByRole('checkbox', { name: /^Select Zoe/ });
  const pager = page.getByTestId('pager');
  await expect.poll(() => pager.textContent()).toBe('1–50 of 750');
  await page.getByRole('combobox', { name: 'Sort by' }).click();
  await page.getByRole('option', { name: 'Name, Z to A' }).click();
  await page.getByRole('checkbox', { name: 'Select Zoe Person 996' }).waitFor();
  const before = (await boxes.nth(1).boundingBox())?.y;
  await boxes.nth(0).click();
  const bar = page.getByRole('region', { name: 'What to do with those selected' });
  await bar.getByText('1 of 750 selected').waitFor();
  expect((await boxes.nth(1).boundingBox())?.y).toBe(before);
  expect((await bar.boundingBox())?.height).toBeLessThanOrEqual(48);
  expect(await findingsOf(page)).toEqual([]);
  await bar.getByRole('button', { name: 'More to do with those selected' }).click();
  await page.getByRole('menuitem', { name: 'Select all 750 matching' }).click();
  await bar.getByText('All 750 selected').waitFor();
  await bar.getByRole('button', { name: 'Clear the selection' }).click();
  await expect.poll(() => pager.textContent()).toBe('1–50 of 750');
  expect(troubles).toEqual([]);
});

test('a list that failed is asked again as it was; what cannot be asked is taken out alone', async () => {
  const { page, troubles } = await visit(browser, { url: carillon.url, refusals: [404, 422, 429] });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  const main = page.getByRole('main');
  const rule = encodeURIComponent(JSON.stringify({ field: 'nothing_of_ours', op: 'is', value: 1 }));
  await page.goto(`/contacts?search=zoe&segment_id=seg_0000000000000000&rule=${rule}`);
  await main.getByRole('heading', { name: 'A condition in this link is not known' }).waitFor();
  expect(await main.textContent()).not.toMatch(/orders_count|[0-9a-f]{8}-/);
  await picture(page, 'wrong-condition');
  await main.getByRole('button', { name: 'Remove the conditions' }).click();
  await main.getByRole('heading', { name: 'The segment in this link is gone' }).waitFor();
  await main.getByRole('button', { name: 'Remove the segment filter' }).click();
  await expect.poll(() => page.getByTestId('contact-count').textContent()).toBe('750');

  await page.route('**/api/v1/contacts?*', (route) =>
    route.fulfill({ status: 429, json: { status: 429, code: 'RATE_LIMITED', detail: 'Wait a moment.' } }),
  );
  await page.goto('/contacts?search=zoe');
  const again = main.getByRole('button', { name: 'Try again' });
  await again.waitFor();
  await page.unroute('**/api/v1/contacts?*');
  await again.click();
  await expect.poll(() => rowNames(page)).toContain('Zoe Person 4');
  expect(new URL(page.url()).searchParams.get('search')).toBe('zoe');
  expect(troubles).toEqual([]);
});
