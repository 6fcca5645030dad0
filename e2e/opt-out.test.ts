// Opting out in the browser: a person writes a sentence on the phone, an operator decides about a doubtful one, undoes a
// mistaken one, and finds who did what in the history.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../server/testing/database.ts';
import { apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, visit } from './browser.ts';
import { type Carillon, startCarillon } from './carillon.ts';
import { type Emulator, startEmulator } from './phone.ts';

let emulator: Emulator;
let carillon: Carillon;
let browser: Browser;
const [ann, bea] = [700_001, 700_002];

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  emulator = await startEmulator();
  const env = {
    ...owner,
    DATABASE_URL: await testDatabase(),
    SANDBOX: 'off',
    TELEGRAM_API_ROOT: emulator.url,
  };
  await emulator.control('users', {
    users: [
      { id: ann, first_name: 'Ann' },
      { id: bea, first_name: 'Bea' },
    ],
  });
  [carillon, browser] = await Promise.all([startCarillon({ env }), launchBrowser()]);
  await apiOf(carillon).made('/connections', {
    channel: 'telegram',
    credentials: { token: emulator.bot.token },
  });
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
  emulator?.program.signal('SIGTERM');
});

const write = (user: number, text: string) =>
  emulator.control('message', { bot: emulator.bot.id, user, text });
/** For a look by eye, where OPT_OUT_PICTURES names a folder. */
async function picture(page: Page, name: string, widths = [1440, 390]): Promise<void> {
  const folder = process.env.OPT_OUT_PICTURES;
  if (!folder) return;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of widths) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(400);
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}-${width}.png` });
    }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}
async function findingsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}

test('a doubtful message is decided by a person, a sentence opts out by itself and can be undone', async () => {
  const { page, troubles } = await visit(browser, { url: carillon.url });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await write(ann, 'You write too often');
  await page.goto('/inbox');
  await page.getByText('May want to stop: please decide').waitFor();
  await page.getByRole('button', { name: 'Decide' }).click();
  await page.getByRole('link', { name: /Ann/ }).click();
  const question = page.getByRole('region', { name: 'May want to stop' });
  await question.getByText('“You write too often”').waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await picture(page, 'question');
  await question.getByRole('button', { name: 'Opt out' }).click();
  await question.waitFor({ state: 'detached' });
  // the button is gone; the keyboard goes on in the thread
  expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Messages');
  const contact = page.getByRole('complementary', { name: 'Contact' });
  await contact.getByText('Opted out', { exact: true }).waitFor();

  await write(bea, 'Lovely mug, but please don’t write me any more');
  await page.goto('/inbox');
  await page.getByRole('link', { name: /Bea.*Opted out of campaigns/ }).click();
  await contact.getByText('By a message').waitFor();
  await contact.getByRole('button', { name: 'Undo' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Undo opt-out' }).click();
  await dialog.getByText('This cannot be empty.').waitFor();
  await picture(page, 'undo', [1440]);
  await dialog.getByLabel('Why it was a misunderstanding').fill('She meant the letters, not us');
  await dialog.getByRole('button', { name: 'Undo opt-out' }).click();
  await dialog.waitFor({ state: 'detached' });
  await contact.getByText('Not asked', { exact: true }).waitFor();
  await contact.getByRole('button', { name: 'Show history' }).click();
  const history = contact.getByRole('list', { name: 'History of consent' });
  await history.getByText('Reason: She meant the letters, not us').waitFor();
  expect(await history.getByRole('listitem').count()).toBe(2);
  expect(await findingsOf(page)).toEqual([]);
  await picture(page, 'history', [1440]);
  await page.setViewportSize({ width: 390, height: 900 });
  await page.getByRole('button', { name: 'About Bea' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Show history' }).click();
  await page.getByRole('dialog').getByText('Reason: She meant the letters, not us').waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await picture(page, 'history', [390]);
  expect(troubles.filter((one) => !one.includes('422'))).toEqual([]);
});
