// The stage of every crash story: an emulator that is a process of its own and counts what really arrived, bots and people,
// campaigns through all bots at once, and the reckoning afterwards. No test library in here: bench/kill-storm.ts uses it as well.
import type { Campaign, Report } from '../contract/campaigns.ts';
import { type Program, printed, root, run, until } from './carillon.ts';
import { type Control, controlAt, counts } from './phone.ts';
import { parseCsv } from './send-log.ts';

const installation = {
  OWNER_EMAIL: 'nora@shop.example',
  OWNER_PASSWORD: 'a-long-enough-password',
  API_TOKEN: 'crash-token-0123456789abcdef0123456789',
};

export interface Bot {
  id: number;
  token: string;
  /** Once connectAll() has been there. */
  connectionId: string;
}

export interface Platform {
  url: string;
  control: Control;
  program: Program;
  bots: Bot[];
  /** Everybody's chat id; all of them have started all bots. */
  people: number[];
}

/** `limits: null` lifts the emulator's flood limits. */
export async function startPlatform(bots: number, people: number, limits?: null): Promise<Platform> {
  const program = run(process.execPath, [`${root}/sandbox/main.ts`], { SANDBOX_PORT: '0' });
  const url = await printed(program, /Sandbox is ready at (\S+)/);
  const control = controlAt(url);
  const ids = Array.from({ length: people }, (_, index) => 700_000 + index);
  await control('users', { users: ids.map((id) => ({ id, first_name: `Person${id}` })) });
  const made: Bot[] = [];
  for (let i = 0; i < bots; i++) {
    const bot = await control<Bot>('bots', {
      username: `crash_${i}_bot`,
      name: `Bot ${i}`,
      ...(limits === null && { limits }),
    });
    await control('start', { bot: bot.id, users: ids });
    made.push({ ...bot, connectionId: '' });
  }
  // nobody has written yet: the pressing of Start is no part of a story
  await control('reset', { what: 'messages' });
  return { url, control, program, bots: made, people: ids };
}

/** What every node of a story gets. `root`: where it finds the platform, if not at its own address. */
export function nodeEnvironment(
  platform: Pick<Platform, 'url'>,
  databaseUrl: string,
): Record<string, string> {
  return {
    ...installation,
    SANDBOX: 'off',
    TELEGRAM_API_ROOT: platform.url,
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEY: '1f'.repeat(32),
  };
}

export interface Client {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: object): Promise<T>;
  text(path: string): Promise<string>;
}

