// The curl lines of the guide, run as they stand: each page by one bash, from top to bottom, against a node and the emulator. A
// refused request, an unset variable or an id that was not found is a mistake of the guide.
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Campaign, Report } from '../contract/campaigns.ts';
import { shopScopes } from '../contract/roles.ts';
import type { Workspace } from '../contract/workspaces.ts';
import { anMp4 } from '../server/media/testing-files.ts';
import { testDatabase } from '../server/testing/database.ts';
import { type Api, apiOf, owner } from './api.ts';
import { type Carillon, freePort, freshFolder, root, startCarillon, until } from './carillon.ts';
import { counts, type Emulator, startEmulator } from './phone.ts';

let emulator: Emulator;
let carillon: Carillon;
let api: Api;
let number: { id: string; waba: string; token: string; app_secret: string };

beforeAll(async () => {
  emulator = await startEmulator();
  const port = await freePort();
  const env = {
    ...owner,
    TELEGRAM_API_ROOT: emulator.url,
    WHATSAPP_API_ROOT: emulator.url,
    SANDBOX: 'off',
    PORT: String(port),
    // links are counted where the world can reach us
    PUBLIC_URL: `http://localhost:${port}`,
    DATABASE_URL: await testDatabase(),
  };
  carillon = await startCarillon({ env });
  api = apiOf(carillon);
  const { id: connection_id } = await api.made<{ id: string }>('/connections', {
    channel: 'telegram',
    name: 'Marlow Ceramics',
    credentials: { token: emulator.bot.token },
  });
  // the newest connection is a WhatsApp number, as on the demo; the pages mean the bot where they say so
  const other = await emulator.control<typeof number>('whatsapp/numbers', { app_secret: 'another-secret' });
  await api.done('/connections', { channel: 'whatsapp', credentials: credentialsOf(other) });
  number = await emulator.control('whatsapp/numbers', { app_secret: 'the-app-secret' });
  await emulator.control('whatsapp/people', { people: [{ wa_id: '4915155500123', name: 'Grace' }] });
  const people = await emulator.crowd(24);
  await api.done('/contacts/batch', {
    contacts: people.map((address, index) => ({
      external_id: String(index),
      first_name: `P${index}`,
      tags: index % 8 === 0 ? ['regular', 'vip'] : ['regular'],
      identities: [{ connection_id, address: String(address) }],
    })),
  });
});
afterAll(async () => {
  await carillon?.end();
  emulator?.program.signal('SIGTERM');
});

const credentialsOf = ({ id, waba, token, app_secret }: typeof number) => ({
  phone_number_id: id,
  waba_id: waba,
  access_token: token,
  app_secret,
  verify_token: 'a-word-of-our-own',
});

interface Block {
  line: number;
  code: string;
}

/** What a person copies from the page: its blocks in ```bash, each with the line that it begins at. */
function blocksOf(page: string): Block[] {
  const text = readFileSync(path.join(root, 'docs/guide', page), 'utf8');
  return [...text.matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map(({ 1: code = '', index }) => ({
    line: text.slice(0, index).split('\n').length,
    code,
  }));
}

/** Runs a page and returns what each block printed, by its first line. Fails with every request that was refused. */
async function runPage(page: string, token = owner.API_TOKEN): Promise<Record<string, string>> {
  const folder = path.join(freshFolder(), 'desk');
  mkdirSync(folder);
  const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#357' } });
  writeFileSync(path.join(folder, 'mug.jpg'), await picture.jpeg().toBuffer());
  writeFileSync(path.join(folder, 'kiln.mp4'), anMp4());
  const blocks = blocksOf(page);
  const script = [
    'set -u',
    'curl() { command curl --fail-with-body --max-time 15 "$@" || echo "$BLOCK: $*" >> refused.txt; }',
    ...blocks.map(({ line, code }) => `BLOCK=${line}\n{\n${ownPlace(code, token)}} > "block-${line}.txt"`),
  ].join('\n');
  const { code, stderr } = await bash(script, folder);
  const said = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  const outputs = Object.fromEntries(blocks.map(({ line }) => [line, said(`block-${line}.txt`)]));
  const refused = readdirSync(folder).includes('refused.txt') ? said('refused.txt') : '';
  const failing = refused.split('\n').flatMap((line) => outputs[line.split(':')[0] ?? ''] ?? []);
  expect(`${refused}${failing.join('\n')}${stderr}`, `${page}, by the line of the block`).toBe('');
  expect(code).toBe(0);
  return outputs;
}

/** The values that the reader puts in. */
function ownPlace(code: string, token: string): string {
  return code
    .replace(/^BASE=.*$/m, `BASE=${carillon.url}/api/v1`)
    .replace(/^TOKEN=.*$/m, `TOKEN=${token}`)
    .replace(/^PHONE_NUMBER_ID=.*$/m, `PHONE_NUMBER_ID=${number.id}`)
    .replace(/^WABA_ID=.*$/m, `WABA_ID=${number.waba}`)
    .replace(/^ACCESS_TOKEN=.*$/m, `ACCESS_TOKEN=${number.token}`)
    .replace(/^APP_SECRET=.*$/m, `APP_SECRET=${number.app_secret}`);
}

function bash(script: string, cwd: string): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], { cwd, timeout: 25_000 }, (error, _stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, stderr }),
    );
  });
}

