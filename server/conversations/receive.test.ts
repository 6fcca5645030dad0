import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LiveFrame } from '../../contract/socket.ts';
import type { InboundEvent } from '../channels/channel.ts';
import { inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { aConnection, aContact, aWhatsAppNumber, testCtx } from '../testing/context.ts';
import { confirmations } from './opt-out/confirmations.ts';
import { receive, timeInThread } from './receive.ts';
import { contactThread } from './thread.ts';

const ctx = await testCtx();
const connectionId = await aConnection(ctx);
const connection = {
  workspaceId: ctx.actor.workspaceId,
  id: connectionId,
  channel: 'telegram' as const,
  username: 'shop_bot',
};
const person = { firstName: 'Ann', lastName: 'Lee', username: 'ann', language: 'en' };
const page = { limit: 50 };
let nextAddress = 1000;
let nextMessage = 1;
const anAddress = () => String(nextAddress++);

type Message = Extract<InboundEvent, { kind: 'message' }>;
function writes(address: string, text: string, more: Partial<InboundEvent> = {}): Message {
  const externalId = String(nextMessage++);
  return { kind: 'message', address, person, externalId, text, at: new Date(), ...more } as Message;
}
const comes = (event: InboundEvent) => inTransaction(ctx, (trx) => receive(trx, connection, event));
const identityOf = (address: string) =>
  ctx.db.selectFrom('identities').selectAll().where('address', '=', address).executeTakeFirstOrThrow();
const conversationOf = (contactId: string) =>
  ctx.db.selectFrom('conversations').selectAll().where('contact_id', '=', contactId).executeTakeFirst();
const consentOf = (contactId: string) =>
  ctx.db.selectFrom('consents').selectAll().where('contact_id', '=', contactId).executeTakeFirst();
const thread = async (contactId: string) => (await contactThread(ctx, { contactId }, page)).data;

test('a first message makes the contact and an open, unread conversation, and the panel hears of it', async () => {
  const frames: LiveFrame[] = [];
  const unsubscribe = ctx.hub.subscribe((news) => news.topic === 'live' && frames.push(news.frame));
  const address = anAddress();
  await comes(writes(address, 'Is this still on?'));
  const { contact_id } = await identityOf(address);
  expect(await conversationOf(contact_id)).toMatchObject({ status: 'open', unread: 1 });
  expect(await thread(contact_id)).toMatchObject([
    { direction: 'in', source: 'contact', text: 'Is this still on?', state: null, delivery_id: null },
  ]);
  await expect.poll(() => frames.map((frame) => frame.type)).toContain('message.received');
  unsubscribe();
});

test('the same message inside two updates stands in the thread once', async () => {
  const event = writes(anAddress(), 'Once');
  await comes(event);
  await comes(event);
  const { contact_id } = await identityOf(event.address);
  expect(await thread(contact_id)).toHaveLength(1);
  expect((await conversationOf(contact_id))?.unread).toBe(1);
});

test('"/stop" opts out with the person’s words and is confirmed in one sentence', async () => {
  const address = anAddress();
  await comes(writes(address, '/stop'));
  const { contact_id } = await identityOf(address);
  expect(await consentOf(contact_id)).toMatchObject({
    state: 'opted_out',
    source: 'message',
    wording: '/stop',
  });
  const [confirmation, request] = await thread(contact_id);
  expect(request).toMatchObject({ direction: 'in', text: '/stop' });
  expect(confirmation).toMatchObject({
    direction: 'out',
    source: 'reply',
    state: 'queued',
    text: confirmations.en,
  });
});

test('a machine that says "STOP" for ever is answered once a day, and anew after it came back', async () => {
  const address = anAddress();
  const answers = async (contactId: string) =>
    (await thread(contactId)).filter(({ direction }) => direction === 'out').length;
  for (let n = 0; n < 5; n++) await comes(writes(address, n % 2 ? 'STOP' : 'please stop messaging me'));
  const { contact_id } = await identityOf(address);
  expect(await answers(contact_id)).toBe(1);
  expect(await thread(contact_id)).toHaveLength(6);
  // a day later
  await ctx.db
    .updateTable('messages')
    .set({ at: new Date(Date.now() - 25 * 3_600_000) })
    .where('contact_id', '=', contact_id)
    .where('direction', '=', 'out')
    .execute();
  for (let n = 0; n < 2; n++) await comes(writes(address, 'STOP'));
  expect(await answers(contact_id)).toBe(2);
  await comes(writes(address, '/start'));
  await comes(writes(address, 'STOP'));
  expect(await answers(contact_id)).toBe(3);
});

test('the confirmation is in the language the person was understood in; of a word that many share, in their own', async () => {
  const answerTo = async (text: string, language: string | null) => {
    const address = anAddress();
    await comes(writes(address, text, { person: { ...person, language } }));
    const { contact_id } = await identityOf(address);
    return (await thread(contact_id))[0];
  };
  const german = { direction: 'out', text: confirmations.de };
  expect(await answerTo('bitte keine Nachrichten mehr', 'en')).toMatchObject(german);
  expect(await answerTo('/stop', 'de-AT')).toMatchObject(german);
  expect(await answerTo('STOP', 'ja')).toMatchObject({ text: confirmations.en });
});

test('"/start" after "/stop" opts in again; without it, consent stays unspoken and the inbox quiet', async () => {
  const address = anAddress();
  await comes(writes(address, '/start ref_42'));
  const { contact_id } = await identityOf(address);
  expect(await consentOf(contact_id)).toBeUndefined();
  expect(await conversationOf(contact_id)).toMatchObject({ status: 'resolved', unread: 0 });
  await comes(writes(address, 'STOP'));
  expect((await consentOf(contact_id))?.state).toBe('opted_out');
  await comes(writes(address, '/start'));
  expect(await consentOf(contact_id)).toMatchObject({ state: 'opted_in', wording: '/start' });
});

test('on WhatsApp START leads back whoever is out, and is an ordinary message of everybody else', async () => {
  const number = { ...connection, id: await aWhatsAppNumber(ctx), channel: 'whatsapp' as const };
  const says = (text: string) =>
    inTransaction(ctx, (trx) => receive(trx, number, writes('442079460018', text)));
  await says('Start');
  const { contact_id } = await identityOf('442079460018');
  expect(await consentOf(contact_id)).toBeUndefined();
  expect(await conversationOf(contact_id)).toMatchObject({ status: 'open', unread: 1 });
  await says('STOP');
  expect((await consentOf(contact_id))?.state).toBe('opted_out');
  const { text } = (await thread(contact_id))[0]!;
  expect(text).toContain('send START.');
  await says('START');
  expect(await consentOf(contact_id)).toMatchObject({ state: 'opted_in', wording: 'START' });
  // where commands have a slash it stays a word
  const address = anAddress();
  await comes(writes(address, '/stop'));
  await comes(writes(address, 'START'));
  expect((await consentOf((await identityOf(address)).contact_id))?.state).toBe('opted_out');
});

test('a sentence opts out with its words, is confirmed, and stays in the inbox for a person to read', async () => {
  const address = anAddress();
  await comes(writes(address, 'Lovely mug, but please don’t write me any more'));
  const { contact_id } = await identityOf(address);
  expect(await consentOf(contact_id)).toMatchObject({
    state: 'opted_out',
    source: 'message',
    wording: 'Lovely mug, but please don’t write me any more',
  });
  expect((await thread(contact_id))[0]).toMatchObject({ direction: 'out', text: confirmations.en });
  expect(await conversationOf(contact_id)).toMatchObject({
    status: 'open',
    unread: 1,
    opt_out_asked_at: null,
  });
});

test('a doubtful sentence changes nothing and asks a person; ordinary talk does neither', async () => {
  const address = anAddress();
  await comes(writes(address, 'Can I stop the pain with it?'));
  const { contact_id } = await identityOf(address);
  expect(await conversationOf(contact_id)).toMatchObject({ opt_out_asked_at: null });
  await comes(writes(address, 'You write too often'));
  await comes(writes(address, 'Too many messages!'));
  expect(await consentOf(contact_id)).toBeUndefined();
  expect(await conversationOf(contact_id)).toMatchObject({
    opt_out_wording: 'You write too often',
    opt_out_asked_at: expect.any(Date),
  });
  expect((await thread(contact_id)).every((message) => message.direction === 'in')).toBe(true);
  await comes(writes(address, '/stop'));
  expect(await conversationOf(contact_id)).toMatchObject({ opt_out_wording: null, opt_out_asked_at: null });
  await comes(writes(address, 'You write too often'));
  expect(await conversationOf(contact_id)).toMatchObject({ opt_out_asked_at: null });
});

test('a block makes the person unreachable; unblocking or writing ends it', async () => {
  const address = anAddress();
  await comes(writes(address, 'Hi'));
  const at = new Date();
  await comes({ kind: 'unreachable', address, person, reason: 'blocked', at });
  expect(await identityOf(address)).toMatchObject({ reachable: false, unreachable_reason: 'blocked' });
  await comes({ kind: 'reachable', address, person, at });
  expect(await identityOf(address)).toMatchObject({ reachable: true, unreachable_reason: null });
  await comes({ kind: 'unreachable', address, person, reason: 'blocked', at });
  await comes(writes(address, 'Back again'));
  expect((await identityOf(address)).reachable).toBe(true);
});

test('a block by somebody we never met makes no contact', async () => {
  const address = anAddress();
  await comes({ kind: 'unreachable', address, person, reason: 'blocked', at: new Date() });
  await expect(identityOf(address)).rejects.toThrow();
});

test('an answer opens a resolved conversation and counts for the last campaign message', async () => {
  const address = anAddress();
  const contactId = await aContact(ctx, { connectionId, address });
  const sentAt = new Date(Date.now() - 60_000);
  const delivery = newId();
  await ctx.db
    .insertInto('deliveries')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id: delivery,
      source: 'campaign',
      priority: 2,
      campaign_id: newId(),
      event_key: 'run',
      contact_id: contactId,
      connection_id: connectionId,
      channel: 'telegram',
      address,
      state: 'sent',
      due_at: sentAt,
      created_at: sentAt,
      sent_at: sentAt,
    })
    .execute();
  await comes(writes(address, 'First'));
  await ctx.db
    .updateTable('conversations')
    .set({ status: 'resolved' })
    .where('contact_id', '=', contactId)
    .execute();
  await comes(writes(address, 'Second'));
  expect(await conversationOf(contactId)).toMatchObject({ status: 'open', unread: 2 });
  const row = await ctx.db
    .selectFrom('deliveries')
    .select('replied_at')
    .where('id', '=', delivery)
    .executeTakeFirst();
  expect(row?.replied_at).toBeInstanceOf(Date);
});

