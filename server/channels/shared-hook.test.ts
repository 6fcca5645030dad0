// One callback address for several numbers, as Meta knows it: what comes there is whose it is, and nobody's is lost.
import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { fromWireId, toWireId } from '../../contract/ids.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { newId } from '../platform/db/ids.ts';
import { testCtx } from '../testing/context.ts';
import { connectionRoutes } from './routes.ts';
import { aDoor } from './testing-door.ts';
import { webhookRoutes } from './webhooks.ts';

const ctx = await testCtx();
const sandbox = await startSandbox();
afterAll(() => sandbox.close());
ctx.config.sandboxUrl = sandbox.url;
const { app, ask } = await aDoor(ctx, [connectionRoutes, webhookRoutes]);
await app.listen({ port: 0, host: '127.0.0.1' });
const { port } = app.server.address() as { port: number };

/** A number of the emulator, connected here; `more` is the emulator's, `entered` what is entered here instead. */
async function aNumber(more: object = {}, entered: object = {}) {
  const response = await fetch(`${sandbox.url}/control/whatsapp/numbers`, {
    method: 'POST',
    body: JSON.stringify({ verified_name: 'Marlow Shop', ...more }),
  });
  const { id, waba, token, app_secret, verify_token } = (await response.json()) as Record<string, string>;
  const credentials = { phone_number_id: id, waba_id: waba, access_token: token, app_secret, verify_token };
  const { body } = await ask('POST', '/connections', {
    channel: 'whatsapp',
    sandbox: true,
    credentials: { ...credentials, ...entered },
  });
  return { id: id!, waba: waba!, secret: app_secret!, wire: body.id as string };
}
type ANumber = Awaited<ReturnType<typeof aNumber>>;
/** Two numbers of one account and one app. */
async function twoNumbers(): Promise<[ANumber, ANumber]> {
  const first = await aNumber();
  return [first, await aNumber({ waba: first.waba })];
}
const aStranger = () => aNumber({ app_secret: 'another-app-secret', app: '900000000000001' });

const message = ({ id }: { id: string }, kind: 'messages' | 'statuses' = 'messages') => {
  const common = { id: `wamid.${kind}.${id}`, timestamp: `${Math.floor(Date.now() / 1000)}` };
  const one =
    kind === 'statuses'
      ? { ...common, status: 'delivered', recipient_id: '491713920021' }
      : { ...common, from: '491713920021', type: 'text', text: { body: 'Hi' } };
  return { field: 'messages', value: { metadata: { phone_number_id: id }, [kind]: [one] } };
};
const accountNews = { field: 'account_update', value: { event: 'VERIFIED_ACCOUNT' } };

/** To the address of `at`, signed with its secret unless another is named. */
async function comes(at: ANumber, changes: object[], secret = at.secret) {
  const entry = [{ id: at.waba, time: 1749416384, changes }];
  const payload = JSON.stringify({ object: 'whatsapp_business_account', entry });
  const signed = `sha256=${createHmac('sha256', secret).update(payload).digest('hex')}`;
  const answer = await app.inject({
    method: 'POST',
    url: `/hooks/whatsapp/${at.wire}`,
    headers: { 'x-hub-signature-256': signed },
    payload,
  });
  return answer.statusCode;
}
/** What is stored for it: ids of messages and statuses, names of fields. */
async function storedOf({ wire }: ANumber): Promise<string[]> {
  const of = fromWireId('con', wire)!;
  const updates = ctx.db.selectFrom('inbound_updates').select('update_key as key');
  const receipts = ctx.db.selectFrom('inbound_receipts').select('external_id as key');
  const rows = [
    ...(await receipts.where('connection_id', '=', of).execute()),
    ...(await updates.where('connection_id', '=', of).orderBy('seq').execute()),
  ];
  return rows.map(({ key }) => key.split(' ')[0]!);
}
const arrivals = async ({ wire }: ANumber) => (await ask('GET', `/connections/${wire}/webhook`)).body;
const renew = ({ wire }: ANumber, app_secret: string) =>
  ask('PATCH', `/connections/${wire}`, { credentials: { app_secret } });

test('one address serves all numbers of an app, whose own secret does not fit gets nothing', async () => {
  const [first, second] = await twoNumbers();
  const stranger = await aStranger();
  const nobody = { id: '106540352249999' };
  expect(await comes(first, [...[first, second, nobody].map((of) => message(of)), accountNews])).toBe(200);
  expect(await comes(first, [message(stranger)])).toBe(401);
  expect(await storedOf(first)).toEqual([`wamid.messages.${first.id}`, 'account_update']);
  expect(await storedOf(second)).toEqual([`wamid.messages.${second.id}`, 'account_update']);
  expect(await storedOf(stranger)).toEqual([]);
  // whose part came in is delivered to, wherever it came
  await expect.poll(async () => (await arrivals(second)).last_at).not.toBeNull();
});