/** The API as a script of the shop uses it. Rejects with the problem's own words. */
export function clientOf(node: { url: string }): Client {
  const ask = async (method: string, path: string, body?: object): Promise<string> => {
    const response = await fetch(`${node.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${installation.API_TOKEN}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    return text;
  };
  return {
    get: async (path) => JSON.parse(await ask('GET', path)),
    post: async (path, body) => JSON.parse((await ask('POST', path, body)) || 'null'),
    text: (path) => ask('GET', path),
  };
}

const identitiesAtOnce = 20;

/** Connects all bots and makes everybody a contact who can be reached through each of them. */
export async function connectAll(client: Client, platform: Platform): Promise<void> {
  for (const [index, bot] of platform.bots.entries()) {
    const { id } = await client.post<{ id: string }>('/connections', {
      channel: 'telegram',
      name: `Bot ${index}`,
      credentials: { token: bot.token },
    });
    bot.connectionId = id;
  }
  for (let from = 0; from < platform.bots.length; from += identitiesAtOnce) {
    const some = platform.bots.slice(from, from + identitiesAtOnce);
    for (let at = 0; at < platform.people.length; at += 500)
      await client.post('/contacts/batch', {
        contacts: platform.people.slice(at, at + 500).map((id) => ({
          external_id: String(id),
          first_name: `Person${id}`,
          identities: some.map((bot) => ({ connection_id: bot.connectionId, address: String(id) })),
        })),
      });
  }
}

/** A campaign to everybody through each of `bots`, launched at once. Returns their ids in the order of the bots. */
export async function launchAll(
  client: Client,
  platform: Platform,
  name: string,
  options: { bots?: Bot[]; messagesPerMinute?: number } = {},
): Promise<string[]> {
  await platform.control('reset', { what: 'counts' });
  return Promise.all(
    (options.bots ?? platform.bots).map(async (bot) => {
      const { id } = await client.post<Campaign>('/campaigns', {
        name,
        connection_id: bot.connectionId,
        content: { text: `${name}, {{ contact.first_name }}` },
        ...(options.messagesPerMinute && { settings: { messages_per_minute: options.messagesPerMinute } }),
      });
      await client.post(`/campaigns/${id}/launch`);
      return id;
    }),
  );
}

export async function accepted(platform: Platform): Promise<number> {
  const each = await Promise.all(
    platform.bots.map((bot) => platform.control<{ accepted: number }>(`stats?bot=${bot.id}&brief=1`)),
  );
  return each.reduce((sum, stats) => sum + stats.accepted, 0);
}

/** Waits, without any act of ours, until all campaigns have come to their end. */
export function toTheirEnd(client: Client, campaigns: string[], limitMs = 180_000): Promise<void> {
  let open = campaigns;
  return until(
    'the campaigns go on by themselves and end',
    async () => {
      const states = await Promise.all(
        open.map((id) => client.get<Campaign>(`/campaigns/${id}`).catch(() => null)),
      );
      open = open.filter((_, index) => states[index]?.status !== 'published');
      return open.length === 0;
    },
    limitMs,
  );
}

export interface Reckoning {
  planned: number;
  sent: number;
  failed: number;
  skipped: number;
  unknown: number;
  /** Neither sent nor settled: waiting, under way, cancelled. */
  left: number;
  /** By the emulator's own count. */
  arrived: number;
  /** People who got one message more than once: the one thing that must never be. */
  twice: number;
  /** People without a row, or said to have it who do not. */
  lost: number;
  /** People said not to have it who do: refused or left out, and yet it arrived. */
  mistaken: number;
  /** Whether report, send log and the equation agree: planned = sent + failed + skipped + unknown + left. */
  addsUp: boolean;
}

/** Holds what the product says (report and send log, over the API) against what the emulator counted, person by person. */
export async function reckon(
  client: Client,
  platform: Platform,
  campaigns: string[],
  bots: Bot[] = platform.bots,
): Promise<Reckoning> {
  const sum: Reckoning = {
    planned: 0,
    sent: 0,
    failed: 0,
    skipped: 0,
    unknown: 0,
    left: 0,
    arrived: 0,
    twice: 0,
    lost: 0,
    mistaken: 0,
    addsUp: true,
  };
  for (const [index, id] of campaigns.entries()) {
    const report = await client.get<Report>(`/campaigns/${id}/report`);
    const rows = parseCsv(await client.text(`/campaigns/${id}/deliveries.csv`));
    const real = await counts(platform.control, bots[index]!.id);
    const left = report.queued + report.sending + report.cancelled;
    const states = new Map(rows.map((row) => [row.address ?? '', row.state ?? '']));
    const said = (state: string) => rows.filter((row) => row.state === state).length;
    sum.planned += report.planned;
    sum.sent += report.sent;
    sum.failed += report.failed;
    sum.skipped += report.skipped;
    sum.unknown += report.unknown;
    sum.left += left;
    sum.arrived += real.accepted;
    sum.addsUp &&=
      report.planned === report.sent + report.failed + report.skipped + report.unknown + left &&
      report.planned === rows.length &&
      report.sent === said('sent') &&
      report.unknown === said('unknown') &&
      report.failed === said('failed') &&
      report.skipped === said('skipped');
    sum.twice += Object.values(real.by_chat).filter((count) => count > 1).length + real.sent_twice;
    for (const person of platform.people) {
      const state = states.get(String(person));
      const has = (real.by_chat[person] ?? 0) > 0;
      if (!state || (state === 'sent' && !has)) sum.lost += 1;
      if (has && state !== 'sent' && state !== 'unknown') sum.mistaken += 1;
    }
  }
  return sum;
}
