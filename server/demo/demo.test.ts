import { Writable } from 'node:stream';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Conversation } from '../../contract/conversations.ts';
import { toWireId } from '../../contract/ids.ts';
import type { WhatsAppTemplate } from '../../contract/whatsapp-templates.ts';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { type CarillonNode, startNode } from '../node.ts';
import { readConfig } from '../platform/config.ts';
import { createLog } from '../platform/log.ts';
import { testDatabase } from '../testing/database.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { isDemoUnfinished, runDemo } from './demo.ts';
import { people } from './people.ts';
import { whatsappOfferName } from './whatsapp-offer.ts';

let sandbox: Sandbox;
let node: CarillonNode;
let logged = '';

beforeAll(async () => {
  sandbox = await startSandbox();
  // a webhook that a busy machine does not take comes again soon, not after half a minute
  await fetch(`${sandbox.url}/control/whatsapp/webhook-time-scale`, {
    method: 'POST',
    body: '{"scale":0.05}',
  });
  const dataDir = temporaryFolder();
  const config = {
    ...readConfig({ PORT: '0', DATA_DIR: dataDir }),
    databaseUrl: await testDatabase(),
    sandboxUrl: sandbox.url,
    // what is counted below stands still; server/demo/life has its own tests
    demoLife: false,
  };
  const log = new Writable({
    write(chunk, _encoding, done) {
      logged += String(chunk);
      done();
    },
  });
  node = await startNode(config, createLog('trace', log), '0.0.0');
});
// what kept the demo is in the log and nowhere else
afterEach(({ task }) => {
  if (task.result?.state !== 'fail') return;
  console.error(logged.split('\n').filter((line) => /"level":[4-6]0/.test(line)).join('\n')); // biome-ignore format: one line
});
afterAll(async () => {
  await node?.stop();
  await sandbox?.close();
});

async function demo(overrides: { sandboxUrl?: string } = {}): Promise<string> {
  let shown = '';
  const base = { ...node.base, config: { ...node.base.config, ...overrides } };
  await runDemo({ base, url: node.url }, { write: (text: string) => (shown += text) });
  return shown;
}
const passwordIn = (shown: string) => /Password {2}(\S+) /.exec(shown)?.[1] ?? '';
const signIn = (password: string) =>
  node.app.inject({
    method: 'POST',
    url: '/api/v1/sign_in',
    payload: { email: 'nora@marlow.example', password },
    headers: { 'sec-fetch-site': 'same-origin' },
  });

test('a demo that cannot go on says why, shows the sign-in all the same, and is carried on later', async () => {
  expect(await isDemoUnfinished(node.base)).toBe(false);
  const broken = await demo({ sandboxUrl: 'http://127.0.0.1:9' });
  expect(broken).toContain('The demo stopped:');
  expect(broken).toContain('Email     nora@marlow.example');
  expect(await isDemoUnfinished(node.base)).toBe(true);

  const shown = await demo();
  expect(shown).toContain('147 sent + 2 failed + 7 skipped + 0 unknown = 156 planned');
  expect(shown).toContain(
    'The emulator received 150 messages, 0 twice (147 of the campaign, 3 of the inbox).',
  );
  expect(shown).toContain('156 of 156');
  expect(shown).toContain(
    'On WhatsApp, too: 16 sent + 2 failed = 18 planned; 15 delivered, 9 of them read, 3 answers.',
  );
  // never more than the platform allows, and times say which zone they are in
  for (const [, rate] of shown.matchAll(/([\d.]+) per second/g)) expect(Number(rate)).toBeLessThanOrEqual(30);
  expect(shown.replaceAll(/finishes at \d\d:\d\d:\d\d [A-Z]/g, '')).not.toContain('finishes at');
  expect(shown).toContain(`Panel     ${node.url}`);
  expect(await isDemoUnfinished(node.base)).toBe(false);

  const password = passwordIn(shown);
  expect(passwordIn(broken)).not.toBe(password);
  expect((await signIn(passwordIn(broken))).statusCode).toBe(401);
  const session = await signIn(password);
  expect(session.statusCode).toBe(200);
  cookie = session.cookies.find(({ name }) => name === 'carillon_session')!.value;
  expect(logged).not.toContain(password);
  const { rows } = await sql<{ row: string }>`SELECT u::text AS row FROM users u`.execute(node.base.db);
  expect(rows.map(({ row }) => row).join()).not.toContain(password);
});

