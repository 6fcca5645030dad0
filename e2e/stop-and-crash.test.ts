// Stop and crash: whatever ends a node in the middle of a broadcast, everybody gets the message once, nobody twice, and what
// nobody can know is called unknown. The emulator is a process of its own, so its count survives every crash of ours.
import { expect, onTestFinished, test } from 'vitest';
import type { Campaign, Report } from '../contract/campaigns.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Api, apiOf, owner } from './api.ts';
import { type Carillon, freshFolder, startCarillon, until } from './carillon.ts';
import { counts, type Emulator, startEmulator } from './phone.ts';

const crowd = 300;
/** At 30 a second the sending takes ten seconds; the blow falls when about a quarter is through. */
const quarter = 75;

interface Stage {
  emulator: Emulator;
  env: Record<string, string>;
  first: Carillon;
}

/** An emulator with its crowd and a first node that knows them all. */
async function setTheStage(env: Record<string, string> = {}, dataDir?: string): Promise<Stage> {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.program.signal('SIGTERM'));
  const all = { ...owner, SANDBOX: 'off', TELEGRAM_API_ROOT: emulator.url, ...env };
  const [ids, first] = await Promise.all([emulator.crowd(crowd), startCarillon({ env: all, dataDir })]);
  onTestFinished(() => first.end());
  const api = apiOf(first);
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
  return { emulator, env: all, first };
}

/** Writes and launches a campaign to everybody and waits until the emulator has had a quarter of it. */
async function sendToAQuarter(api: Api, emulator: Emulator): Promise<string> {
  const [connection] = (await api.read<{ data: { id: string }[] }>('/connections')).data;
  const campaign = await api.made<Campaign>('/campaigns', {
    name: 'Everybody once',
    connection_id: connection!.id,
    content: { text: 'Dear {{ contact.first_name }}, once.' },
  });
  const { planned } = await api.done<{ planned: number }>(`/campaigns/${campaign.id}/launch`);
  expect(planned).toBe(crowd);
  await until(
    'a quarter has arrived',
    async () => (await counts(emulator.control, emulator.bot.id)).accepted >= quarter,
  );
  return campaign.id;
}

/** Waits, without any act of ours, until the campaign has come to its end. */
async function toItsEnd(api: Api, campaignId: string): Promise<Report> {
  await until(
    'the campaign goes on by itself and ends',
    async () => (await api.read<Campaign>(`/campaigns/${campaignId}`)).status === 'published',
    90_000,
  );
  return api.read<Report>(`/campaigns/${campaignId}/report`);
}

/** What must hold after any blow. Unknown ones may have arrived or not; nothing else is left open. */
async function expectHonest(report: Report, emulator: Emulator): Promise<void> {
  expect(report.planned).toBe(crowd);
  expect(report.sent + report.failed + report.skipped + report.unknown).toBe(report.planned);
  expect(report.unknown).toBeLessThanOrEqual(30);
  const { accepted, duplicates_total, by_chat } = await counts(emulator.control, emulator.bot.id);
  expect(duplicates_total).toBe(0);
  expect(Object.values(by_chat).every((count) => count <= 1)).toBe(true);
  expect(accepted).toBeGreaterThanOrEqual(report.sent);
  expect(accepted).toBeLessThanOrEqual(report.sent + report.unknown);
}

test('SIGTERM in the middle of a broadcast and a new start: everybody has it once, nothing is unknown', async () => {
  const dataDir = freshFolder();
  const { emulator, env, first } = await setTheStage({}, dataDir);
  const campaignId = await sendToAQuarter(apiOf(first), emulator);
  expect(await first.stop()).toBe(0);
  const { accepted } = await counts(emulator.control, emulator.bot.id);
  expect(accepted).toBeLessThan(crowd);
  const second = await startCarillon({ dataDir, env });
  onTestFinished(() => second.end());
  const report = await toItsEnd(apiOf(second), campaignId);
  expect(report).toMatchObject({ sent: crowd, unknown: 0, failed: 0, skipped: 0 });
  await expectHonest(report, emulator);
});

test('kill -9 in the middle of a broadcast and a new start: no duplicate, and the sums add up', async () => {
  const dataDir = freshFolder();
  const { emulator, env, first } = await setTheStage({}, dataDir);
  const campaignId = await sendToAQuarter(apiOf(first), emulator);
  await first.kill();
  const second = await startCarillon({ dataDir, env });
  onTestFinished(() => second.end());
  await expectHonest(await toItsEnd(apiOf(second), campaignId), emulator);
});

test('two nodes on one database: when one is killed, the other finishes the broadcast', async () => {
  const env = { DATABASE_URL: await testDatabase(), ENCRYPTION_KEY: '1f'.repeat(32) };
  const { emulator, env: all, first } = await setTheStage(env);
  const web = await startCarillon({ env: { ...all, ROLE: 'web' } });
  onTestFinished(() => web.end());
  const worker = await startCarillon({ args: ['--role', 'worker'], env: all });
  onTestFinished(() => worker.end());
  expect(worker.output()).toContain('Carillon worker is ready.');
  const campaignId = await sendToAQuarter(apiOf(web), emulator);
  await first.kill();
  await expectHonest(await toItsEnd(apiOf(web), campaignId), emulator);
});
