// A run on WhatsApp whose node is killed with SIGKILL in the middle, more than once, while answers get lost. Afterwards
// nobody decides anything: what was left unknown settles from the statuses, or by their silence. The emulator, which nothing
// kills, is the judge. In long by `npm run bench -- whatsapp-kills`, in short by e2e/crash-whatsapp.test.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Campaign, Report } from '../contract/campaigns.ts';
import type { Connection } from '../contract/connections.ts';
import type { Reconciliation } from '../contract/reconciliation.ts';
import { type Carillon, freePort, pause, printed, root, run, startCarillon, until } from '../e2e/carillon.ts';
import { type Client, clientOf, nodeEnvironment } from '../e2e/crash-shop.ts';
import { controlAt } from '../e2e/phone.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../server/platform/db/embedded.ts';
import { onEnd } from './clean-up.ts';

export interface Options {
  people: number;
  kills: number;
  /** Of the campaign. */
  perSecond: number;
  /** Every so many-th request is taken by the platform, and its answer lost. */
  lostEvery: number;
  /** How long a status is waited for before its absence means something. */
  windowSeconds: number;
  /** Lets the window go by; the default waits. */
  letWindowPass?(databaseUrl: string): Promise<void>;
}

export interface Outcome {
  people: number;
  /** By the emulator: messages taken, people who have one, messages beyond the first to the same person. */
  accepted: number;
  reached: number;
  twice: number;
  sent: number;
  unknown: number;
  /** Most unknown at once, after the last kill. */
  unknownAfterKills: number;
  settledByStatus: number;
  neverLeft: number;
  seconds: number;
}

interface Stats {
  accepted: number;
  persons_reached: number;
  sent_twice: number;
  webhooks: { pending: number };
}
const latecomers = 1;
/** Statuses carry whole seconds, and two more are granted (server/deliveries/settling/window.ts). */
const clocksDifferMs = 3500;
const firstNumber = 4_915_110_000_000;
const template = { name: 'kill_story', language: 'en_US' };

