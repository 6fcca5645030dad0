// Reconciliation in the browser: answers are lost, the sum still adds up, and a person settles what nobody can know. The
// emulator's own count is the judge of who got what how often.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Campaign, Report } from '../contract/campaigns.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Api, apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, visit } from './browser.ts';
import { type Carillon, startCarillon, until } from './carillon.ts';
import { counts, type Emulator, startEmulator } from './phone.ts';

const crowd = 40;
const blocked = [700_004, 700_031];
let emulator: Emulator;
let carillon: Carillon;
let browser: Browser;
let api: Api;
let campaignId: string;

keepPicturesOfFailures(() => browser);
beforeAll(async () => {
  emulator = await startEmulator();
  const env = {
    ...owner,
    DATABASE_URL: await testDatabase(),
    SANDBOX: 'off',
    TELEGRAM_API_ROOT: emulator.url,
  };
  const ids = await emulator.crowd(crowd);
  [carillon, browser] = await Promise.all([startCarillon({ env }), launchBrowser()]);
  api = apiOf(carillon);
  const { id: connection_id } = await api.made<{ id: string }>('/connections', {
    channel: 'telegram',
    credentials: { token: emulator.bot.token },
  });
  await api.done('/contacts/batch', {
    contacts: ids.map((id) => ({
      first_name: `Person${id}`,
      identities: [{ connection_id, address: String(id) }],
    })),
  });
  for (const user of blocked)
    await emulator.control('state', { bot: emulator.bot.id, user, state: 'blocked' });
  // three messages arrive and their answers are lost: by connection reset, and by an answer that cannot be read
  for (const [kind, chat] of [
    ['reset_after', 700_010],
    ['reset_after', 700_020],
    ['garbage', 700_030],
  ])
    await emulator.control('faults', { kind, bot: emulator.bot.id, chat, count: 1 });
  const campaign = await api.made<Campaign>('/campaigns', {
    name: 'Everybody once',
    connection_id,
    content: { text: 'Dear {{ contact.first_name }}, once.' },
  });
  campaignId = campaign.id;
  await api.done(`/campaigns/${campaignId}/launch`);
  await until(
    'all is sent',
    async () => (await api.read<Campaign>(`/campaigns/${campaignId}`)).status === 'published',
  );
});
afterAll(async () => {
  await browser?.close();
  await carillon?.end();
  emulator?.program.signal('SIGTERM');
});

/** What axe calls serious or critical, in light and in dark. */
async function findingsOf(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor({ state: 'attached' });
    await page.evaluate('Promise.allSettled(document.getAnimations().map((one) => one.finished))');
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const { id, impact, nodes } of violations)
      if (impact === 'serious' || impact === 'critical')
        found.push(`${colorScheme} ${id}: ${nodes.map((node) => node.target.join(' ')).join(' | ')}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}

test('from the badge in the list to "every message is accounted for"', async () => {
  const visitor = await visit(browser, { url: carillon.url });
  const { page } = visitor;
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await page.getByRole('button', { name: 'To settle' }).click();
  const badge = page.getByRole('link', { name: '3 unknown in Everybody once: settle' });
  await badge.waitFor();
  const rows = page.getByRole('table', { name: 'Campaigns' }).locator('tbody tr');
  await expect.poll(() => rows.count()).toBe(1);
  await badge.click();

  await page.getByRole('heading', { name: 'Of 3 people nobody knows whether they got it' }).waitFor();
  expect(await page.getByTestId('progress-sum').textContent()).toBe('35 + 2 + 0 + 3 + 0 = 40 planned');
  const unknown = page.getByRole('region', { name: 'Unknown' });
  await unknown.getByText('Connection lost after sending; the answer never came').waitFor();
  expect(await findingsOf(page)).toEqual([]);

  // each group opens its people
  await page.getByRole('button', { name: /^Show people.*Blocked contact/ }).click();
  const people = page.getByRole('region', { name: 'People of the group' });
  for (const id of blocked) await people.getByRole('link', { name: `Person${id}`, exact: true }).waitFor();
  expect(await people.getByRole('link', { name: /^Person/ }).count()).toBe(2);
  await people.getByRole('button', { name: 'History of the message to Person700004' }).click();
  const history = page.getByRole('list', { name: 'History' });
  await history.getByText('Refused').waitFor();
  await history.getByText(/Blocked contact \(.*bot was blocked by the user/).waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await page.keyboard.press('Escape');

  // one cause is counted as sent: nobody is messaged
  const cause = /^Count as sent: The answer could not be read/;
  await unknown.getByRole('button', { name: cause }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Some of them may never have got the message.').waitFor();
  await dialog.getByRole('button', { name: 'Count as sent' }).click();
  await page.getByRole('heading', { name: 'Of 2 people nobody knows whether they got it' }).waitFor();

  // the others get it again, and the dialog says what that can mean
  await unknown.getByRole('button', { name: 'Resend to these 2' }).click();
  await dialog.getByText('Some of them may get the message twice.').waitFor();
  expect(await findingsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Resend to these 2' }).click();
  await page.getByRole('heading', { name: 'Every message is accounted for.' }).waitFor();
  expect(await page.getByTestId('progress-sum').textContent()).toBe('38 + 2 + 0 + 0 + 0 = 40 planned');
  const { by_chat } = await counts(emulator.control, emulator.bot.id);
  // these two had it already: only a person could decide to send it to them again
  expect(Object.entries(by_chat).filter(([, n]) => n > 1)).toEqual([
    ['700010', 2],
    ['700020', 2],
  ]);
  expect(await api.read<Report>(`/campaigns/${campaignId}/report`)).toMatchObject({
    sent: 38,
    failed: 2,
    unknown: 0,
  });
  expect(visitor.troubles).toEqual([]);
  await visitor.context.close();
});

test('somebody else was faster: the button says so and does nothing', async () => {
  const campaign = await api.done<Campaign>(`/campaigns/${campaignId}/duplicate`);
  await emulator.control('faults', { kind: 'reset_after', bot: emulator.bot.id, count: 2 });
  const { run_id } = await api.done<{ run_id: string }>(`/campaigns/${campaign.id}/launch`);
  await until(
    'it is sent',
    async () => (await api.read<Campaign>(`/campaigns/${campaign.id}`)).status === 'published',
  );
  const { unknown } = await api.read<Report>(`/campaigns/${campaign.id}/report`);
  expect(unknown).toBeGreaterThan(0);
  const before = await counts(emulator.control, emulator.bot.id);
  const visitor = await visit(browser, { url: carillon.url, width: 390, height: 844, refusals: [409] });
  const { page } = visitor;
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await page.goto(`/campaigns/${campaign.id}/reconciliation`);
  await page.getByRole('button', { name: /^Resend to/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Some of them may get the message twice.').waitFor();
  await api.done(`/campaigns/${campaign.id}/count_unknown_as_sent`, { run_id, expected: unknown });
  await dialog.getByRole('button', { name: /^Resend to/ }).click();
  await dialog.getByText(/unknown when you looked, nobody is any more/).waitFor();
  await dialog.getByRole('button', { name: 'Leave them unknown' }).click();
  await page.getByRole('heading', { name: 'Every message is accounted for.' }).waitFor();
  expect(await findingsOf(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  expect((await counts(emulator.control, emulator.bot.id)).accepted).toBe(before.accepted);
  expect(visitor.troubles).toEqual([]);
  await visitor.context.close();
});
