// A campaign that repeats, seen in the panel while a date is being sent and between two dates: its report is reached by every
// way, and one date is cancelled without the others. The emulator counts what arrived.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Campaign } from '../contract/campaigns.ts';
import { inWords, localTimeOf } from '../contract/zones.ts';
import { type Api, apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, type Visitor, visit } from './browser.ts';
import { until } from './carillon.ts';
import { type Clocked, startClocked } from './clocked.ts';
import { counts, type Emulator, startEmulator } from './phone.ts';

const crowd = 6;
const dayMs = 86_400_000;
let emulator: Emulator;
let clocked: Clocked;
let browser: Browser;
let visitor: Visitor;
let api: Api;
let connection: string;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  [emulator, browser] = await Promise.all([startEmulator(), launchBrowser()]);
  clocked = await startClocked(emulator.url);
  api = apiOf(clocked);
  const ids = await emulator.crowd(crowd);
  ({ id: connection } = await api.made<{ id: string }>('/connections', {
    channel: 'telegram',
    credentials: { token: emulator.bot.token },
  }));
  await api.done('/contacts/batch', {
    contacts: ids.map((id) => ({
      first_name: `Person${id}`,
      identities: [{ connection_id: connection, address: String(id) }],
    })),
  });
  visitor = await visit(browser, { url: clocked.url });
  await signIn(visitor.page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
});
afterAll(async () => {
  await browser?.close();
  await clocked?.stop();
  emulator?.program.signal('SIGTERM');
});

const read = (id: string) => api.read<Campaign>(`/campaigns/${id}`);
const accepted = async () => (await counts(emulator.control, emulator.bot.id)).accepted;

test('one date is cancelled while it is sent, the next goes out, and the report is there between them', async () => {
  const { page } = visitor;
  const tomorrow = localTimeOf(new Date(Date.now() + dayMs), 'UTC').slice(0, 10);
  const dates = [0, 1].map((days) => new Date(Date.parse(`${tomorrow}T09:00:00Z`) + days * dayMs));
  const { id } = await api.made<Campaign>('/campaigns', {
    name: 'Daily letter',
    connection_id: connection,
    content: { text: 'Good morning.' },
    schedule: {
      mode: 'recurring',
      rrule: 'FREQ=DAILY;COUNT=20',
      local: `${tomorrow}T09:00`,
      time_zone: 'UTC',
    },
    // slow enough to be stopped in the middle, however long the panel takes
    settings: { messages_per_minute: 4 },
  });
  await api.done(`/campaigns/${id}/launch`);
  await clocked.goTo(dates[0] as Date);
  await until('it is being sent', async () => (await accepted()) > 0);

  await page.goto('/campaigns');
  await page.getByText('Promotional, every day at 09:00 in UTC, 20 times').waitFor();
  await page.getByRole('link', { name: 'Daily letter' }).first().click();
  const next = inWords(dates[1] as Date, 'UTC');
  await page
    .getByText(`Repeats every day at 09:00 in UTC, 20 times. Next: ${next}; 19 dates are left.`)
    .waitFor();
  const spoken = page.getByLabel('Progress').locator('[aria-live]');
  await expect.poll(() => spoken.textContent()).toMatch(/^Sending, /);
  await page.getByRole('button', { name: 'Cancel sending' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('This and all later dates (19 later)').waitFor();
  expect(await dialog.getByLabel('This date only').isChecked()).toBe(true);
  await dialog.getByText(`It goes on with its next date, ${next} in UTC.`).waitFor();
  await dialog.getByRole('button', { name: 'Cancel sending' }).click();
  // at once, and not when its five seconds are over
  await page.getByText('Scheduled', { exact: true }).first().waitFor();
  expect(await spoken.textContent()).not.toContain('Sending');
  await expect.poll(() => spoken.textContent()).toMatch(/^Cancelled, \d+ sent$/);
  const sent = await accepted();
  expect(sent).toBeLessThan(crowd);
  expect(await read(id)).toMatchObject({
    status: 'scheduled',
    next_at: (dates[1] as Date).toISOString(),
    occurrences: { done: 1, left: 19 },
  });

  // nobody has to look on at the next one
  const swift = await api.call('PATCH', `/campaigns/${id}`, { settings: { messages_per_minute: null } });
  expect(swift.status).toBe(200);
  await clocked.goTo(dates[1] as Date);
  await until('the next date is out', async () => {
    const { status, occurrences } = await read(id);
    return status === 'scheduled' && occurrences?.done === 2;
  });
  expect(await accepted(), 'nothing more of the cancelled date').toBe(sent + crowd);

  // between two dates: by its name, the menu, the composer and the calendar
  await page.goto('/campaigns');
  await page.getByRole('link', { name: 'Daily letter' }).first().click();
  await page.waitForURL(`**/campaigns/${id}`);
  await page.getByText('18 dates are left').waitFor();
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.getByRole('link', { name: 'Report of what was sent' }).click();
  await page.waitForURL(`**/campaigns/${id}`);
  await page.goto('/campaigns');
  await page.getByRole('button', { name: 'Actions for Daily letter' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).waitFor();
  await page.getByRole('menuitem', { name: 'Open report' }).waitFor();
  await page.getByRole('menuitem', { name: 'Cancel campaign' }).click();
  await page
    .getByText(/^2 dates have gone out and stay as they are\. The 18 that are left are not sent/)
    .waitFor();
  await page.getByRole('button', { name: 'Go back' }).click();
  await page.goto(`/campaigns?show=calendar&month=${tomorrow.slice(0, 7)}`);
  await page
    .getByRole('link', { name: /Daily letter.*sent/ })
    .first()
    .click();
  await page.waitForURL(/\/campaigns\/cmp_\w+\?run=run_/);
  await expect.poll(() => spoken.textContent()).toBe(`Cancelled, ${sent} sent`);
  await page.getByRole('combobox', { name: 'Run' }).waitFor();
  expect(visitor.troubles).toEqual([]);
});
