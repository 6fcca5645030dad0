// Opting out by a sentence, deciding about a doubtful one, proof, undo and history, over the API.
import { expect, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { aDoor } from '../channels/testing-door.ts';
import { consentRoutes } from '../contacts/consent-routes.ts';
import { loadContact } from '../contacts/store.ts';
import { asSystem, inTransaction } from '../platform/context.ts';
import { aConnection, aContact, testCtx } from '../testing/context.ts';
import { confirmations } from './opt-out/confirmations.ts';
import { receive } from './receive.ts';
import { conversationRoutes } from './routes.ts';

const ctx = await testCtx();
const connectionId = await aConnection(ctx);
const { ask } = await aDoor(ctx, [conversationRoutes, consentRoutes]);
const connection = {
  workspaceId: ctx.actor.workspaceId,
  id: connectionId,
  channel: 'telegram' as const,
  username: null,
};
const person = { firstName: 'Ann', lastName: null, username: null, language: null };
let next = 1;

/** Somebody who writes, with ids as on the wire. */
async function somebody(...texts: string[]) {
  const address = String(50_000 + next++);
  const contactId = await aContact(ctx, { connectionId, address });
  const writes = (text: string) =>
    inTransaction(asSystem(ctx, ctx.actor.workspaceId), (trx) =>
      receive(trx, connection, {
        kind: 'message',
        address,
        person,
        externalId: String(next++),
        text,
        at: new Date(),
      }),
    );
  for (const text of texts) await writes(text);
  const row = await ctx.db
    .selectFrom('conversations')
    .select('id')
    .where('contact_id', '=', contactId)
    .executeTakeFirstOrThrow();
  const contact = `/contacts/${toWireId('cnt', contactId)}`;
  return { contactId, writes, contact, conversation: `/conversations/${toWireId('cnv', row.id)}` };
}
const channel = 'telegram';
const history = async (of: { contact: string }) =>
  (await ask('GET', `${of.contact}/consent/history`)).body.data;

test('a doubtful message is found in the inbox, and "opt out" opts out with the person’s words and tells them', async () => {
  const ann = await somebody('You write too often');
  await somebody('Where is my parcel?');
  const asked = await ask('GET', '/conversations?opt_out_question=true');
  expect(asked.body.data).toMatchObject([
    { contact: { opted_out: false }, opt_out_question: { wording: 'You write too often' } },
  ]);
  const decided = await ask('POST', `${ann.conversation}/opt_out_decision`, { opt_out: true });
  expect(decided).toMatchObject({
    status: 200,
    body: { contact: { opted_out: true }, opt_out_question: null },
  });
  expect(await history(ann)).toMatchObject([
    { state: 'opted_out', source: 'message', wording: 'You write too often', by: 'Test' },
  ]);
  const thread = await ask('GET', `${ann.conversation}/messages`);
  expect(thread.body.data[0]).toMatchObject({ direction: 'out', text: confirmations.en });
  const again = await ask('POST', `${ann.conversation}/opt_out_decision`, { opt_out: false });
  expect(again).toMatchObject({ status: 409, body: { code: 'ILLEGAL_MOVE' } });
});

test('"not an opt-out" changes nothing but the question, and somebody who blocked us can still be opted out', async () => {
  const bea = await somebody('Too many messages');
  const no = await ask('POST', `${bea.conversation}/opt_out_decision`, { opt_out: false });
  expect(no.body).toMatchObject({ contact: { opted_out: false }, opt_out_question: null });
  expect(await history(bea)).toEqual([]);
  await bea.writes('this is spam');
  await ctx.db
    .updateTable('identities')
    .set({ reachable: false, unreachable_reason: 'blocked' })
    .where('contact_id', '=', bea.contactId)
    .execute();
  const yes = await ask('POST', `${bea.conversation}/opt_out_decision`, { opt_out: true });
  expect(yes).toMatchObject({ status: 200, body: { contact: { opted_out: true } } });
});

test('a mistaken opt-out is undone with a reason, what held before holds again, and the history keeps it all', async () => {
  const cal = await somebody('Hello');
  await ask('POST', `${cal.contact}/consent`, {
    channel,
    state: 'opted_in',
    wording: 'Ticked the box at the fair',
  });
  await cal.writes('please stop messaging me');
  const without = await ask('POST', `${cal.contact}/consent/undo`, { channel, reason: ' ' });
  expect(without).toMatchObject({ status: 422, body: { errors: [{ pointer: '/reason' }] } });
  const undone = await ask('POST', `${cal.contact}/consent/undo`, {
    channel,
    reason: 'They quoted somebody else',
  });
  expect(undone.body.consent).toMatchObject([{ state: 'opted_in', wording: 'Ticked the box at the fair' }]);
  expect(await history(cal)).toMatchObject([
    { state: 'opted_in', source: 'undo', reason: 'They quoted somebody else', by: 'Test' },
    { state: 'opted_out', source: 'message', wording: 'please stop messaging me', by: null },
    { state: 'opted_in', source: 'api', wording: 'Ticked the box at the fair', by: 'Test' },
  ]);
  const twice = await ask('POST', `${cal.contact}/consent/undo`, { channel, reason: 'Again' });
  expect(twice).toMatchObject({ status: 409, body: { code: 'ILLEGAL_MOVE' } });
  const dan = await somebody('please stop messaging me');
  const unasked = await ask('POST', `${dan.contact}/consent/undo`, { channel, reason: 'Wrong person' });
  expect(unasked.body.consent).toEqual([]);
  expect((await history(dan))[0]).toMatchObject({ state: 'not_asked', source: 'undo' });
});

test('a command is nobody’s to undo: the person comes back by /start, or with recorded proof', async () => {
  const eve = await somebody('STOP');
  const refused = await ask('POST', `${eve.contact}/consent/undo`, {
    channel,
    reason: 'We would like them back',
  });
  expect(refused).toMatchObject({ status: 409, body: { code: 'ILLEGAL_MOVE' } });
  const gil = await somebody('please stop messaging me', '/stop', '/stop');
  expect(await history(gil)).toHaveLength(3);
  const plain = await ask('POST', `${gil.contact}/consent/undo`, { channel, reason: 'Wrong person' });
  expect(plain).toMatchObject({ status: 409, body: { code: 'ILLEGAL_MOVE' } });
  const bare = await ask('POST', `${eve.contact}/consent`, { channel, state: 'opted_in' });
  expect(bare).toMatchObject({ status: 422, body: { errors: [{ pointer: '/wording' }] } });
  const empty = await ask('POST', `${eve.contact}/consent`, { channel, state: 'opted_in', wording: '  ' });
  expect(empty).toMatchObject({ status: 422, body: { errors: [{ pointer: '/wording' }] } });
  for (const nothing of ['.', '\u200b\u200b\u200b', 'ok', '\u3164\u3164\u3164']) {
    const said = { channel, state: 'opted_in', wording: nothing };
    expect((await ask('POST', `${eve.contact}/consent`, said)).status, nothing).toBe(422);
  }
  const wording = 'Asked for offers again at the till, 3 May';
  const proven = await ask('POST', `${eve.contact}/consent`, { channel, state: 'opted_in', wording });
  expect(proven.body.consent).toMatchObject([{ state: 'opted_in', source: 'api', wording }]);
  await eve.writes('/stop');
  await eve.writes('/start');
  expect(
    (await history(eve)).map((one: { state: string; source: string }) => [one.state, one.source]),
  ).toEqual([
    ['opted_in', 'message'],
    ['opted_out', 'message'],
    ['opted_in', 'api'],
    ['opted_out', 'message'],
  ]);
});

test('the history cannot be changed, and goes with the person', async () => {
  const fay = await somebody('STOP');
  const of = ctx.db.updateTable('consent_changes').where('contact_id', '=', fay.contactId);
  await expect(of.set({ wording: 'something else' }).execute()).rejects.toThrow('append-only');
  await ctx.db.deleteFrom('contacts').where('id', '=', fay.contactId).execute();
  const left = ctx.db.selectFrom('consent_changes').select('id').where('contact_id', '=', fay.contactId);
  expect(await left.execute()).toEqual([]);
});

test('an opt-out holds for its channel, and one act opts out everywhere; the person’s own words stay', async () => {
  const gil = await somebody('/stop');
  const states = async () =>
    (await loadContact(ctx, gil.contactId)).consent.map((one) => `${one.channel} ${one.state} ${one.wording}`); // biome-ignore format: one line
  expect(await states()).toEqual(['telegram opted_out /stop']);
  const given = { channel: 'every', state: 'opted_out', wording: 'said so on the phone' };
  expect(await ask('POST', `${gil.contact}/consent`, given)).toMatchObject({ status: 200 });
  const everywhere = ['telegram opted_out /stop', 'website opted_out said so on the phone', 'whatsapp opted_out said so on the phone']; // biome-ignore format: one line
  expect((await states()).toSorted()).toEqual(everywhere);
  expect(await ask('POST', `${gil.contact}/consent`, given)).toMatchObject({ status: 200 });
  expect(await history(gil)).toHaveLength(3);
  const back = await ask('POST', `${gil.contact}/consent`, { ...given, state: 'opted_in' });
  expect(back).toMatchObject({ status: 422, body: { errors: [{ pointer: '/channel' }] } });
});
