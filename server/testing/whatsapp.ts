// The WhatsApp emulator beside a test's ctx: real HTTP both ways, one number whose webhooks come to a server of ours.
import { onTestFinished } from 'vitest';
import { startSandbox } from '../../sandbox/server.ts';
import { openAccount } from '../channels/accounts.ts';
import { hookPath } from '../channels/connection.ts';
import { webhookRoutes } from '../channels/webhooks.ts';
import { createServer } from '../platform/http/server.ts';
import { aContact, aWhatsAppNumber, type TestCtx } from './context.ts';

export interface TestNumber {
  connectionId: string;
  /** The platform's id of it. */
  id: string;
  url: string;
  /** POST to the emulator's control API below /control/whatsapp, or GET without a body. */
  control<T = Record<string, never>>(path: string, body?: unknown): Promise<T>;
  stats(): Promise<WhatsAppStats>;
  /** Contacts with that many numbers, all of them on WhatsApp. */
  people(count: number): Promise<string[]>;
}

/** What the emulator itself counted. */
export interface WhatsAppStats {
  accepted: number;
  sent_twice: number;
  duplicates_total: number;
  persons_reached: number;
  by_status: Record<'accepted' | 'sent' | 'delivered' | 'read' | 'failed', number>;
  webhooks: { pending: number; posted: number; failed: number };
}

/** Connects a number without limits; `ladder`: what becomes of its messages (sandbox/README.md). */
export async function testNumber(ctx: TestCtx, ladder: object = {}): Promise<TestNumber> {
  const sandbox = await startSandbox({ whatsappLimits: null });
  ctx.config.whatsappApiRoot = sandbox.url;
  const { actor, ...base } = ctx;
  const app = await createServer(base, 'test', async () => actor, {});
  webhookRoutes(app);
  await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(async () => {
    await sandbox.close();
    await app.close();
  });
  const control = async <T>(path: string, body?: unknown): Promise<T> => {
    const response = await fetch(
      `${sandbox.url}/control/whatsapp/${path}`,
      body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
    );
    if (!response.ok) throw new Error(`control ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const connectionId = await aWhatsAppNumber(ctx);
  const open = await openAccount(ctx, connectionId);
  if (!open) throw new Error('the number does not open');
  const { credentials } = open.account;
  const id = credentials.phone_number_id as string;
  await control('numbers', {
    id,
    waba: credentials.waba_id,
    token: credentials.access_token,
    app_secret: credentials.app_secret,
    verify_token: credentials.verify_token,
    limits: null,
  });
  const origin = app.listeningOrigin;
  await open.adapter.receiveBy(open.account, {
    url: `${origin}${hookPath({ id: connectionId, channel: 'whatsapp' })}`,
    secret: '',
  });
  await control('ladder', { number: id, ...ladder });
  return {
    connectionId,
    id,
    url: sandbox.url,
    control,
    stats: () => control(`stats?number=${id}`),
    async people(count) {
      const numbers = Array.from({ length: count }, (_, index) => String(4_915_100_000_000 + index));
      await control('people', { people: numbers.map((wa_id) => ({ wa_id })) });
      const ids: string[] = [];
      for (const address of numbers)
        ids.push(await aContact(ctx, { firstName: `P${address}`, connectionId, address }));
      return ids;
    },
  };
}
