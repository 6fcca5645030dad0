// A sandbox with a WhatsApp number, people and a webhook receiver, for the tests of this folder.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Sandbox, type SandboxOptions, startSandbox } from '../server.ts';

/** What comes over the wire is looked at by its names only. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into payloads whose shape they are about
export type Loose = Record<string, any>;

export interface Hook {
  headers: IncomingHttpHeaders;
  body: string;
  /** `entry[0].changes[0]` */
  field: string;
  value: Loose;
}

export interface WaFixture {
  sandbox: Sandbox;
  number: { id: string; waba: string; token: string; app_id: string; app_secret: string };
  hooks: Hook[];
  /** Values of `statuses[]` of every webhook so far. */
  statuses(): Loose[];
  /** Waits until `count` webhooks match. */
  until(matches: (hook: Hook) => boolean, count?: number): Promise<Hook[]>;
  /** HTTP status with which the receiver answers. */
  answerWith(status: number): void;
  graph<T = Loose>(path: string, body?: unknown, method?: string): Promise<{ status: number; body: T }>;
  /** POST to the control API of WhatsApp, or GET when no body is given. */
  control<T = Loose>(path: string, body?: unknown, method?: string): Promise<T>;
  /** A template that is approved already. */
  template(name: string, more?: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
}

export const EMILY = '447700900111';
export const DANIEL = '447700900112';

export const ofText = (body: string, to = EMILY) => ({
  messaging_product: 'whatsapp',
  to: `+${to}`,
  type: 'text',
  text: { body },
});

export const ofTemplate = (name: string, to = EMILY) => ({
  messaging_product: 'whatsapp',
  to: `+${to}`,
  type: 'template',
  template: { name, language: { code: 'en_US' } },
});

/** Emily (447700900111) has an open window, Daniel (447700900112) never wrote. Limits are off unless given. */
export async function aWhatsApp(
  options: SandboxOptions & { number?: Record<string, unknown> } = {},
): Promise<WaFixture> {
  const hooks: Hook[] = [];
  let hookStatus = 200;
  const receiver = createServer((request, response) => {
    if (request.method === 'GET') {
      response.end(new URL(request.url ?? '/', 'http://hook').searchParams.get('hub.challenge'));
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { field, value } = JSON.parse(body).entry[0].changes[0];
      hooks.push({ headers: request.headers, body, field, value });
      response.statusCode = hookStatus;
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { number: numberOptions, ...sandboxOptions } = options;
  const sandbox = await startSandbox({ whatsappLimits: null, ...sandboxOptions });

  const control = async <T>(path: string, body?: unknown, method?: string): Promise<T> => {
    const response = await fetch(`${sandbox.url}/control/whatsapp/${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as T;
    if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  const callback = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const number = await control<WaFixture['number']>('numbers', {
    app_secret: 'test-app-secret',
    callback_url: callback,
    ...numberOptions,
  });
  await control('people', [
    { wa_id: EMILY, name: 'Emily 😀' },
    { wa_id: DANIEL, name: 'Daniel' },
  ]);
  await control('window', { person: EMILY, open: true });

  const until: WaFixture['until'] = async (matches, count = 1) => {
    const deadline = Date.now() + 4000;
    for (;;) {
      const found = hooks.filter(matches);
      if (found.length >= count) return found;
      if (Date.now() > deadline) throw new Error(`${found.length} of ${count} webhooks came`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  return {
    sandbox,
    number,
    hooks,
    statuses: () => hooks.flatMap(({ value }) => value.statuses ?? []),
    until,
    answerWith: (status) => {
      hookStatus = status;
    },
    graph: async <T>(path: string, body?: unknown, method?: string) => {
      const response = await fetch(`${sandbox.url}/v25.0/${path}`, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: { Authorization: `Bearer ${number.token}`, 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as T };
    },
    control,
    template: async (name, more = {}) => {
      await control('templates', {
        name,
        category: 'UTILITY',
        components: [{ type: 'BODY', text: `The ${name} is here for you today.` }],
        ...more,
      });
    },
    close: async () => {
      await sandbox.close();
      await new Promise<void>((resolve) => {
        receiver.close(() => resolve());
        receiver.closeAllConnections();
      });
    },
  };
}