test('every page with lines for a shell is run here', () => {
  const pages = readdirSync(path.join(root, 'docs/guide')).filter((name) => name.endsWith('.md'));
  const fences = (page: string) =>
    readFileSync(path.join(root, 'docs/guide', page), 'utf8').match(/^```(\w+)/gm);
  expect(pages.filter((page) => blocksOf(page).length > 0)).toEqual(['api.md', 'campaigns.md', 'shop.md']);
  for (const page of pages) expect(fences(page) ?? [], page).not.toContain('```sh');
});

test('campaigns.md: a campaign from its draft to its report, as the page says it', async () => {
  const said = Object.values(await runPage('campaigns.md')).join('\n');
  expect(said).toContain('"excluded":3');
  expect(said).toContain('Get up to 20% off on all mugs');
  expect(said).toContain('Your code for this week: *KILN7*');
  expect(said).toContain('"words":"Every Friday');
  expect(said).toContain('"ready":true');
  expect(said).toContain('https://marlow.example/glaze');
  // the winner was picked: nobody waits any more, and nothing of it is under way when the next page begins
  await until('it is through', async () => {
    const { data } = await api.read<{ data: Campaign[] }>('/campaigns?search=Glaze&status=published');
    return data.length === 1;
  });
  const [sent] = (await api.read<{ data: Campaign[] }>('/campaigns?search=Glaze&status=published')).data;
  const report = await api.read<Report>(`/campaigns/${sent?.id}/report`);
  expect(report).toMatchObject({ planned: 24, failed: 0, unknown: 0, variants: { winner: 'b' } });
  expect(report.skipped).toBe(3 + (report.holdout?.people ?? 0));
});

test('api.md: people, orders, a campaign, an answer, and brakes put on and taken off', async () => {
  // one message whose answer is lost, for those that are unknown, and one person who writes, for the answer
  await emulator.control('faults', { kind: 'reset_after', bot: emulator.bot.id, count: 1 });
  const before = await counts(emulator.control, emulator.bot.id);
  await emulator.control('message', { bot: emulator.bot.id, user: 700_003, text: 'Is it on its way?' });
  await until('the message is in the inbox', async () => {
    const unread = await api.read<{ data: unknown[] }>('/conversations?unread=true');
    return unread.data.length > 0;
  });
  const said = Object.values(await runPage('api.md')).join('\n');
  expect(said).toContain('Thank you, it is on its way.');
  expect(said).toContain('"verb":"resend"');
  expect(said).toContain('"max":2');
  // the approved template, in one list of one person, as the emulator counted it
  expect(said).toContain('"number":1,"first":1,"last":1');
  const onWhatsApp = await emulator.control<{ accepted: number }>(`whatsapp/stats?number=${number.id}`);
  expect(onWhatsApp.accepted).toBe(1);
  const workspace = await api.read<Workspace>('/workspace');
  expect([workspace.frequency_caps, workspace.quiet_hours]).toEqual([[], null]);
  // the campaign, the answer, and the one that was sent again because its answer was lost
  await expect
    .poll(async () => (await counts(emulator.control, emulator.bot.id)).accepted - before.accepted)
    .toBe(24 + 1 + 1);
});

test('shop.md: from a token with the scopes that it names to what a customer gets', async () => {
  const text = readFileSync(path.join(root, 'docs/guide/shop.md'), 'utf8');
  const named = text.match(/^Make a token[\s\S]*?\n\n/m)![0].match(/[a-z]+:[a-z]+/g) ?? [];
  expect(named).toEqual([...shopScopes, 'campaigns:read', 'campaigns:write', 'campaigns:send']);
  const { token } = await api.made<{ token: string }>('/tokens', { name: 'Shop', scopes: named });
  const mirabel = 790_001;
  await emulator.control('users', { users: [{ id: mirabel, first_name: 'Mirabel' }] });
  await emulator.control('message', { bot: emulator.bot.id, user: mirabel, text: '/start' });
  await until('she is a contact', async () => {
    const found = await api.read<{ data: unknown[] }>('/contacts?search=Mirabel');
    return found.data.length === 1;
  });
  const said = Object.values(await runPage('shop.md', token)).join('\n');
  // the cart and the bowl wait for the next check, which would reach her; not of the cart where its minute ends after that check
  expect(said.match(/"events":1,/g)).toHaveLength(2);
  const checks = [...said.matchAll(/"next_at":"([^"]+)","first_due_at":"([^"]+)".*?"people":(\d+)/g)];
  expect(checks).toHaveLength(2);
  for (const [, next, due, people] of checks)
    expect(Number(people), `due ${due}, checked ${next}`).toBe(Date.parse(due!) <= Date.parse(next!) ? 1 : 0);
  expect(said).toContain('"kind":"viewed"');
  expect(said).toContain('"status":"paid"');
  expect(said).toContain('"status":"ordered"');
});