test('the shop is alive: everybody is there once, the inbox has questions, one answer and replies to the offer', async () => {
  const { db } = node.base;
  const contacts = await db
    .selectFrom('contacts')
    .select(['external_id', 'time_zone', 'language', 'tags'])
    .execute();
  expect(contacts).toHaveLength(people.length);
  expect(new Set(contacts.map((contact) => contact.external_id)).size).toBe(156);
  expect(contacts.every((contact) => contact.time_zone && contact.language)).toBe(true);
  const unread = await db.selectFrom('conversations').select('id').where('unread', '>', 0).execute();
  expect(unread.length).toBeGreaterThanOrEqual(10);
  const replies = await db
    .selectFrom('deliveries')
    .select(['state', 'author_id'])
    .where('source', '=', 'reply')
    .where('author_id', 'is not', null)
    .execute();
  expect(replies).toEqual([expect.objectContaining({ state: 'sent' })]);
  const replied = await db
    .selectFrom('deliveries')
    .select('id')
    .where('replied_at', 'is not', null)
    .execute();
  expect(replied).toHaveLength(6 + 3);
});

test('some customers are on a WhatsApp number as well, as the same people, and six have written there', async () => {
  const { rows } = await sql<Record<string, number>>`
    SELECT (SELECT count(*) FROM identities i WHERE i.connection_id = c.id AND i.reachable) AS people,
      (SELECT count(*) FROM conversations v WHERE v.connection_id = c.id AND v.unread > 0) AS waiting
    FROM connections c WHERE c.channel = 'whatsapp' AND c.status = 'connected' AND c.problem IS NULL`.execute(
    node.base.db,
  );
  expect(rows).toEqual([{ people: 18, waiting: 6 }]);
});

test('WhatsApp has approved three templates, judges one, and says why it rejected another', async () => {
  const templates = (await ask('GET', '/whatsapp_templates')).data as unknown as WhatsAppTemplate[];
  const seen = templates.map(({ name, status, reason, cannot_send }) => [
    name,
    status,
    reason?.code ?? null,
    cannot_send === null,
  ]);
  expect(seen.sort()).toEqual([
    ['flash_offer', 'APPROVED', null, true],
    ['order_on_its_way', 'APPROVED', null, true],
    ['parcel_news', 'REJECTED', 'INCORRECT_CATEGORY', false],
    ['winter_sale', 'PENDING', null, false],
    ['workshop_place', 'APPROVED', null, true],
  ]);
});

