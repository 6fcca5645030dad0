// A whole node with a WhatsApp number of the emulator, set up as a shop does it: connected over the API, the webhook's address entered
// at the platform, people known by their phone numbers, one approved template.
import { afterAll } from 'vitest';
import { startSandbox } from '../../sandbox/server.ts';
import { createDefaultCampaigns } from '../campaigns/create.ts';
import { type CarillonNode, startNode } from '../node.ts';
import type { Clock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { createLog } from '../platform/log.ts';
import { setUpFromEnvironment } from '../workspaces/set-up-from-environment.ts';
import { testDatabase } from './database.ts';
import { until } from './engine.ts';
import { temporaryFolder } from './temporary-folder.ts';

const apiToken = 'a-token-of-the-whatsapp-stories';

/** What the emulator counted by itself. */
export interface EmulatorStats {
  accepted: number;
  sent_twice: number;
  by_status: Record<string, number>;
  webhooks: { pending: number };
}

export interface WhatsAppHouse {
  node: CarillonNode;
  connection: string;
  number: string;
  /** On the API, as the owner's token. Throws where the answer is no success. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** GET or POST of the emulator's control API for WhatsApp. */
  control<T = Record<string, never>>(path: string, body?: unknown, method?: string): Promise<T>;
  stats(): Promise<EmulatorStats>;
}

export interface HousePlan {
  /** People with phone numbers +4915100000000, +4915100000001, … */
  people: number;
  clock?: Clock;
  /** What every number of the emulator does with what it accepted. */
  ladder?: object;
}

const first = 4_915_100_000_000;

export async function aWhatsAppHouse({ people, clock, ladder }: HousePlan): Promise<WhatsAppHouse> {
  const sandbox = await startSandbox();
  afterAll(() => sandbox.close());
  const ask = asker(`${sandbox.url}/control/whatsapp`, {});
  const control = <T>(path: string, body?: unknown, method?: string) =>
    ask<T>(method ?? (body === undefined ? 'GET' : 'POST'), `/${path}`, body);
  const number = await control<{
    id: string;
    waba: string;
    token: string;
    app_id: string;
    app_secret: string;
  }>('numbers', { verified_name: 'Marlow Ceramics', limits: null, app_secret: 'the-app-secret' });
  if (ladder) await control('ladder', { number: number.id, ...ladder });
  const config = readConfig({
    DATABASE_URL: await testDatabase(),
    DATA_DIR: temporaryFolder(),
    ENCRYPTION_KEY: '2e'.repeat(32),
    OWNER_EMAIL: 'nora@marlow.example',
    OWNER_PASSWORD: 'a-long-enough-password',
    API_TOKEN: apiToken,
    SANDBOX: 'off',
    WHATSAPP_API_ROOT: sandbox.url,
    PORT: '0',
  });
  const node = await startNode(config, createLog('silent'), 'test', clock);
  afterAll(() => node.stop());
  await setUpFromEnvironment(node.base, createDefaultCampaigns);
  const call = asker(`${node.url}/api/v1`, { authorization: `Bearer ${apiToken}` });
  const connection = await call<{ id: string }>('POST', '/connections', {
    channel: 'whatsapp',
    name: 'Shop number',
    credentials: {
      phone_number_id: number.id,
      waba_id: number.waba,
      access_token: number.token,
      app_secret: number.app_secret,
      verify_token: 'the-verify-token',
    },
  });
  await control('app', {
    app: number.app_id,
    callback_url: `${node.url}/hooks/whatsapp/${connection.id}`,
    verify_token: 'the-verify-token',
  });
  await control('templates', {
    waba: number.waba,
    name: 'spring_sale',
    language: 'en',
    category: 'MARKETING',
    components: [
      { type: 'BODY', text: 'Hi {{1}}, 20 % off until Friday.', example: { body_text: [['Ann']] } },
    ],
    status: 'APPROVED',
  });
  await call('POST', '/whatsapp_templates/sync', { connection_id: connection.id });
  await control('people', {
    people: Array.from({ length: people }, (_, index) => ({
      wa_id: String(first + index),
      name: `P${index}`,
    })),
  });
  for (let from = 0; from < people; from += 1000)
    await call('POST', '/contacts/batch', {
      contacts: Array.from({ length: Math.min(1000, people - from) }, (_, index) => ({
        external_id: `p${from + index}`,
        first_name: `P${from + index}`,
        phone: `+${first + from + index}`,
      })),
    });
  await until('everybody can be reached by their number', async () => {
    const found = await call<{ reachable_contacts: number }>('GET', `/connections/${connection.id}`);
    return found.reachable_contacts === people;
  });
  return {
    node,
    connection: connection.id,
    number: number.id,
    call,
    control,
    stats: () => control<EmulatorStats>(`stats?number=${number.id}`),
  };
}

/** The content of a message that is the house's approved template. */
export const springSale = {
  text: '',
  whatsapp: {
    template: {
      name: 'spring_sale',
      language: 'en',
      body: { '1': "{{ contact.first_name | default: 'there' }}" },
    },
  },
};

function asker(root: string, headers: Record<string, string>) {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${root}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text ? JSON.parse(text) : null) as T;
  };
}
