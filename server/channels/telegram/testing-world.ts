// The Telegram emulator as the contract's world, seen through a wire tap: every request of ours is kept, so that it can be
// checked against the Bot API as others have written it down.
import { startSandbox } from '../../../sandbox/server.ts';
import type { ChannelWorld } from '../channel.contract.ts';
import type { Account } from '../channel.ts';
import { createWire } from '../testing-wire.ts';
import { telegramAdapter } from './adapter.ts';

export interface TappedRequest {
  method: string;
  params: Record<string, unknown>;
}
export interface TelegramWorld extends ChannelWorld {
  /** Kept by the tap, the method as the Bot API names it. */
  requests(): TappedRequest[];
  control<T = Record<string, never>>(path: string, body?: unknown, method?: string): Promise<T>;
  close(): Promise<void>;
}

const faults = {
  flood: { kind: 'flood', retry_after: 7, count: 1 },
  server_error: { kind: 'http_500', count: 1 },
  reset_after_accept: { kind: 'reset_after', count: 1 },
  unreadable_answer: { kind: 'garbage', count: 1 },
} as const;

export async function telegramWorld(): Promise<TelegramWorld> {
  const sandbox = await startSandbox({ limits: null });
  const wire = createWire();
  const tap = await wire.tap(sandbox.url);
  const control = async <T>(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') => {
    const response = await fetch(`${sandbox.url}/control/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`control ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const bot = await control<{ id: number; token: string }>('bots', {
    username: 'marlow_bot',
    name: 'Marlow',
  });
  const account: Account = {
    workspaceId: 'w',
    connectionId: 'c',
    apiRoot: tap.origin,
    credentials: { token: bot.token },
  };
  const adapter = telegramAdapter();
  let nextPerson = 5000;

  return {
    adapter,
    account,
    accountId: String(bot.id),
    requests: () => tap.requests.map(({ url, params }) => ({ method: url.split('/').at(-1)!, params })),
    control,
    refusals: {
      blocked: { by: 'answer', reason: 'blocked', gone: 'blocked' },
      deactivated: { by: 'answer', reason: 'deactivated', gone: 'deactivated' },
      unknown: { by: 'answer', reason: 'invalid_address' },
    },
    async person(standing) {
      const id = nextPerson++;
      if (standing === 'unknown') return String(id);
      await control('users', {
        users: [{ id, first_name: 'Ann', username: `ann_${id}`, language_code: 'en' }],
      });
      await control('state', { bot: bot.id, user: id, state: standing });
      return String(id);
    },
    trouble: (kind) => control('faults', { ...faults[kind], bot: bot.id }),
    calm: () => control('faults', undefined, 'DELETE'),
    write: (address, text) => control('message', { bot: bot.id, user: Number(address), text }),
    block: (address) => control('block', { bot: bot.id, user: Number(address) }),
    async accepted(address) {
      const chat = await control<{ accepted: number }>(`chats/${address}?bot=${bot.id}`);
      return chat.accepted;
    },
    wrongAccount: () => ({
      ...account,
      credentials: { token: `${bot.id}:AAwrongwrongwrongwrongwrongwrong00` },
    }),
    deadAccount: async () => ({ ...account, apiRoot: await wire.deadOrigin() }),
    receiver: () => wire.receiver(),
    async close() {
      await adapter.close();
      await sandbox.close();
      wire.close();
    },
  };
}