test('an offer went out on WhatsApp: its figures are those the emulator told, failures have their reasons', async () => {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM campaigns WHERE name = ${whatsappOfferName} AND status = 'published'`.execute(
    node.base.db,
  );
  const report = await ask('GET', `/campaigns/${toWireId('cmp', rows[0]!.id)}/report`);
  expect(report).toMatchObject({
    planned: 18,
    sent: 16,
    delivered: 15,
    read: 9,
    failed: 2,
    skipped: 0,
    unknown: 0,
    failures: [{ code: 'marketing_capped' }, { code: 'not_on_platform' }],
  });
  const told = await fetch(`${sandbox.url}/control/whatsapp/stats`).then((answer) => answer.json());
  expect(told).toMatchObject({
    sent_twice: 0,
    by_template: { flash_offer: { accepted: 18, delivered: 15, read: 9, failed: 2 } },
    failed_by_code: { 131026: 1, 131049: 1 },
  });
  const { data } = await ask('GET', '/conversations?limit=100');
  const windows = (data as unknown as Conversation[]).flatMap(({ window }) => (window ? [window.open] : []));
  expect(windows.filter((open) => open)).toHaveLength(5);
  expect(windows.filter((open) => !open)).toHaveLength(1);
});

test('what WhatsApp says of the number by webhook is on its connection at once', async () => {
  const number = await node.base.db
    .selectFrom('connections')
    .select(['id', 'account_id'])
    .where('channel', '=', 'whatsapp')
    .executeTakeFirstOrThrow();
  await fetch(`${sandbox.url}/control/whatsapp/numbers/${number.account_id}`, {
    method: 'PATCH',
    body: JSON.stringify({ quality_rating: 'RED', throughput: 'HIGH' }),
  });
  const read = async () =>
    (await ask('GET', '/connections')).data.find(({ channel }) => channel === 'whatsapp');
  await expect
    .poll(read, { timeout: 15_000 })
    .toMatchObject({ health: { quality: 'red' }, rate_per_second: 1000, status: 'connected' });
});

test('every screen has something to show: orders, carts, events, consent, groups, segments', async () => {
  const { db } = node.base;
  const { rows } = await sql<Record<string, number>>`
    SELECT (SELECT count(*) FROM orders) AS orders, (SELECT sum(orders_count) FROM contacts) AS counted,
      (SELECT count(*) FROM carts WHERE status = 'open') AS carts, (SELECT count(*) FROM events) AS events,
      (SELECT count(*) FROM contact_notes) AS notes, (SELECT count(*) FROM attribute_declarations) AS attributes,
      (SELECT count(*) FROM consents WHERE state = 'opted_in') AS agreed, (SELECT count(*) FROM consents WHERE state = 'opted_out') AS left_out,
      (SELECT count(*) FROM contacts WHERE created_at > now() - interval '1 day') AS young`.execute(db);
  const [found] = rows;
  expect(found).toMatchObject({ notes: 3, attributes: 6, left_out: 2, young: 0 });
  expect(found!.orders).toBeGreaterThan(500);
  expect(found!.counted).toBe(
    await countOf(db, sql`SELECT count(*) AS n FROM orders WHERE status <> 'cancelled'`),
  );
  for (const what of ['carts', 'events', 'agreed'] as const) expect(found![what], what).toBeGreaterThan(10);

  const groups = (await ask('GET', '/groups')).data;
  const seen = groups.map(({ kind, known_members, contacts }) => [kind, known_members, contacts]);
  expect(seen.sort()).toEqual([
    ['channel', 0, 0],
    ['supergroup', 26, 22],
  ]);
  const segments = (await ask('GET', '/segments')).data;
  for (const { id, name } of segments) {
    const { count } = await ask('POST', '/segments/preview', { rule: { field: 'segment', segment_id: id } });
    expect(count, String(name)).toBeGreaterThan(4);
    expect(count, String(name)).toBeLessThan(140);
  }
  expect(segments).toHaveLength(8);
});

let cookie = '';
async function ask(method: 'GET' | 'POST', url: string, payload?: object) {
  const answer = await node.app.inject({
    method,
    url: `/api/v1${url}`,
    headers: { cookie: `carillon_session=${cookie}`, 'sec-fetch-site': 'same-origin' },
    ...(payload && { payload }),
  });
  return answer.json<{ data: Record<string, unknown>[]; count?: number }>();
}

async function countOf(db: CarillonNode['base']['db'], query: RawBuilder<unknown>): Promise<number> {
  return (await (query as RawBuilder<{ n: number }>).execute(db)).rows[0]!.n;
}

test('told a second time it changes nothing, and does not touch the password of a person who has signed in', async () => {
  const before = sandbox.state.bots.values().next().value?.ledger.accepted;
  const shown = await demo();
  expect(shown).toContain('147 sent + 2 failed + 7 skipped + 0 unknown = 156 planned');
  expect(shown).toContain('the one you know already');
  expect(sandbox.state.bots.values().next().value?.ledger.accepted).toBe(before);
  const campaigns = await node.base.db.selectFrom('campaigns').select('name').execute();
  expect(campaigns).toHaveLength(6);
});
