// The Telegram emulator as the contract's world, seen through a wire tap: every request of ours is kept, so that it can be
// checked against the Bot API as others have written it down.
import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox } from '../../../sandbox/server.ts';
import type { ChannelWorld } from '../channel.contract.ts';
import type { Account } from '../channel.ts';
import { telegramAdapter } from './adapter.ts';

export interface TappedRequest {
  method: string;
  params: Record<string, unknown>;
}
export interface TelegramWorld extends ChannelWorld {
  requests: TappedRequest[];
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
  const requests: TappedRequest[] = [];
  const tap = await listen(tapTo(sandbox.url, requests));
  const servers: Server[] = [tap];
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
    apiRoot: originOf(tap),
    credentials: { token: bot.token },
  };
  const adapter = telegramAdapter();
  let nextPerson = 5000;

  return {
    adapter,
    account,
    accountId: String(bot.id),
    requests,
    control,
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
    async deadAccount() {
      const server = await listen(createServer());
      const apiRoot = originOf(server);
      server.close();
      await once(server, 'close');
      return { ...account, apiRoot };
    },
    async receiver() {
      const received: { headers: Record<string, string>; body: Buffer }[] = [];
      const server = await listen(
        createServer(async (request, response) => {
          const body = Buffer.concat(await Array.fromAsync(request));
          received.push({ headers: request.headers as Record<string, string>, body });
          response.end('{}');
        }),
      );
      servers.push(server);
      return { url: `${originOf(server)}/hook`, received };
    },
    async close() {
      await adapter.close();
      await sandbox.close();
      for (const server of servers) server.close().closeAllConnections();
    },
  };
}

function tapTo(target: string, requests: TappedRequest[]): Server {
  return createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request));
    const type = String(request.headers['content-type'] ?? '');
    requests.push({ method: request.url!.split('/').at(-1)!, params: await readParams(body, type) });
    const onward = httpRequest(
      `${target}${request.url}`,
      { method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      },
    );
    // a broken platform is a broken wire to us as well
    onward.on('error', () => request.socket.destroy());
    response.on('close', () => onward.destroy());
    onward.end(body);
  });
}

async function readParams(body: Buffer, type: string): Promise<Record<string, unknown>> {
  if (!type.startsWith('multipart/')) return JSON.parse(body.toString());
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const entries = [...form].map(async ([name, value]) => [
    name,
    typeof value === 'string' ? value : new Uint8Array(await value.arrayBuffer()),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

async function listen(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
