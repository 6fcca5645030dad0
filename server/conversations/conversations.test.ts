import { expect, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import type { Scope } from '../../contract/roles.ts';
import { aDoor } from '../channels/testing-door.ts';
import { inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { aConnection, aContact, aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { receive } from './receive.ts';
import { conversationRoutes } from './routes.ts';

const ctx = await testCtx();
const connectionId = await aConnection(ctx);
const { ask } = await aDoor(ctx, [conversationRoutes]);
const sendLogOnly = { ...ctx.actor, scopes: new Set<Scope>(['deliveries:read']) };
const { ask: askFromLog } = await aDoor({ ...ctx, actor: sendLogOnly }, [conversationRoutes]);
let next = 1;

/** A conversation that began with the person's message. Returns wire ids. */
async function aConversation(firstName: string, text = 'Hello') {
  const address = String(70_000 + next++);
  const contactId = await aContact(ctx, { firstName, connectionId, address });
  const person = { firstName, lastName: null, username: `${firstName.toLowerCase()}_u`, language: null };
  const connection = {
    workspaceId: ctx.actor.workspaceId,
    id: connectionId,
    channel: 'telegram' as const,
    username: null,
  };
  await inTransaction(ctx, (trx) =>
    receive(trx, connection, {
      kind: 'message',
      address,
      person,
      externalId: String(next),
      text,
      at: new Date(),
    }),
  );
  const row = await ctx.db
    .selectFrom('conversations')
    .select('id')
    .where('contact_id', '=', contactId)
    .executeTakeFirstOrThrow();
  return { contactId, address, contact: toWireId('cnt', contactId), id: toWireId('cnv', row.id) };
}

test('the inbox lists the latest activity first, by name, status and unread', async () => {
  const [bea, cal] = [await aConversation('Beatrice'), await aConversation('Calvin', 'Where is my parcel?')];
  const list = async (query = '') =>
    (await ask('GET', `/conversations${query}`)).body.data.map((one: { id: string }) => one.id);
  expect((await list()).slice(0, 2)).toEqual([cal.id, bea.id]);
  expect(await list('?search=beat')).toEqual([bea.id]);
  expect(await list('?search=%40calvin_u')).toEqual([cal.id]);
  expect(await list('?search=%25')).toEqual([]);
  await ask('POST', `/conversations/${cal.id}/read`);
  expect(await list('?unread=true')).toEqual([bea.id]);
  await ask('POST', `/conversations/${bea.id}/resolve`);
  expect(await list('?status=resolved')).toEqual([bea.id]);
  expect(await list('?status=open')).toEqual([cal.id]);
  expect((await ask('POST', `/conversations/${bea.id}/reopen`)).body.status).toBe('open');
  expect((await ask('GET', `/conversations/${cal.id}`)).body).toMatchObject({
    contact: { id: cal.contact, name: 'Calvin', reachable: true, opted_out: false },
    last_message: { text: 'Where is my parcel?', direction: 'in' },
    unread: 0,
  });
});

test('pages of the inbox neither repeat nor lose a conversation', async () => {
  for (let i = 0; i < 5; i++) await aConversation(`Page${i}`);
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await ask('GET', `/conversations?search=Page&limit=2${cursor}`);
    seen.push(...body.data.map((one: { contact: { name: string } }) => one.contact.name));
    if (!body.next_cursor) break;
    cursor = `&cursor=${body.next_cursor}`;
  }
  expect(seen).toEqual(['Page4', 'Page3', 'Page2', 'Page1', 'Page0']);
});

test('an answer is queued to the letter, stands in the thread at once, and marks the conversation read', async () => {
  const one = await aConversation('Dora');
  const answer = await ask('POST', `/conversations/${one.id}/messages`, {
    text: 'Yes, *until* {{ Friday }} <3',
  });
  expect(answer).toMatchObject({
    status: 201,
    body: {
      direction: 'out',
      source: 'reply',
      state: 'queued',
      text: 'Yes, *until* {{ Friday }} <3',
      campaign: null,
    },
  });
  const thread = await ask('GET', `/conversations/${one.id}/messages`);
  expect(thread.body.data.map((message: { text: string }) => message.text)).toEqual([
    'Yes, *until* {{ Friday }} <3',
    'Hello',
  ]);
  expect((await ask('GET', `/conversations/${one.id}`)).body).toMatchObject({ unread: 0, status: 'open' });
  const ofContact = await ask(
    'GET',
    `/contacts/${one.contact}/messages?connection_id=${toWireId('con', connectionId)}`,
  );
  expect(ofContact.body).toEqual(thread.body);
  // what one person wrote to another is no campaign's
  const inLog = `/deliveries/${answer.body.delivery_id}/message`;
  expect((await ask('GET', inLog)).body.text).toBe('Yes, *until* {{ Friday }} <3');
  const refused = await askFromLog('GET', inLog);
  expect([refused.status, refused.body.detail]).toEqual([403, expect.stringContaining('conversations:read')]);
});

test('somebody who blocked the bot cannot be answered, and nothing is kept of the attempt', async () => {
  const one = await aConversation('Emil');
  await ctx.db
    .updateTable('identities')
    .set({ reachable: false, unreachable_reason: 'blocked' })
    .where('contact_id', '=', one.contactId)
    .execute();
  const answer = await ask('POST', `/conversations/${one.id}/messages`, { text: 'Hi' });
  expect(answer).toMatchObject({ status: 409, body: { code: 'CONTACT_UNREACHABLE' } });
  expect(answer.body.detail).toContain('blocked');
  expect((await ask('GET', `/conversations/${one.id}/messages`)).body.data).toHaveLength(1);
});

test('a person who opted out and wrote may be answered', async () => {
  const one = await aConversation('Fay', '/stop');
  expect((await ask('GET', `/conversations/${one.id}`)).body.contact.opted_out).toBe(true);
  expect((await ask('POST', `/conversations/${one.id}/messages`, { text: 'Done.' })).status).toBe(201);
});

test.each([[''], ['   '], ['x'.repeat(4097)]])(
  'an answer that cannot be sent is refused beside its field',
  async (text) => {
    const one = await aConversation('Gus');
    expect(await ask('POST', `/conversations/${one.id}/messages`, { text })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/text' }] },
    });
  },
);

test('an operator opens a conversation with somebody who has a chat there, and no other', async () => {
  const connection_id = toWireId('con', connectionId);
  const contactId = await aContact(ctx, { firstName: 'Hal', connectionId });
  const open = () => ask('POST', '/conversations', { contact_id: toWireId('cnt', contactId), connection_id });
  const [first, second] = [await open(), await open()];
  expect(first).toMatchObject({ status: 201, body: { status: 'open', unread: 0, last_message: null } });
  expect(second.body.id).toBe(first.body.id);
  const stranger = toWireId('cnt', await aContact(ctx, { firstName: 'Ida' }));
  expect(await ask('POST', '/conversations', { contact_id: stranger, connection_id })).toMatchObject({
    status: 409,
    body: { code: 'CONTACT_UNREACHABLE' },
  });
  const nobody = { contact_id: toWireId('cnt', newId()), connection_id };
  expect((await ask('POST', '/conversations', nobody)).status).toBe(404);
});

test('another workspace sees none of it', async () => {
  const one = await aConversation('Jo');
  const other = await aDoor(inWorkspace(ctx, await aWorkspace(ctx)), [conversationRoutes]);
  expect((await other.ask('GET', '/conversations')).body.data).toEqual([]);
  for (const url of [
    `/conversations/${one.id}`,
    `/conversations/${one.id}/messages`,
    `/contacts/${one.contact}/messages`,
  ])
    expect((await other.ask('GET', url)).status).toBe(404);
  expect((await other.ask('POST', `/conversations/${one.id}/messages`, { text: 'x' })).status).toBe(404);
  const ids = { contact_id: one.contact, connection_id: toWireId('con', connectionId) };
  expect((await other.ask('POST', '/conversations', ids)).status).toBe(404);
});

test('after the connection was removed the thread can be read and not answered', async () => {
  const gone = await aConnection(ctx);
  const contactId = await aContact(ctx, { firstName: 'Kit', connectionId: gone });
  const { body } = await ask('POST', '/conversations', {
    contact_id: toWireId('cnt', contactId),
    connection_id: toWireId('con', gone),
  });
  await ctx.db.updateTable('connections').set({ deleted_at: new Date() }).where('id', '=', gone).execute();
  expect((await ask('GET', `/conversations/${body.id}/messages`)).status).toBe(200);
  expect(await ask('POST', `/conversations/${body.id}/messages`, { text: 'x' })).toMatchObject({
    status: 409,
  });
});
