import { expect, it } from 'vitest';
import type { ContactCreate } from '../../contract/contacts.ts';
import { fromWireId, toWireId } from '../../contract/ids.ts';
import { aWhatsAppNumber, aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { eraseContacts } from './erase.ts';
import { contactOfIdentity } from './identity.ts';
import { mergeContacts } from './merge/merge.ts';
import { undoMerge } from './merge/undo-merge.ts';
import { beginReachByPhone, reachByPhone } from './reach-by-phone.ts';
import { changeContact, createContact } from './save.ts';
import { upsertContacts } from './upsert.ts';

const base = await testCtx();
const unknown = { firstName: null, lastName: null, username: null, language: null };

async function aShop() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const number = await aWhatsAppNumber(ctx);
  const add = async (input: Partial<ContactCreate>) =>
    fromWireId('cnt', (await createContact(ctx, { first_name: 'Ann', ...input } as ContactCreate)).id)!;
  const writes = (address: string) =>
    contactOfIdentity(ctx, { connectionId: number, channel: 'whatsapp', address, person: unknown });
  /** Who has which address on the number, in the order in which the contacts came; second addresses in brackets. */
  const addresses = async (ids: string[], connectionId = number) => {
    const all: { id: string; words: string }[] = [];
    for (const [table, words] of [
      ['identities', (address: string) => address],
      ['spare_identities', (address: string) => `(${address})`],
    ] as const)
      for (const row of await ctx.db
        .selectFrom(table)
        .select(['contact_id', 'address'])
        .where('connection_id', '=', connectionId)
        .orderBy('address')
        .execute())
        all.push({ id: row.contact_id, words: words(row.address) });
    return ids.map((id) => all.filter((one) => one.id === id).map(({ words }) => words).join(' ')); // biome-ignore format: one line
  };
  return { ctx, number, add, writes, addresses };
}

