import { expect, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { newId } from '../platform/db/ids.ts';
import { aConnection, testCtx } from '../testing/context.ts';
import { aDoor } from './testing-door.ts';
import { webhookRoutes } from './webhooks.ts';

const ctx = await testCtx();
const { app } = await aDoor(ctx, [webhookRoutes]);
const connectionId = await aConnection(ctx);

function deliver(body: string, given: { secret?: string; id?: string; type?: string } = {}) {
  return app.inject({
    method: 'POST',
    url: `/hooks/telegram/${given.id ?? toWireId('con', connectionId)}`,
    headers: {
      'content-type': given.type ?? 'application/json',
      'x-telegram-bot-api-secret-token': given.secret ?? 'test-secret',
    },
    payload: body,
  });
}
const stored = async () =>
  (
    await ctx.db
      .selectFrom('inbound_updates')
      .select(['update_key', 'raw'])
      .where('connection_id', '=', connectionId)
      .orderBy('seq')
      .execute()
  ).map((row) => row.update_key);

test('an update is stored once, however often the platform repeats it', async () => {
  const body = JSON.stringify({ update_id: 11, message: { text: 'Hello' } });
  const answers = await Promise.all([deliver(body), deliver(body), deliver(body)]);
  expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 200]);
  expect(await stored()).toEqual(['11']);
});

test('text that PostgreSQL cannot hold is stored without it', async () => {
  const answer = await deliver('{"update_id":12,"message":{"text":"a\\u0000b\\ud83dc \\\\u0000"}}');
  expect(answer.statusCode).toBe(200);
  expect(await stored()).toContain('12');
});

test('neither does a key that it cannot hold cost the webhook', async () => {
  const answer = await deliver('{"update_id":14,"message":{"a\\u0000b":{"c\\ud83d":1}}}');
  expect(answer.statusCode).toBe(200);
  expect(await stored()).toContain('14');
});

test.each([
  ['a wrong secret', 401, '{"update_id":20}', { secret: 'wrong' }],
  ['an unknown connection', 404, '{"update_id":20}', { id: toWireId('con', newId()) }],
  ['an id that is none', 404, '{"update_id":20}', { id: 'con_x' }],
  ['a cut body', 400, '{"update_id":', {}],
  ['an empty body', 400, '', {}],
  ['something else than an update', 400, '{"hello":1}', {}],
  ['a body beyond reason', 413, `{"update_id":20,"x":"${'y'.repeat(3_200_000)}"}`, {}],
] as const)('%s is refused with %i and stores nothing', async (_name, status, body, given) => {
  const answer = await deliver(body, given);
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(await stored()).not.toContain('20');
});

test('the content type does not matter, the secret does', async () => {
  expect((await deliver('{"update_id":13}', { type: 'text/plain' })).statusCode).toBe(200);
});
