// The Telegram emulator beside a test's ctx: real HTTP on loopback, one bot, people who have pressed Start or not.
import { afterAll } from 'vitest';
import { startSandbox } from '../../sandbox/server.ts';
import { aConnection, aContact, type TestCtx } from './context.ts';

export interface TestSandbox {
  connectionId: string;
  token: string;
  botId: number;
  url: string;
  /** POST to the control API, or GET without a body. */
  control<T = Record<string, never>>(path: string, body?: unknown, method?: string): Promise<T>;
  /** What the emulator itself counted. */
  stats(): Promise<{
    accepted: number;
    duplicates_total: number;
    sent_twice: number;
    rate_limited: number;
    by_chat: Record<string, number>;
    /** When each chat last got something, by the emulator's clock, in milliseconds. */
    last_at_by_chat: Record<string, number>;
    stars_spent: number;
    per_second: { max: number };
  }>;
  close(): Promise<void>;
}

/** Points `ctx.config.telegramApiRoot` at a fresh emulator and connects its bot. `limits: null` lifts the flood limits. */
export async function testSandbox(
  ctx: TestCtx,
  options: { limits?: null; port?: number } = {},
): Promise<TestSandbox> {
  const sandbox = await startSandbox(options);
  let open = true;
  const close = async () => {
    if (open) await sandbox.close();
    open = false;
  };
  afterAll(close);
  ctx.config.telegramApiRoot = sandbox.url;
  const control = async <T>(path: string, body?: unknown, method?: string): Promise<T> => {
    const response = await fetch(`${sandbox.url}/control/${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`control ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const bot = await control<{ id: number; token: string }>('bots', {
    username: 'marlow_bot',
    name: 'Marlow',
    // an account is connected once per installation: every test has a bot of its own
    token: `${Math.floor(1e9 + Math.random() * 9e9)}:AAtesttokentesttokentesttoken00000`,
  });
  return {
    connectionId: await aConnection(ctx, bot.token),
    token: bot.token,
    botId: bot.id,
    url: sandbox.url,
    control,
    stats: () => control(`stats?bot=${bot.id}&by_chat=1`),
    close,
  };
}

/** `count` contacts whose chats with the bot are open in the emulator. Addresses are 100000, 100001, … */
export async function somePeople(
  ctx: TestCtx,
  sandbox: TestSandbox,
  count: number,
  firstAddress = 100_000,
): Promise<string[]> {
  const addresses = Array.from({ length: count }, (_, index) => firstAddress + index);
  await sandbox.control('users', { users: addresses.map((id) => ({ id, first_name: `P${id}` })) });
  for (const user of addresses) await sandbox.control('state', { bot: sandbox.botId, user, state: 'open' });
  const ids: string[] = [];
  for (const address of addresses)
    ids.push(
      await aContact(ctx, {
        firstName: `P${address}`,
        connectionId: sandbox.connectionId,
        address: String(address),
      }),
    );
  return ids;
}