it('whoever has a number has an address on every WhatsApp number of the workspace, however they were written', async () => {
  const { ctx, number, add, addresses } = await aShop();
  const second = await aWhatsAppNumber(ctx);
  const ann = await add({ phone: '+44 (0)20 7946 0018' });
  const [bea, cid, dan] = (
    await upsertContacts(ctx, [
      { external_id: 'b', phone: '0049 151 12345678' },
      { external_id: 'c', phone: '020 7946 0018' },
      { external_id: 'd', phone: '+1 555 123 4567' },
    ])
  ).map(({ id }) => id) as [string, string, string];
  for (const on of [number, second])
    expect(await addresses([ann, bea, cid, dan], on)).toEqual([
      '442079460018',
      '4915112345678',
      '',
      '15551234567',
    ]);
  const rows = await ctx.db
    .selectFrom('contacts')
    .select(['phone', 'phone_check', 'phone_country'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .orderBy('id')
    .execute();
  expect(rows.map((row) => [row.phone, row.phone_check, row.phone_country])).toEqual([
    ['+442079460018', 'valid', 'GB'],
    ['+4915112345678', 'valid', 'DE'],
    ['02079460018', 'impossible', null],
    ['+15551234567', 'unassigned', 'US'],
  ]);
});

it('of two with one number the first has the address, and the second takes it over when it becomes free', async () => {
  const { ctx, add, addresses } = await aShop();
  const [ann, bea] = [await add({ phone: '+442079460018' }), await add({ phone: '+442079460018' })];
  expect(await addresses([ann, bea])).toEqual(['442079460018', '']);
  await changeContact(ctx, ann, { phone: '+442079460019' });
  expect(await addresses([ann, bea])).toEqual(['442079460019', '442079460018']);
  const cid = await add({ phone: '+442079460019' });
  await eraseContacts(ctx, [ann]);
  expect(await addresses([bea, cid])).toEqual(['442079460018', '442079460019']);
});

it('a corrected number takes the address along, and from where the person wrote they are known still', async () => {
  const { ctx, number, add, writes, addresses } = await aShop();
  const [ann, bea] = [await add({ phone: '+442079460018' }), await add({ phone: '+442079460020' })];
  await changeContact(ctx, ann, { phone: '+442079460019' });
  expect(await addresses([ann])).toEqual(['442079460019']);
  await changeContact(ctx, ann, { phone: null });
  expect(await addresses([ann])).toEqual(['']);
  // to a number that is somebody else's
  await changeContact(ctx, ann, { phone: '+442079460018' });
  await changeContact(ctx, ann, { phone: '+442079460020' });
  expect(await addresses([ann, bea])).toEqual(['', '442079460020']);
  // who wrote
  expect(await writes('442079460020')).toEqual({ contactId: bea, created: false });
  await ctx.db
    .insertInto('conversations')
    .values({ workspace_id: ctx.actor.workspaceId, id: ctx.actor.workspaceId, contact_id: bea, connection_id: number, channel: 'whatsapp', status: 'open', created_at: new Date(), updated_at: new Date() }) // biome-ignore format: one row
    .execute();
  await changeContact(ctx, bea, { phone: '+442079460021' });
  expect(await addresses([ann, bea])).toEqual(['', '442079460021 (442079460020)']);
  expect(await writes('442079460020')).toEqual({ contactId: bea, created: false });
  expect(await addresses([bea])).toEqual(['442079460020 (442079460021)']);
  await changeContact(ctx, bea, { phone: null });
  expect(await addresses([bea])).toEqual(['442079460020 (442079460021)']);
});

it('who writes first becomes a contact with that number; in either spelling of Brazil and Mexico they are the same', async () => {
  const { ctx, add, writes, addresses } = await aShop();
  const [rio, mex] = [await add({ phone: '+55 11 91234-5678' }), await add({ phone: '+521 55 1234 5678' })];
  expect(await addresses([rio, mex])).toEqual(['5511912345678', '525512345678']);
  expect(await writes('551191234567')).toMatchObject({ created: true });
  expect(await writes('551112345678')).toMatchObject({ created: true });
  expect(await writes('551112345678')).toMatchObject({ created: false });
  expect(await writes('5215512345678')).toEqual({ contactId: mex, created: false });
  expect(await addresses([rio, mex])).toEqual(['5511912345678', '5215512345678']);
  const made = await writes('5215598765432');
  expect(await addresses([made.contactId])).toEqual(['5215598765432']);
  const again = await Promise.all(Array.from({ length: 10 }, () => writes('525512121212')));
  expect(new Set(again.map(({ contactId }) => contactId)).size).toBe(1);
  const row = await ctx.db.selectFrom('contacts').selectAll().where('id', '=', made.contactId).executeTakeFirstOrThrow(); // biome-ignore format: one line
  expect(row).toMatchObject({
    phone: '+525598765432',
    phone_country: 'MX',
    time_zone: 'America/Mexico_City',
  });
});

it('an id without a number is an address too, and one whom we know by the phone alone is found by it', async () => {
  const { ctx, number, add, writes, addresses } = await aShop();
  const scoped = await writes('US.13491208655302741918');
  expect(scoped.created).toBe(true);
  const row = await ctx.db.selectFrom('identities').select(['country']).where('contact_id', '=', scoped.contactId).executeTakeFirst(); // biome-ignore format: one line
  expect(row).toEqual({ country: 'US' });
  // the number comes to be known, and the person writes from it
  await changeContact(ctx, scoped.contactId, { phone: '+12025550123' });
  expect(await addresses([scoped.contactId])).toEqual(['US.13491208655302741918']);
  expect(await writes('12025550123')).toEqual({ contactId: scoped.contactId, created: false });
  expect(await addresses([scoped.contactId])).toEqual(['12025550123 (US.13491208655302741918)']);
  // one whose number the plans do not know
  const odd = await add({ phone: '+4420' });
  expect(await addresses([odd])).toEqual(['']);
  const bad = { connection_id: toWireId('con', number), address: 'ann' };
  await expect(add({ identities: [bad] })).rejects.toThrow('phone number with country code');
  const given = { connection_id: toWireId('con', number), address: '+44 20 7946 0033' };
  const both = await add({ phone: '+442079460032', identities: [given] });
  expect(await addresses([both])).toEqual(['442079460033']);
});

it('a number that is connected later finds everybody, also whose number was never read', async () => {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const made = await upsertContacts(
    ctx,
    Array.from({ length: 40 }, (_, n) => ({ external_id: `${n}`, phone: n === 7 ? '12' : `+4479460000${10 + n}` })) as ContactCreate[], // biome-ignore format: one line
  );
  await ctx.db.updateTable('contacts').set({ phone_check: null, phone_country: null }).where('id', 'in', made.slice(0, 20).map(({ id }) => id)).execute(); // biome-ignore format: one line
  const number = await aWhatsAppNumber(ctx);
  await beginReachByPhone(ctx, number);
  const asked = () => ctx.db.selectFrom('connections').select(['people_done', 'people_total']).where('id', '=', number).executeTakeFirst(); // biome-ignore format: one line
  expect(await asked()).toEqual({ people_done: 0, people_total: 40 });
  const job = { workspaceId: ctx.actor.workspaceId, connectionId: number };
  await reachByPhone(ctx, job);
  await reachByPhone(ctx, job);
  expect(await asked()).toEqual({ people_done: 40, people_total: null });
  const there = await ctx.db.selectFrom('identities').select('country').where('connection_id', '=', number).execute(); // biome-ignore format: one line
  expect(there).toHaveLength(39);
  expect(new Set(there.map(({ country }) => country))).toEqual(new Set(['GB']));
});

it('merged people keep both addresses, the chosen number first; taken back, each has their own', async () => {
  const { ctx, add, addresses } = await aShop();
  const [ann, bea] = [await add({ phone: '+442079460018' }), await add({ phone: '+442079460019' })];
  await mergeContacts(ctx, ann, { other_id: toWireId('cnt', bea), keep: { phone: 'other' } });
  expect(await addresses([ann])).toEqual(['442079460019 (442079460018)']);
  const merge = await ctx.db.selectFrom('contact_merges').select('id').where('contact_id', '=', ann).executeTakeFirstOrThrow(); // biome-ignore format: one line
  await undoMerge(ctx, ann, merge.id);
  expect(await addresses([ann, bea])).toEqual(['442079460018', '442079460019']);
});

it('an address that becomes free, and a batch, are one number in both spellings of Brazil and Mexico', async () => {
  const { ctx, add, writes, addresses } = await aShop();
  const [rio, bia] = [await add({ phone: '+5511961234567' }), await add({ phone: '+551161234567' })];
  const [mex, ana] = [await add({ phone: '+525512345678' }), await add({ phone: '+525512345678' })];
  // WhatsApp knows them by the other spelling
  await writes('5215512345678');
  expect(await addresses([rio, bia, mex, ana])).toEqual(['5511961234567', '', '5215512345678', '']);
  await eraseContacts(ctx, [rio, mex]);
  expect(await addresses([bia, ana])).toEqual(['551161234567', '525512345678']);
  const made = await upsertContacts(ctx, [
    { external_id: 'a', phone: '+5521961234567' },
    { external_id: 'b', phone: '+552161234567' },
    { external_id: 'c', phone: '+5521961234567' },
  ]);
  const there = await addresses(made.map(({ id }) => id));
  expect(there).toEqual(['5521961234567', '', '']);
  // a second address counts as well
  await mergeContacts(ctx, bia, { other_id: toWireId('cnt', made[0]!.id) });
  expect(await addresses([bia, await add({ phone: '+552161234567' })])).toEqual(['551161234567 (5521961234567)', '']); // biome-ignore format: one line
});
