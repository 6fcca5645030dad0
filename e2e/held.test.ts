// A backup that is older than the world: restored and started with --held it sends nothing, whoever starts it again, until a person has
// seen what would go out. The emulator counts what arrived, before the backup, after it, and after the restore.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Campaign, Report } from '../contract/campaigns.ts';
import type { Held } from '../contract/held.ts';
import { type Api, apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, visit } from './browser.ts';
import { type Carillon, freshFolder, startCarillon, until } from './carillon.ts';
import { counts, startEmulator } from './phone.ts';

const crowd = 60;
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
keepPicturesOfFailures(() => browser);

test('a restored backup started with --held sends nothing until it is released; who was messaged after the backup is not messaged twice', async () => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.program.signal('SIGTERM'));
  const env = { ...owner, SANDBOX: 'off', TELEGRAM_API_ROOT: emulator.url };
  const arrived = async () => (await counts(emulator.control, emulator.bot.id)).accepted;
  const start = async (dataDir: string, args: string[] = []): Promise<{ node: Carillon; api: Api }> => {
    const node = await startCarillon({ dataDir, env, args });
    onTestFinished(() => node.end());
    return { node, api: apiOf(node) };
  };
  const live = freshFolder();
  const ids = await emulator.crowd(crowd);
  const { node: first, api } = await start(live);
  const connection = await api.made<{ id: string }>('/connections', {
    channel: 'telegram',
    credentials: { token: emulator.bot.token },
  });
  await api.done('/contacts/batch', {
    contacts: ids.map((id) => ({
      first_name: `Person${id}`,
      identities: [{ connection_id: connection.id, address: String(id) }],
    })),
  });
  const write = (on: Api, name: string, more: object = {}) =>
    on.made<Campaign>('/campaigns', {
      name,
      connection_id: connection.id,
      content: { text: `${name}, once.` },
      ...more,
    });
  const sale = await write(api, 'Autumn sale', { settings: { messages_per_minute: 600 } });
  await api.done(`/campaigns/${sale.id}/launch`);
  await until('some of them have it', async () => (await arrived()) >= crowd / 4);

  // the backup, and the world that goes on after it
  expect(await first.stop()).toBe(0);
  const backup = path.join(freshFolder(), 'restored');
  // -a keeps the rights of the folders, which PostgreSQL insists on
  execFileSync('cp', ['-a', live, backup]);
  const { node: second, api: afterwards } = await start(live);
  await until(
    'everybody has it',
    async () => (await afterwards.read<Campaign>(`/campaigns/${sale.id}`)).status === 'published',
  );
  expect(await arrived()).toBe(crowd);
  await second.stop();

  const { node: restored, api: held } = await start(backup, ['--held']);
  expect(restored.output()).toMatch(/Held: nothing is sent from this database/);
  const list = await held.read<Held>('/held');
  expect(list.since).not.toBeNull();
  expect(list.campaigns).toMatchObject([{ campaign_id: sale.id, status: 'sending', released: false }]);
  const waiting = list.campaigns[0]!.waiting;
  expect(waiting).toBeGreaterThan(0);
  expect(waiting).toBeLessThanOrEqual(crowd - crowd / 4);

  // the mark is in the database: killed and started without the flag it still sends nothing
  await restored.kill();
  const { node, api: still } = await start(backup);
  expect((await still.read<Held>('/held')).since).toBe(list.since);
  // a campaign that is let go by itself shows that this node looks and sends
  const news = await write(still, 'Winter news');
  await still.done(`/campaigns/${news.id}/launch`);
  await still.done('/held/release', { campaign_ids: [news.id] });
  await until(
    'the one that was let go is through',
    async () => (await still.read<Campaign>(`/campaigns/${news.id}`)).status === 'published',
  );
  expect(await arrived()).toBe(2 * crowd);

  // a person looks: the banner on every page, the list, the safe choice, and the release
  const { page, troubles } = await visit(browser, { url: node.url });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await page.getByRole('status').getByRole('link', { name: 'See what waits' }).click();
  await page.getByRole('heading', { name: 'Held', level: 1 }).waitFor();
  await page.getByText('messages that were sent after the backup was made are not in it').waitFor();
  await page
    .getByRole('row', { name: /Autumn sale/ })
    .getByText(`${waiting} people`)
    .waitFor();
  await page.getByRole('button', { name: 'Cancel what was waiting: Autumn sale' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel what was waiting' }).click();
  await page.getByText('Nothing is waiting.').waitFor();
  await page.getByRole('button', { name: 'Release all' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Release all' }).click();
  await page.getByText('Nothing is held').waitFor();
  await page.getByText('Nothing is sent:').waitFor({ state: 'hidden' });
  expect(troubles).toEqual([]);

  await until(
    'what was given up is written down',
    async () => (await still.read<Report>(`/campaigns/${sale.id}/report`)).cancelled === waiting,
  );
  const last = await write(still, 'Everything runs');
  await still.done(`/campaigns/${last.id}/launch`);
  await until(
    'it sends again',
    async () => (await still.read<Campaign>(`/campaigns/${last.id}`)).status === 'published',
  );
  const all = await counts(emulator.control, emulator.bot.id);
  expect(all).toMatchObject({ accepted: 3 * crowd, duplicates_total: 0 });
  expect(Object.values(all.by_chat).every((count) => count === 3)).toBe(true);
});
