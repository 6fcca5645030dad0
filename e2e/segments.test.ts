// A segment's life in the panel: begun from a preset, changed while it is counted, saved, given to a campaign, asked for by another
// segment that is written without a mouse, and not deleted while that one needs it.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../server/testing/database.ts';
import { type Api, apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, type Visitor, visit } from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';
import { type Emulator, startEmulator } from './phone.ts';
import { goStep } from './wizard.ts';

let emulator: Emulator;
let carillon: Carillon;
let browser: Browser;
let visitor: Visitor;
let page: Page;
let api: Api;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  [emulator, browser] = await Promise.all([startEmulator(), launchBrowser()]);
  carillon = await startCarillon({
    env: { ...owner, TELEGRAM_API_ROOT: emulator.url, SANDBOX: 'off', DATABASE_URL: await testDatabase() },
  });
  api = apiOf(carillon);
  const connection = await api.made<{ id: string }>('/connections', {
    channel: 'telegram',
    name: 'Shop bot',
    credentials: { token: emulator.bot.token },
  });
  const crowd = await emulator.crowd(20);
  await api.done('/contacts/batch', {
    contacts: crowd.map((address, index) => ({
      first_name: `Person${index}`,
      tags: index < 5 ? ['vip'] : index < 9 ? ['club'] : [],
      identities: [{ connection_id: connection.id, address: String(address) }],
    })),
  });
  visitor = await visit(browser, { url: carillon.url, refusals: [404] });
  page = visitor.page;
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
  emulator?.program.signal('SIGTERM');
});

const count = () => page.getByTestId('people-count').textContent();

test('from a preset to a saved segment, counted while it changes; an outdated count never comes back', async () => {
  await page.getByRole('link', { name: 'Segments', exact: true }).click();
  await page.getByRole('link', { name: /^VIP customers/ }).click();
  await expect.poll(count).toBe('5 people');
  await page
    .getByRole('group', { name: 'Condition: Value of all orders is at least 500', exact: false })
    .waitFor();

  // the answer to the next change is held back until the one after it has been answered
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const asked: string[] = [];
  await page.route('**/segments/preview', async (route) => {
    asked.push(route.request().postData() ?? '');
    if (asked.length === 1) await held;
    await route.continue().catch(() => undefined);
  });
  const taken = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/segments/preview'));
  const tags = page.getByRole('textbox', { name: 'Tags' }).or(page.getByRole('combobox', { name: 'Tags' }));
  await tags.fill('nobody-has-this');
  await tags.press('Enter');
  await page.getByTestId('count-state').getByText('Counting…').waitFor();
  await expect.poll(() => asked.length).toBe(1);
  await tags.fill('club');
  await tags.press('Enter');
  await taken;
  await expect.poll(count).toBe('9 people');
  release();
  await page.unroute('**/segments/preview');
  await expect.poll(count).toBe('9 people');

  // a condition that is not finished is not counted, and is named when it is to be saved
  await page.getByRole('button', { name: 'Add condition' }).click();
  await page.getByTestId('count-state').getByText('Waiting for the rest of a condition').waitFor();
  await page.getByRole('button', { name: 'Save segment' }).click();
  await page.getByText('Choose what the condition is about.').waitFor();
  await page.getByRole('button', { name: 'Remove: Not begun yet' }).click();

  await page.getByRole('link', { name: 'Contacts', exact: true }).click();
  await page.getByRole('dialog').getByText('Leave without saving?').waitFor();
  await page.getByRole('button', { name: 'Stay here' }).click();
  await page.getByRole('button', { name: 'Save segment' }).click();
  await page.getByRole('heading', { name: 'VIP customers', level: 1 }).waitFor();
  await page.getByText('Has any of the tags “vip”, “VIP”, “nobody-has-this” or “club”').waitFor();
  await expect.poll(() => page.getByTestId('segment-count').textContent()).toBe('9');
  await expect.poll(() => page.getByRole('list', { name: 'People' }).getByRole('listitem').count()).toBe(9);
  expect(visitor.troubles).toEqual([]);
});

