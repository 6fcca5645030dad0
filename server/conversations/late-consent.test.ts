// WhatsApp delivers in any order and repeats for days: what a person said earlier must not undo what they said later.
import { expect, it } from 'vitest';
import type { InboundEvent } from '../channels/channel.ts';
import { stateConsent } from '../contacts/consent.ts';
import { asSystem, inTransaction } from '../platform/context.ts';
import { aWhatsAppNumber, aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { receive } from './receive.ts';

const base = await testCtx();
const person = { firstName: 'Ann', lastName: null, username: null, language: null };
const address = '436641234567';
const marketing = { channel: 'whatsapp', purpose: 'marketing' } as const;
// one moment for the whole file: "the same moment" must not fall on both sides of a second
const now = Math.floor(Date.now() / 1000) * 1000;
const ago = (minutes: number) => new Date(now - minutes * 60_000);
let messages = 0;

async function ann() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const id = await aWhatsAppNumber(ctx);
  const connection = { workspaceId: ctx.actor.workspaceId, id, channel: 'whatsapp', username: null } as const;
  const comes = (event: InboundEvent) =>
    inTransaction(asSystem(base, connection.workspaceId), (trx) => receive(trx, connection, event));
  const writes = (text: string, at: Date) =>
    comes({ kind: 'message', address, person, externalId: `wamid.${messages++}`, text, at });
  const wishes = (wanted: boolean, at: Date) =>
    comes({ kind: 'marketing', address, person, wanted, words: wanted ? 'resume' : 'stop', at });
  const rows = (table: 'consents' | 'consent_changes') =>
    ctx.db.selectFrom(table).select(['state', 'at']).where('workspace_id', '=', connection.workspaceId).orderBy('at').execute(); // biome-ignore format: one line
  const state = async () => (await rows('consents'))[0]?.state;
  const contactId = async () =>
    (await ctx.db.selectFrom('identities').select('contact_id').where('connection_id', '=', id).executeTakeFirstOrThrow()).contact_id; // biome-ignore format: one line
  const sent = async () =>
    (await ctx.db.selectFrom('messages').select('id').where('connection_id', '=', id).where('direction', '=', 'out').execute()).length; // biome-ignore format: one line
  await writes('Hello', ago(100));
  return { ctx, connection, comes, writes, wishes, rows, state, contactId, sent };
}

it('a resume of half an hour ago does not undo a stop of ten minutes ago, a later one does', async () => {
  const { wishes, state, rows } = await ann();
  await wishes(false, ago(60));
  await wishes(false, ago(10));
  await wishes(true, ago(30));
  await wishes(true, ago(10));
  expect(await state()).toBe('opted_out');
  expect((await rows('consent_changes')).map(({ at }) => at)).toEqual([ago(60), ago(10)]);
  await wishes(true, ago(5));
  await wishes(false, ago(10));
  await wishes(false, ago(6));
  expect(await state()).toBeUndefined();
  await wishes(false, ago(5));
  expect(await state()).toBe('opted_out');
});

it('a "/start" told late does not undo a later "STOP"; at the same moment the no holds', async () => {
  const { writes, state } = await ann();
  await writes('STOP', ago(10));
  await writes('/start', ago(30));
  await writes('/start', ago(10));
  expect(await state()).toBe('opted_out');
  await writes('/start', ago(9));
  expect(await state()).toBe('opted_in');
});

it('a "STOP" told late, after they came back, changes nothing and is not confirmed', async () => {
  const { writes, state, sent } = await ann();
  await writes('STOP', ago(60));
  await writes('/start', ago(10));
  await writes('stop', ago(30));
  expect([await state(), await sent()]).toEqual(['opted_in', 1]);
});

it('a "STOP" told late holds against a yes that somebody else wrote down meanwhile', async () => {
  const { ctx, writes, wishes, state, contactId } = await ann();
  const yes = { ...marketing, state: 'opted_in', wording: 'Yes please' } as const;
  await stateConsent(ctx, await contactId(), yes);
  await wishes(false, ago(30));
  expect(await state()).toBe('opted_out');
  await expect(stateConsent(ctx, await contactId(), yes)).rejects.toThrow('Only they can');
  await writes('STOP', ago(20));
  expect(await state()).toBe('opted_out');
});

it('what is dated in the future was said now', async () => {
  const { wishes, rows } = await ann();
  await wishes(false, new Date(Date.now() + 50 * 365 * 86_400_000));
  for (const { at } of [...(await rows('consents')), ...(await rows('consent_changes'))])
    expect(at.getTime()).toBeLessThanOrEqual(Date.now());
});

it('who hides their number afterwards is the same person, and their stop holds', async () => {
  const { ctx, connection, comes, state, contactId } = await ann();
  const id = 'AT.13491208655302741918';
  const said = (text: string, at: Date, from: { address: string; alsoAt?: string }) =>
    comes({ kind: 'message', ...from, person, externalId: `wamid.${messages++}`, text, at });
  const first = await contactId();
  await said('Hi', ago(9), { address, alsoAt: id });
  await said('STOP', ago(8), { address: id });
  await said('Still there', ago(7), { address, alsoAt: id });
  expect([await contactId(), await state()]).toEqual([first, 'opted_out']);
  // and who was met without a number is not made anew with it
  const other = 'AT.2';
  await said('Hi', ago(6), { address: other });
  await said('Hi', ago(5), { address: '436641234568', alsoAt: other });
  const people = await ctx.db.selectFrom('contacts').select('id').where('workspace_id', '=', connection.workspaceId).execute(); // biome-ignore format: one line
  expect(people).toHaveLength(2);
});

it('a message from the future opens the window from now only', async () => {
  const { ctx, writes, contactId } = await ann();
  await writes('Hi', new Date(Date.now() + 50 * 365 * 86_400_000));
  const { last_inbound_at } = await ctx.db.selectFrom('conversations').select('last_inbound_at').where('contact_id', '=', await contactId()).executeTakeFirstOrThrow(); // biome-ignore format: one line
  expect(last_inbound_at!.getTime()).toBeLessThanOrEqual(Date.now());
});
