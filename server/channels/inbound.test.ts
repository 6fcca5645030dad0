import { expect, onTestFinished, test } from 'vitest';
import { createLeases } from '../platform/db/leases.ts';
import { testCtx } from '../testing/context.ts';
import { testSandbox } from '../testing/sandbox.ts';
import { drainUpdates, type HandleInbound } from './drain.ts';
import { startInbound } from './inbound.ts';
import { forgetOldUpdates, storeUpdates } from './updates.ts';

const ctx = await testCtx();

/** A node: inbound work with leases of its own. `texts` are the messages it handled. */
function aNode(handle: HandleInbound) {
  const leases = createLeases(ctx.databaseUrl, ctx.log);
  const inbound = startInbound(ctx, leases, handle);
  let running = true;
  const stop = async () => {
    if (!running) return;
    running = false;
    await inbound.stop();
    await leases.stop();
  };
  onTestFinished(stop);
  return { stop };
}

function collector() {
  const texts: string[] = [];
  const handle: HandleInbound = async (_ctx, _connection, event) => {
    if (event.kind === 'message') texts.push(event.text);
  };
  return { texts, handle };
}

async function aTalkativePerson(sandbox: Awaited<ReturnType<typeof testSandbox>>, user = 4000) {
  await sandbox.control('users', { users: [{ id: user, first_name: 'Ann' }] });
  return (text: string) => sandbox.control('message', { bot: sandbox.botId, user, text });
}
const health = (id: string) =>
  ctx.db
    .selectFrom('connections')
    .select(['status', 'problem', 'poll_offset'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

test('messages are fetched by polling and handled in order, each once, also across a restart', async () => {
  const sandbox = await testSandbox(ctx);
  const write = await aTalkativePerson(sandbox);
  const { texts, handle } = collector();
  for (const text of ['one', 'two']) await write(text);
  const first = aNode(handle);
  await expect.poll(() => texts, { timeout: 10_000 }).toEqual(['one', 'two']);
  await first.stop();
  await write('three');
  aNode(handle);
  await expect.poll(() => texts, { timeout: 10_000 }).toEqual(['one', 'two', 'three']);
});

test('of two nodes only one works, and the other takes over when it stops', async () => {
  const sandbox = await testSandbox(ctx);
  const write = await aTalkativePerson(sandbox);
  const [one, two] = [collector(), collector()];
  const first = aNode(one.handle);
  await write('a');
  await expect.poll(() => one.texts, { timeout: 10_000 }).toEqual(['a']);
  aNode(two.handle);
  await write('b');
  await expect.poll(() => one.texts, { timeout: 10_000 }).toEqual(['a', 'b']);
  await first.stop();
  await write('c');
  await expect.poll(() => two.texts, { timeout: 10_000 }).toEqual(['c']);
  expect((await health(sandbox.connectionId)).problem).toBeNull();
});

test('a stored webhook update is handled at once', async () => {
  const sandbox = await testSandbox(ctx);
  const { texts, handle } = collector();
  aNode(handle);
  const of = { workspaceId: ctx.actor.workspaceId, connectionId: sandbox.connectionId };
  const chat = { id: 9, type: 'private' };
  const raw = {
    update_id: 77,
    message: { message_id: 1, chat, from: { id: 9 }, date: 1_795_219_335, text: 'pushed' },
  };
  expect(await storeUpdates(ctx, of, [{ key: '77', raw }])).toBe(1);
  expect(await storeUpdates(ctx, of, [{ key: '77', raw }])).toBe(0);
  await expect.poll(() => texts, { timeout: 10_000 }).toEqual(['pushed']);
});

test('two nodes that both believe to own a connection still handle every update once, in order', async () => {
  const { connectionId } = await testSandbox(ctx);
  const of = { workspaceId: ctx.actor.workspaceId, connectionId };
  const chat = { id: 9, type: 'private' };
  const updates = Array.from({ length: 120 }, (_, id) => ({
    key: String(id),
    raw: {
      update_id: id,
      message: { message_id: id, chat, from: { id: 9 }, date: 1_795_219_335, text: String(id) },
    },
  }));
  await storeUpdates(ctx, of, updates);
  const { texts, handle } = collector();
  const connection = { ...of, id: connectionId, channel: 'telegram' as const, username: null };
  const signal = new AbortController().signal;
  await Promise.all([1, 2, 3].map(() => drainUpdates(ctx, connection, handle, signal)));
  expect(texts).toEqual(updates.map((update) => update.key));
});

test('an update that cannot be handled is marked, undone and skipped; the next ones follow', async () => {
  const sandbox = await testSandbox(ctx);
  const write = await aTalkativePerson(sandbox);
  const { texts, handle } = collector();
  aNode(async (trx, connection, event) => {
    if (event.kind === 'message' && event.text === 'poison') {
      await trx.db
        .updateTable('connections')
        .set({ name: 'half done' })
        .where('id', '=', connection.id)
        .execute();
      throw new TypeError('a bug');
    }
    return handle(trx, connection, event);
  });
  for (const text of ['before', 'poison', 'after']) await write(text);
  await expect.poll(() => texts, { timeout: 10_000 }).toEqual(['before', 'after']);
  const rows = await ctx.db
    .selectFrom('inbound_updates')
    .select('problem')
    .where('connection_id', '=', sandbox.connectionId)
    .where('problem', 'is not', null)
    .execute();
  expect(rows).toEqual([{ problem: 'TypeError: a bug' }]);
  const row = await ctx.db
    .selectFrom('connections')
    .select('name')
    .where('id', '=', sandbox.connectionId)
    .executeTakeFirst();
  expect(row?.name).toBe('Shop bot');
});

test('a failing database does not cost a message: it is handled once the database is back', async () => {
  const sandbox = await testSandbox(ctx);
  const write = await aTalkativePerson(sandbox);
  const { texts, handle } = collector();
  let failures = 2;
  aNode(async (trx, connection, event) => {
    if (failures-- > 0) throw Object.assign(new Error('terminating connection'), { code: '57P01' });
    return handle(trx, connection, event);
  });
  await write('patient');
  await expect.poll(() => texts, { timeout: 15_000 }).toEqual(['patient']);
});

test('a revoked token stops the polling and says so; with the new token messages come again', async () => {
  const sandbox = await testSandbox(ctx);
  const write = await aTalkativePerson(sandbox);
  const { texts, handle } = collector();
  const { token } = await sandbox.control<{ token: string }>(`bots/${sandbox.botId}/revoke`, {});
  aNode(handle);
  await expect
    .poll(() => health(sandbox.connectionId), { timeout: 10_000 })
    .toMatchObject({
      status: 'error',
      problem: expect.stringContaining('@BotFather'),
    });
  await write('after');
  const place = `connections/${sandbox.connectionId}/credentials`;
  await ctx.db
    .updateTable('connections')
    .set({
      credentials: ctx.secrets.seal(JSON.stringify({ token }), place),
      status: 'connected',
      problem: null,
    })
    .where('id', '=', sandbox.connectionId)
    .execute();
  await expect.poll(() => texts, { timeout: 10_000 }).toEqual(['after']);
});

test('a platform in trouble is named as the problem until it answers again', async () => {
  const sandbox = await testSandbox(ctx);
  await sandbox.control('faults', { kind: 'http_500', methods: ['getupdates'], bot: sandbox.botId });
  aNode(collector().handle);
  await expect
    .poll(() => health(sandbox.connectionId), { timeout: 20_000 })
    .toMatchObject({
      status: 'connected',
      problem: expect.stringContaining('Telegram is in trouble (HTTP 500)'),
    });
  await sandbox.control('faults', undefined, 'DELETE');
  await expect.poll(() => health(sandbox.connectionId), { timeout: 20_000 }).toMatchObject({ problem: null });
});

test('a second program that fetches the messages of the same bot is named as the problem', async () => {
  const sandbox = await testSandbox(ctx);
  aNode(collector().handle);
  const over = new AbortController();
  onTestFinished(() => over.abort());
  void (async () => {
    while (!over.signal.aborted) {
      await fetch(`${sandbox.url}/bot${sandbox.token}/getUpdates?timeout=5`, { signal: over.signal }).catch(
        () => {},
      );
      await ctx.clock.sleep(50, over.signal);
    }
  })();
  await expect
    .poll(() => health(sandbox.connectionId), { timeout: 25_000 })
    .toMatchObject({ status: 'connected', problem: expect.stringContaining('Another program') });
});

test('updates of long ago are forgotten, unless they still wait', async () => {
  const sandbox = await testSandbox(ctx);
  const long = new Date(Date.now() - 31 * 86_400_000);
  const row = (update_key: string, processed_at: Date | null, received_at: Date) => ({
    workspace_id: ctx.actor.workspaceId,
    connection_id: sandbox.connectionId,
    update_key,
    raw: '{}',
    received_at,
    processed_at,
  });
  await ctx.db
    .insertInto('inbound_updates')
    .values([row('o1', long, long), row('o2', null, long), row('o3', new Date(), new Date())])
    .execute();
  expect(await forgetOldUpdates(ctx)).toBe(1);
});
