// A campaign with a time of its own, as a person plans it; then its hour comes while nothing runs: a little late and much too
// late, with two nodes that come back at the same moment. The emulator counts what arrived.
import pg from 'pg';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Campaign } from '../contract/campaigns.ts';
import { fromWireId } from '../contract/ids.ts';
import { inWords, localTimeOf } from '../contract/zones.ts';
import { testDatabase } from '../server/testing/database.ts';
import { apiOf, owner } from './api.ts';
import { keepPicturesOfFailures, launchBrowser, signIn, visit } from './browser.ts';
import { freshFolder, startCarillon, until } from './carillon.ts';
import { counts, startEmulator } from './phone.ts';
import { pressSend, stepAddress } from './wizard.ts';

const crowd = 40;
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
keepPicturesOfFailures(() => browser);

test('planned in the panel, sent once by whichever node comes back first; what is too late waits for a person', async () => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.program.signal('SIGTERM'));
  const DATABASE_URL = await testDatabase();
  const ENCRYPTION_KEY = '1f'.repeat(32);
  const env = { ...owner, DATABASE_URL, ENCRYPTION_KEY, SANDBOX: 'off', TELEGRAM_API_ROOT: emulator.url };
  const dataDir = freshFolder();
  const first = await startCarillon({ env, dataDir });
  onTestFinished(() => first.end());
  const api = apiOf(first);
  const ids = await emulator.crowd(crowd);
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
  const write = (name: string) =>
    api.made<Campaign>('/campaigns', {
      name,
      connection_id: connection.id,
      content: { text: `${name}, once.` },
    });
  const [little, much] = [await write('A little late'), await write('Much too late')];

  // a person plans both for tomorrow morning in Tokyo
  const tomorrow = `${localTimeOf(new Date(Date.now() + 2 * 86_400_000), 'Asia/Tokyo').slice(0, 10)}T09:00`;
  const moment = new Date(`${tomorrow}:00+09:00`);
  const { page, troubles } = await visit(browser, { url: first.url });
  await signIn(page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  for (const campaign of [little, much]) {
    await page.goto(stepAddress(campaign.id, 'Schedule'));
    await page.getByText('At a time', { exact: true }).click();
    await page.getByLabel('Date and time').fill('2020-01-01T09:00');
    await page.getByText(/^That was .* ago/).waitFor();
    await page.getByLabel('Date and time').fill(tomorrow);
    await page.getByRole('combobox', { name: 'Time zone' }).click();
    await page.getByRole('combobox', { name: 'Time zone' }).fill('Tokyo');
    await page.getByRole('option', { name: 'Asia/Tokyo' }).click();
    await page.getByText(`Goes out on ${inWords(moment, 'Asia/Tokyo')} in Tokyo, which is`).waitFor();
    await pressSend(page, 'Schedule');
    await page.getByRole('button', { name: `Schedule for ${crowd} people` }).click();
    await page
      .getByRole('row', { name: new RegExp(`${campaign.name}.*Scheduled.*09:00.*Asia/Tokyo`) })
      .waitFor();
    expect(await api.read<Campaign>(`/campaigns/${campaign.id}`)).toMatchObject({
      status: 'scheduled',
      schedule: { mode: 'at', local: tomorrow, time_zone: 'Asia/Tokyo' },
      scheduled_at: moment.toISOString(),
    });
  }
  expect(troubles).toEqual([]);

  // one that is given up before its time: nobody is messaged, and its page says so
  const never = await write('Never sent');
  await api.call('PATCH', `/campaigns/${never.id}`, {
    schedule: { mode: 'at', local: tomorrow, time_zone: 'Asia/Tokyo' },
  });
  await api.done(`/campaigns/${never.id}/launch`);
  await page.goto('/campaigns');
  await page.getByRole('button', { name: 'Actions for Never sent' }).click();
  await page.getByRole('menuitem', { name: 'Cancel campaign' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel campaign' }).click();
  await page.getByRole('row', { name: /Never sent.*Cancelled/ }).click();
  await page.getByText('Cancelled before its time: nobody was messaged.').waitFor();
  expect(troubles).toEqual([]);

  // everything stops, the hours pass: ten minutes ago and two hours ago
  expect(await first.stop()).toBe(0);
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  for (const [campaign, minutes] of [
    [little, 10],
    [much, 120],
  ] as const)
    await client.query(
      `UPDATE campaigns SET scheduled_at = now() - make_interval(mins => $2) WHERE id = $1`,
      [fromWireId('cmp', campaign.id), minutes],
    );
  await client.end();
  const nodes = await Promise.all([
    startCarillon({ env, dataDir }),
    startCarillon({ env: { ...env, ROLE: 'worker' }, dataDir: freshFolder() }),
  ]);
  onTestFinished(async () => {
    for (const node of nodes) await node.end();
  });
  const back = apiOf(nodes[0]);
  const read = (campaign: Campaign) => back.read<Campaign>(`/campaigns/${campaign.id}`);
  await until(
    'the one that is a little late is sent',
    async () => (await read(little)).status === 'published',
    100_000,
  );
  await until('the other is held', async () => (await read(much)).status === 'paused');
  expect((await read(much)).status_reason).toMatch(/^Held: Carillon came to it 2 h( 1 min)? late/);
  expect(await counts(emulator.control, emulator.bot.id)).toMatchObject({
    accepted: crowd,
    duplicates_total: 0,
  });

  const again = await visit(browser, { url: nodes[0].url });
  await signIn(again.page, owner.OWNER_EMAIL, owner.OWNER_PASSWORD);
  await again.page.getByRole('link', { name: 'Held', exact: true }).click();
  await again.page.getByText(/Carillon came to it 2 h( 1 min)? late/).waitFor();
  await again.page.getByRole('button', { name: 'Send now: Much too late' }).click();
  await again.page.getByRole('dialog').getByRole('button', { name: 'Send now' }).click();
  await again.page.getByText('Nothing is held').waitFor();
  await until('it is sent as well', async () => (await read(much)).status === 'published');
  const all = await counts(emulator.control, emulator.bot.id);
  expect(all).toMatchObject({ accepted: 2 * crowd, duplicates_total: 0 });
  expect(Object.values(all.by_chat).every((count) => count === 2)).toBe(true);
  expect(again.troubles).toEqual([]);
});