test('a picture is named in the thread beside its caption', async () => {
  const address = anAddress();
  await comes(writes(address, 'Like this?', { image: true }));
  const { contact_id } = await identityOf(address);
  expect(await thread(contact_id)).toMatchObject([{ text: '[Picture] Like this?' }]);
});

test('a message dated ahead of our clock stands in the thread at the present, once', async () => {
  const address = anAddress();
  const early = writes(address, 'From tomorrow', { at: new Date(Date.now() + 3_600_000) });
  await comes(early);
  await comes(early);
  await comes(writes(address, 'After it'));
  const { contact_id } = await identityOf(address);
  expect((await thread(contact_id)).map(({ text }) => text)).toEqual(['After it', 'From tomorrow']);
  const { updated_at, unread } = (await conversationOf(contact_id))!;
  expect(unread).toBe(2);
  expect(updated_at.getTime()).toBeLessThanOrEqual(Date.now());
  // and a reaction, which is no message
  const reacted = { kind: 'reacted', address, person, to: 'unknown', emoji: '👍', at: early.at } as const;
  await comes(reacted);
  expect((await conversationOf(contact_id))!.updated_at.getTime()).toBeLessThanOrEqual(Date.now());
});

test('a place in the thread is within the platform’s second and never in our future', () => {
  const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(moment, fc.integer({ min: -5000, max: 90_000_000 }), (date, lateMs) => {
      const platform = new Date(Math.floor(date.getTime() / 1000) * 1000);
      const now = new Date(platform.getTime() + lateMs);
      const at = timeInThread(platform, now).getTime();
      if (now < platform) return at === now.getTime();
      return at >= platform.getTime() && at < platform.getTime() + 1000 && at <= now.getTime();
    }),
  );
});