test('a campaign takes it by its name, and says how many will get it', async () => {
  await page.getByRole('link', { name: 'Campaigns', exact: true }).click();
  await page.getByRole('button', { name: 'Add campaign' }).first().click();
  await page.getByLabel('Campaign name').fill('For regulars');
  await goStep(page, 'Audience');
  await page.getByTestId('audience-hint').getByText('20 people will receive it').waitFor();
  await page.getByRole('radio', { name: 'Segments' }).check();
  await page.getByText('Choose at least one segment.').waitFor();
  const picker = page.getByPlaceholder('Choose segments by name');
  await picker.fill('vip');
  await page.getByRole('option', { name: /VIP customers.*9 people/ }).click();
  await page.getByTestId('audience-hint').getByText('9 people will receive it').waitFor();
  expect(visitor.troubles).toEqual([]);
});

test('without a mouse: a segment that asks for the first, and then the first cannot be deleted', async () => {
  const { keyboard } = page;
  const focused = () =>
    page.evaluate<string>(`(() => {
      const node = document.activeElement;
      return (node.getAttribute('aria-label') ?? node.labels?.[0]?.textContent ?? node.textContent ?? '').trim();
    })()`);
  const tabTo = async (name: string | RegExp) => {
    for (let step = 0; step < 60; step++) {
      const here = await focused();
      if (typeof name === 'string' ? here === name : name.test(here)) return;
      await keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${name}`);
  };
  const options = () => page.getByRole('option').count();
  await api.made('/segments', { name: 'Guests' });
  await page.goto('/segments');
  await page.getByRole('row', { name: /VIP customers.*By rule.*9/ }).waitFor();
  await tabTo('Add segment');
  await keyboard.press('Enter');
  await page.getByLabel('Name', { exact: true }).waitFor();
  await tabTo('Name');
  await keyboard.type('Everybody else');
  await tabTo('Add condition');
  await keyboard.press('Enter');
  // the new condition has the keyboard: typing searches, Enter takes what was found first
  await expect.poll(focused).toBe('About');
  await keyboard.type('segment');
  await expect.poll(options).toBe(1);
  await page.locator('[role="option"][data-combobox-selected]').waitFor();
  await keyboard.press('Enter');
  await tabTo('How');
  await keyboard.press('Enter');
  await expect.poll(options).toBe(2);
  const marked = page.locator('[role="option"][data-combobox-selected]');
  // pressed until it is there: a list that is still opening hears no arrow
  const arrowTo = (where: () => Promise<string | undefined>, goal: string) =>
    expect
      .poll(async () => {
        await keyboard.press('ArrowDown');
        return where();
      })
      .toBe(goal);
  await arrowTo(async () => (await marked.allTextContents())[0], 'is not in');
  await keyboard.press('Enter');
  await page.getByRole('group', { name: 'Condition: Is not in the segment …' }).waitFor();
  await tabTo('Segment');
  await expect.poll(options).toBe(2);
  await keyboard.type('VIP');
  await expect.poll(options).toBe(1);
  await keyboard.press('Enter');
  await expect.poll(count).toBe('11 people');
  // a second one, moved before the first, and taken out again
  await tabTo('Add condition');
  await keyboard.press('Enter');
  await expect.poll(focused).toBe('About');
  await keyboard.type('email');
  await expect.poll(options).toBe(1);
  await keyboard.press('Enter');
  await tabTo('Move or copy: Email is …');
  await keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Move up' }).waitFor();
  await arrowTo(focused, 'Move up');
  await keyboard.press('Enter');
  const conditions = page.getByRole('group', { name: /^Condition:/ });
  await expect.poll(() => conditions.first().getAttribute('aria-label')).toBe('Condition: Email is …');
  await tabTo('Remove: Email is …');
  await keyboard.press('Enter');
  // the keyboard goes to what stands beside the one that is gone
  await expect.poll(focused).toBe('About');
  expect(await conditions.count()).toBe(1);
  await tabTo('Save segment');
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Everybody else', level: 1 }).waitFor();
  await page.getByText('Is not in the segment “VIP customers”').waitFor();

  // the first one is needed by two, and says so
  await page.goto('/segments');
  await page.getByRole('link', { name: 'Used by 2 segments and campaigns' }).click();
  await page.getByRole('link', { name: 'For regulars' }).waitFor();
  await page.getByRole('link', { name: 'Everybody else' }).waitFor();
  await page.getByRole('button', { name: 'Actions for VIP customers' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('“VIP customers” cannot be deleted yet').waitFor();
  expect(await dialog.getByRole('link').allTextContents()).toEqual(['Everybody else']);
  await page.keyboard.press('Escape');
  expect(visitor.troubles).toEqual([]);
});