test('who names more accounts than an app has numbers is not asked after', async () => {
  const at = await aNumber();
  const strangers = Array.from({ length: 500 }, (_, place) => message({ id: `1${place}` }));
  expect(await comes(at, [message(at), ...strangers])).toBe(400);
  expect(await storedOf(at)).toEqual([]);
});

test.each(['messages', 'statuses'] as const)(
  'after a secret was renewed on one number only, the other’s %s are refused and said, not lost',
  async (kind) => {
    const [first, second] = await twoNumbers();
    await renew(first, 'the-renewed-secret');
    const changes = [message(second, kind), message(first, kind)];
    const deliver = () => comes(first, changes, 'the-renewed-secret');
    // Meta repeats it for as long as it is refused
    for (const status of [401, 401]) expect(await deliver()).toBe(status);
    expect([await storedOf(first), await storedOf(second)]).toEqual([[`wamid.${kind}.${first.id}`], []]);
    await expect.poll(async () => (await arrivals(second)).refused_at).not.toBeNull();
    expect(await arrivals(first)).toMatchObject({ refused_at: null, last_at: expect.any(String) });
    const problems = () => Promise.all([first, second].map(async (of) => (await ask('GET', `/connections/${of.wire}`)).body.problem)); // biome-ignore format: one thought
    expect(await problems()).toEqual([null, expect.stringContaining('Enter the app secret anew')]);
    await renew(second, 'the-renewed-secret');
    await expect.poll(deliver, { timeout: 2000 }).toBe(200);
    expect([await storedOf(first), await storedOf(second)]).toEqual([
      [`wamid.${kind}.${first.id}`],
      [`wamid.${kind}.${second.id}`],
    ]);
    expect(await problems()).toEqual([null, null]);
  },
);

test('a number that another app of it delivers to as well is not said to miss anything', async () => {
  const [first, second] = await twoNumbers();
  await renew(first, 'another-apps-secret');
  expect(await comes(second, [message(second)])).toBe(200);
  await expect.poll(async () => (await arrivals(second)).last_at).not.toBeNull();
  expect(await comes(first, [message(second)], 'another-apps-secret')).toBe(401);
  await expect.poll(async () => (await arrivals(second)).refused_at).not.toBeNull();
  expect((await ask('GET', `/connections/${second.wire}`)).body.problem).toBeNull();
});

test('news of the account that one of its numbers cannot believe are stored for the others and repeated', async () => {
  const [first, second] = await twoNumbers();
  await renew(first, 'the-renewed-secret');
  expect(await comes(first, [accountNews], 'the-renewed-secret')).toBe(401);
  expect([await storedOf(first), await storedOf(second)]).toEqual([['account_update'], []]);
});

test('what is for a number whose secrets do not open is refused as well', async () => {
  const [first, second] = await twoNumbers();
  const id = fromWireId('con', second.wire)!;
  await ctx.db.updateTable('connections').set({ credentials: Buffer.alloc(64) }).where('id', '=', id).execute(); // biome-ignore format: one thought
  expect(await comes(first, [message(second), message(first)])).toBe(401);
  expect(await storedOf(first)).toHaveLength(1);
});

/** Only the head of a request, which names a body of 3 MB that never comes: answered only by who does not wait for it. */
function answerToHead(path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({
      port,
      path,
      method: 'POST',
      headers: { ...headers, 'content-length': '3000000' },
    });
    asked.on('response', (answer) => {
      resolve(answer.statusCode);
      asked.destroy();
    });
    asked.on('error', reject);
    asked.flushHeaders();
  });
}

test('without a signature, or at an address that is none, the body is not even read', async () => {
  const { wire } = await aNumber();
  const at = `/hooks/whatsapp/${wire}`;
  const signed = { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` };
  expect(await answerToHead(at, {})).toBe(401);
  expect(await answerToHead(at, { 'x-hub-signature-256': 'sha256=zz' })).toBe(401);
  expect(await answerToHead(`/hooks/telegram/${wire}`, signed)).toBe(404);
  expect(await answerToHead(`/hooks/whatsapp/${toWireId('con', newId())}`, signed)).toBe(404);
  expect(await answerToHead('/hooks/whatsapp/con_x', signed)).toBe(404);
});