export async function killOnWhatsApp(options: Options): Promise<Outcome> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'carillon-wa-kill-'));
  let postgres: EmbeddedPostgres | null = null;
  let node: Carillon | null = null;
  const emulator = run(process.execPath, [`${root}/sandbox/main.ts`], { SANDBOX_PORT: '0' });
  const end = onEnd(async () => {
    await node?.kill();
    emulator.signal('SIGTERM');
    await postgres?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  try {
    const url = await printed(emulator, /Sandbox is ready at (\S+)/);
    const control = controlAt(`${url}`);
    const wa = <T>(at: string, body?: unknown) => control<T>(`whatsapp/${at}`, body);
    postgres = await startEmbeddedPostgres({ dataDir });
    const port = await freePort();
    const env = {
      ...nodeEnvironment({ url }, postgres.url),
      WHATSAPP_API_ROOT: url,
      PORT: String(port),
    };
    const start = () => startCarillon({ env, dataDir: path.join(dataDir, 'node') });
    node = await start();
    const number = await connect(clientOf(node), wa, node.url, url);
    await people(clientOf(node), wa, number.connectionId, options.people);
    await wa('faults', { number: number.id, kind: 'reset_after', every: options.lostEvery });
    const startedAt = performance.now();
    const id = await launch(clientOf(node), number.connectionId, options);
    const stats = () => wa<Stats>(`stats?number=${number.id}`);
    for (let kill = 1; kill <= options.kills; kill++) {
      const share = (options.people * kill) / (options.kills + 1);
      await until('it is well under way', async () => (await stats()).accepted >= share, 300_000);
      await node.kill();
      node = await start();
    }
    const client = clientOf(node);
    const report = () => client.get<Report>(`/campaigns/${id}/report`);
    let unknownAfterKills = 0;
    await until(
      'nobody waits any more',
      async () => {
        const { queued, sending, unknown } = await report();
        unknownAfterKills = Math.max(unknownAfterKills, unknown);
        return queued + sending === 0;
      },
      600_000,
    );
    // silence proves something only while others of the number are told of, and the last to be sent may have nobody after them
    await pause(clocksDifferMs);
    await oneMore(client, wa, number.connectionId, options);
    // whose status came late settles within a moment; those left never left, and it takes a window to know it
    if (options.letWindowPass) {
      // what could not be delivered to the dead node comes again, in real time whatever a story's clock says
      await until('all statuses are told', async () => (await stats()).webhooks.pending === 0, 60_000);
      await pause(1000);
      await options.letWindowPass(postgres.url);
    }
    const settleMs = options.letWindowPass ? 60_000 : 900_000;
    await until('all unknown settle by themselves', async () => isThrough(await report()), settleMs);
    const { sent, unknown } = await report();
    const { policy } = await client.get<Reconciliation>(`/campaigns/${id}/reconciliation`);
    const seen = await stats();
    return {
      people: options.people,
      accepted: seen.accepted - latecomers,
      reached: seen.persons_reached - latecomers,
      twice: seen.sent_twice,
      sent,
      unknown,
      unknownAfterKills,
      settledByStatus: policy.settled_by_receipt,
      neverLeft: policy.never_left,
      seconds: (performance.now() - startedAt) / 1000,
    };
  } finally {
    await end();
  }
}

const isThrough = ({ queued, sending, unknown }: Report) => queued + sending + unknown === 0;

type Wa = <T>(at: string, body?: unknown) => Promise<T>;

/** A number of the emulator with an approved template, connected, whose webhooks come to the node. */
async function connect(
  client: Client,
  wa: Wa,
  nodeUrl: string,
  platform: string,
): Promise<{ id: string; connectionId: string }> {
  const made = await wa<{
    id: string;
    waba: string;
    token: string;
    app_secret: string;
    verify_token: string;
  }>('numbers', { limits: null, throughput: 'HIGH', verify_token: 'crash-verify-token' });
  await wa('ladder', { number: made.id, sent_ms: 300, delivered_ms: 200, duplicates: 1, shuffle: true });
  await wa('templates', {
    ...template,
    waba: made.waba,
    category: 'MARKETING',
    components: [
      { type: 'BODY', text: 'Hi {{1}}, everything is half price today.', example: { body_text: [['Ann']] } },
    ],
  });
  const { id } = await client.post<Connection>('/connections', {
    channel: 'whatsapp',
    name: 'Number',
    credentials: {
      phone_number_id: made.id,
      waba_id: made.waba,
      access_token: made.token,
      app_secret: made.app_secret,
      verify_token: made.verify_token,
    },
  });
  await client.post('/whatsapp_templates/sync', { connection_id: id });
  // what a person without a public address pastes into the app's dashboard
  const answer = await fetch(`${platform}/v25.0/${made.waba}/subscribed_apps`, {
    method: 'POST',
    headers: { authorization: `Bearer ${made.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      override_callback_uri: `${nodeUrl}/hooks/whatsapp/${id}`,
      verify_token: made.verify_token,
    }),
  });
  if (!answer.ok) throw new Error(`subscribed_apps: ${await answer.text()}`);
  return { id: made.id, connectionId: id };
}

async function people(client: Client, wa: Wa, connectionId: string, count: number): Promise<void> {
  await wa('people', { first: String(firstNumber), count: count + latecomers });
  for (let at = 0; at < count; at += 500)
    await client.post('/contacts/batch', {
      contacts: Array.from({ length: Math.min(500, count - at) }, (_, n) => ({
        external_id: String(at + n),
        first_name: `Person${at + n}`,
        identities: [{ connection_id: connectionId, address: String(firstNumber + at + n) }],
      })),
    });
}

/** Somebody who comes when the campaign is over gets a message all the same, as in any shop. */
async function oneMore(client: Client, wa: Wa, connectionId: string, options: Options): Promise<void> {
  const { id } = await client.post<{ id: string }>('/contacts', {
    first_name: 'Latecomer',
    identities: [{ connection_id: connectionId, address: String(firstNumber + options.people) }],
  });
  const before = (await wa<Stats>('stats')).accepted;
  await launch(client, connectionId, options, { contact_ids: [id] });
  await until('the latecomer has it', async () => (await wa<Stats>('stats')).accepted > before);
}

async function launch(
  client: Client,
  connectionId: string,
  options: Options,
  audience: object = { all: true },
): Promise<string> {
  const content = {
    text: '',
    whatsapp: { template: { ...template, body: { 1: '{{ contact.first_name }}' } } },
  };
  const settings = {
    messages_per_minute: options.perSecond * 60,
    unknown: { resend_after_seconds: options.windowSeconds },
  };
  const { id } = await client.post<Campaign>('/campaigns', { name: 'Everybody once', connection_id: connectionId, audience, content, settings }); // biome-ignore format: one thought
  // the templates of a number are read by a job after it was connected
  let refused = '';
  const launched = () =>
    client.post(`/campaigns/${id}/launch`).then(
      () => true,
      (error) => {
        refused = String(error);
        return false;
      },
    );
  await until('it can be launched', launched, 30_000).catch((error) => {
    throw new Error(`${error}: ${refused}`);
  });
  return id;
}
