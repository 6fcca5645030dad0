// The WhatsApp emulator as the contract's world, seen through a wire tap: every request of ours is kept, so that it can be
// checked against Meta's own schema.
import { expect } from 'vitest';
import { startSandbox } from '../../../sandbox/server.ts';
import type { ChannelWorld } from '../channel.contract.ts';
import type { Account, Receipt } from '../channel.ts';
import { createWire, type TappedRequest } from '../testing-wire.ts';
import { whatsappAdapter } from './adapter.ts';
import { handshake } from './signature.ts';

export interface WhatsAppWorld extends ChannelWorld {
  requests: TappedRequest[];
  control<T = Record<string, never>>(path: string, body?: unknown, method?: string): Promise<T>;
  receipt(externalId: string, status: Receipt['status']): Promise<Receipt>;
  /** What people did, as far as it has arrived. */
  events(): ReturnType<ChannelWorld['adapter']['parse']>;
  close(): Promise<void>;
}

interface SandboxNumber {
  id: string;
  waba: string;
  token: string;
  app_secret: string;
  verify_token: string;
}

const faults = {
  flood: { kind: 'flood', count: 1 },
  server_error: { kind: 'error', code: 131016, count: 1 },
  reset_after_accept: { kind: 'reset_after', count: 1 },
  unreadable_answer: { kind: 'garbage', count: 1 },
} as const;

export async function whatsappWorld(): Promise<WhatsAppWorld> {
  const sandbox = await startSandbox({ limits: null });
  const wire = createWire();
  const tap = await wire.tap(sandbox.url);
  const control = async <T>(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') => {
    const response = await fetch(`${sandbox.url}/control/whatsapp/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`control ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const number = await control<SandboxNumber>('numbers', {
    display_phone_number: '+44 20 7946 0958',
    verified_name: 'Marlow',
    verify_token: 'my-verify-token',
    limits: { perSecond: 1000, window: null },
  });
  const account: Account = {
    workspaceId: 'w',
    connectionId: 'c',
    apiRoot: `${tap.origin}/v25.0`,
    credentials: {
      phone_number_id: number.id,
      waba_id: number.waba,
      access_token: number.token,
      app_secret: number.app_secret,
      verify_token: number.verify_token,
    },
  };
  const adapter = whatsappAdapter();
  const receiver = () =>
    wire.receiver((query) => handshake(query, { secret: '', credentials: account.credentials }));
  // what no override catches comes to the app's own address
  const own = await receiver();
  await control('app', { callback_url: own.url, verify_token: number.verify_token });
  await adapter.receiveBy(account, null);
  const webhooks = () => own.received.map(({ body }) => adapter.split(JSON.parse(body.toString())));
  let nextPerson = 4_915_100_000_000;

  return {
    adapter,
    account,
    accountId: number.id,
    requests: tap.requests,
    control,
    // WhatsApp tells neither who blocked nor who left: both are "undeliverable", and not at once
    refusals: {
      blocked: { by: 'receipt', reason: 'not_on_platform' },
      deactivated: { by: 'receipt', reason: 'not_on_platform' },
      unknown: { by: 'receipt', reason: 'not_on_platform' },
    },
    async person(standing) {
      const address = String(nextPerson++);
      if (standing === 'unknown') return address;
      await control('people', [{ wa_id: address, name: 'Ann Lee', on_whatsapp: true }]);
      await control('window', { person: address, open: true });
      if (standing === 'blocked') await control('block', { person: address });
      if (standing === 'deactivated') await control('people', [{ wa_id: address, on_whatsapp: false }]);
      return address;
    },
    trouble: (kind) => control('faults', faults[kind]),
    calm: () => control('faults', undefined, 'DELETE'),
    write: (address, text) => control('message', { person: address, text }),
    block: (address) => control('block', { person: address }),
    async accepted(address) {
      const chat = await control<{ accepted: number }>(`chats/${address}`).catch(() => ({ accepted: 0 }));
      return chat.accepted;
    },
    async receipt(externalId, status) {
      const find = () =>
        webhooks()
          .flatMap((webhook) => webhook?.receipts ?? [])
          .find((receipt) => receipt.externalId === externalId && receipt.status === status);
      await expect.poll(find, { timeout: 3000 }).toBeDefined();
      return find()!;
    },
    events: () =>
      webhooks().flatMap((webhook) => webhook?.updates.flatMap(({ raw }) => adapter.parse(raw)) ?? []),
    wrongAccount: () => ({
      ...account,
      credentials: { ...account.credentials, access_token: 'EAAwrongwrongwrongwrong' },
    }),
    deadAccount: async () => ({ ...account, apiRoot: `${await wire.deadOrigin()}/v25.0` }),
    receiver,
    async close() {
      await adapter.close();
      await sandbox.close();
      wire.close();
    },
  };
}
