// A thread on WhatsApp: the window, quotes and reactions, as events of the port bring them.
import { beforeAll, expect, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import type { InboundEvent } from '../channels/channel.ts';
import { aDoor } from '../channels/testing-door.ts';
import { wallClock } from '../deliveries/pressure/testing-pressure.ts';
import { inTransaction } from '../platform/context.ts';
import { aConnection, type TestCtx, testCtx } from '../testing/context.ts';
import { receive } from './receive.ts';
import { conversationRoutes } from './routes.ts';

const noon = '2026-11-21T12:00:00Z';
const clock = wallClock(noon);
let ctx: TestCtx;
let ask: Awaited<ReturnType<typeof aDoor>>['ask'];
let connectionId: string;
let next = 1;
const person = { firstName: 'Ann', lastName: null, username: null, language: null };

beforeAll(async () => {
  ctx = await testCtx({ clock });
  ({ ask } = await aDoor(ctx, [conversationRoutes]));
  connectionId = await aConnection(ctx);
  await ctx.db
    .updateTable('connections')
    .set({ channel: 'whatsapp' })
    .where('id', '=', connectionId)
    .execute();
});

const comes = (event: InboundEvent) =>
  inTransaction(ctx, (trx) =>
    receive(
      trx,
      { workspaceId: ctx.actor.workspaceId, id: connectionId, channel: 'whatsapp', username: null },
      event,
    ),
  );
type Message = Extract<InboundEvent, { kind: 'message' }>;
/** What the person writes at a moment by the platform's clock. Returns what the platform calls it. */
async function writes(
  address: string,
  text: string,
  at: string,
  more: Partial<Message> = {},
): Promise<string> {
  const externalId = `wamid.${next++}`;
  await comes({ kind: 'message', address, person, externalId, text, at: new Date(at), ...more });
  return externalId;
}
async function conversationOf(address: string): Promise<string> {
  const row = await ctx.db
    .selectFrom('conversations as v')
    .innerJoin('identities as i', 'i.contact_id', 'v.contact_id')
    .select('v.id')
    .where('i.address', '=', address)
    .executeTakeFirstOrThrow();
  return toWireId('cnv', row.id);
}
const thread = async (id: string) => (await ask('GET', `/conversations/${id}/messages`)).body.data;

test('the window is open for 24 hours from what the person wrote last, by the platform’s clock', async () => {
  clock.set(noon);
  await writes('436601', 'Hello', '2026-11-21T11:00:00Z');
  // comes late and out of order: it opens nothing that is not open
  await writes('436601', 'Hi', '2026-11-21T09:00:00Z');
  const id = await conversationOf('436601');
  const window = async () => (await ask('GET', `/conversations/${id}`)).body.window;
  expect(await window()).toEqual({ open: true, until: '2026-11-22T11:00:00.000Z' });
  expect((await ask('POST', `/conversations/${id}/messages`, { text: 'Good morning' })).status).toBe(201);
  clock.set('2026-11-22T10:59:58Z');
  expect((await ask('POST', `/conversations/${id}/messages`, { text: 'Still there?' })).status).toBe(201);
  // what we wrote does not make it longer
  clock.set('2026-11-22T11:00:01Z');
  expect(await window()).toEqual({ open: false, until: '2026-11-22T11:00:00.000Z' });
  const late = await ask('POST', `/conversations/${id}/messages`, { text: 'Hello?' });
  expect(late).toMatchObject({ status: 409, body: { code: 'WINDOW_CLOSED' } });
  expect(await thread(id)).toHaveLength(4);
  await writes('436601', 'Back again', '2026-11-22T12:00:00Z');
  expect((await window()).open).toBe(true);
});

test('a bot’s conversation knows no window', async () => {
  const id = await (async () => {
    await inTransaction(ctx, (trx) =>
      receive(
        trx,
        { workspaceId: ctx.actor.workspaceId, id: connectionId, channel: 'telegram', username: null },
        { kind: 'message', address: '9001', person, externalId: '1', text: 'Hi', at: new Date(noon) },
      ),
    );
    return conversationOf('9001');
  })();
  expect((await ask('GET', `/conversations/${id}`)).body.window).toBeNull();
});

test('messages quote each other both ways, and only what is in the conversation', async () => {
  clock.set(noon);
  const theirs = await writes('436602', 'Red or blue?', noon);
  const id = await conversationOf('436602');
  const [question] = await thread(id);
  const post = (body: object) => ask('POST', `/conversations/${id}/messages`, body);
  const answer = await post({ text: 'Blue', reply_to: question.id });
  expect(answer.body).toMatchObject({
    text: 'Blue',
    reply_to: { message_id: question.id, direction: 'in', text: 'Red or blue?' },
  });
  const row = await ctx.db
    .selectFrom('deliveries')
    .select(['id', 'content'])
    .where('address', '=', '436602')
    .executeTakeFirstOrThrow();
  expect(row.content).toMatchObject({ inReplyTo: theirs });
  // not sent yet, so nobody can quote it there
  expect((await post({ text: 'I mean it', reply_to: answer.body.id })).body.errors[0].pointer).toBe(
    '/reply_to',
  );
  await ctx.db
    .updateTable('deliveries')
    .set({ external_id: 'wamid.ours' })
    .where('id', '=', row.id)
    .execute();
  await writes('436602', 'This one?', noon, { inReplyTo: 'wamid.ours' });
  await writes('436602', 'And that?', noon, { inReplyTo: 'wamid.elsewhere' });
  const said = await thread(id);
  expect(said.find((one: { text: string }) => one.text === 'This one?').reply_to).toEqual({
    message_id: answer.body.id,
    direction: 'out',
    text: 'Blue',
  });
  expect(said.find((one: { text: string }) => one.text === 'And that?').reply_to.message_id).toBeNull();
  await writes('436603', 'Somebody else', noon);
  const other = await conversationOf('436603');
  const foreign = await ask('POST', `/conversations/${other}/messages`, { text: 'x', reply_to: question.id });
  expect(foreign).toMatchObject({ status: 422, body: { errors: [{ pointer: '/reply_to' }] } });
});

test('a reaction stands on its message, changes, goes, and is nothing unread', async () => {
  clock.set(noon);
  await writes('436604', 'Thanks', noon);
  const id = await conversationOf('436604');
  await ask('POST', `/conversations/${id}/messages`, { text: 'You are welcome' });
  await ctx.db
    .updateTable('deliveries')
    .set({ external_id: 'wamid.welcome' })
    .where('address', '=', '436604')
    .execute();
  const reacts = (to: string, emoji: string | null) =>
    comes({ kind: 'reacted', address: '436604', person, to, emoji, at: new Date(noon) });
  const reactions = async () => (await thread(id)).map((one: { reactions: unknown }) => one.reactions);
  await reacts('wamid.welcome', '👍');
  await reacts('wamid.welcome', '❤️');
  expect(await reactions()).toEqual([[{ by: 'contact', emoji: '❤️' }], []]);
  await reacts('wamid.welcome', null);
  expect(await reactions()).toEqual([[], []]);
  // on a message that was sent from elsewhere: nothing is lost
  await reacts('wamid.unknown', '🎉');
  expect((await thread(id)).map((one: { text: string }) => one.text)).toContain(
    '[Reacted 🎉 to a message that is not here]',
  );
  expect((await ask('GET', `/conversations/${id}`)).body.unread).toBe(0);
});

test('what was pressed says so, with what we called it', async () => {
  await writes('436605', 'Yes', noon, { pressed: 'yes_please' });
  const [message] = await thread(await conversationOf('436605'));
  expect(message).toMatchObject({ text: 'Yes', pressed: 'yes_please' });
});

test('an answer needs a text, a file or a template', async () => {
  await writes('436606', 'Hi', noon);
  const id = await conversationOf('436606');
  const empty = await ask('POST', `/conversations/${id}/messages`, {});
  expect(empty).toMatchObject({ status: 422, body: { errors: [{ pointer: '/text' }] } });
  const both = await ask('POST', `/conversations/${id}/messages`, {
    text: 'x',
    template: { name: 'hello', language: 'en' },
  });
  expect(both).toMatchObject({ status: 422, body: { errors: [{ pointer: '/text' }] } });
});
