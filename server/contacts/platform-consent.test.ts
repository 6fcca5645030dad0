import { expect, it } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { receive } from '../conversations/receive.ts';
import { asSystem } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { aWhatsAppNumber, aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { recordConsent, stateConsent, undoOptOut } from './consent.ts';
import { mergeContacts } from './merge/merge.ts';
import { noteMarketingStopped } from './platform-consent.ts';
import { createContact } from './save.ts';
import { loadContact } from './store.ts';

const base = await testCtx();
const nobody = { firstName: null, lastName: null, username: null, language: null };

async function aShop() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const number = await aWhatsAppNumber(ctx);
  const connection = {
    workspaceId: ctx.actor.workspaceId,
    id: number,
    channel: 'whatsapp',
    username: null,
  } as const;
  const add = async (phone: string) =>
    uuidOf('cnt', (await createContact(ctx, { first_name: 'Ann', phone })).id);
  const says = (address: string, wanted: boolean) =>
    receive(asSystem(base, ctx.actor.workspaceId), connection, { kind: 'marketing', address, person: nobody, wanted, words: `User requested to ${wanted ? 'resume' : 'stop'} marketing messages`, at: new Date() }); // biome-ignore format: one event
  const moves = (from: string, to: string) =>
    receive(asSystem(base, ctx.actor.workspaceId), connection, { kind: 'moved', from, to, at: new Date() });
  const consent = async (id: string) => {
    const [found] = (await loadContact(ctx, id)).consent;
    return found && `${found.state} ${found.source}`;
  };
  const address = async (id: string) => {
    const { phone, identities } = await loadContact(ctx, id);
    return [phone, ...identities.map((one) => `${one.address}${one.reachable ? '' : ' gone'}`)].join(' ');
  };
  return { ctx, number, add, says, moves, consent, address };
}
const marketing = { channel: 'whatsapp', purpose: 'marketing' } as const;

it('stop told to WhatsApp is no operator’s to undo, and resume brings back what held before', async () => {
  const { ctx, add, says, consent } = await aShop();
  const ann = await add('+442079460018');
  await says('442079460018', false);
  expect(await consent(ann)).toBe('opted_out whatsapp');
  await expect(undoOptOut(ctx, ann, { ...marketing, reason: 'A mistake' })).rejects.toThrow('Only they can');
  const yes = { ...marketing, state: 'opted_in', wording: 'Yes please' } as const;
  await expect(stateConsent(ctx, ann, yes)).rejects.toThrow('Only they can');
  await says('442079460018', true);
  expect(await consent(ann)).toBeUndefined();
  await stateConsent(ctx, ann, yes);
  await says('442079460018', false);
  await says('442079460018', false);
  await says('442079460018', true);
  await says('442079460018', true);
  expect(await consent(ann)).toBe('opted_in api');
});

it('who told us as well stays out after a resume', async () => {
  const { ctx, add, says, consent } = await aShop();
  const ann = await add('+442079460018');
  await says('442079460018', false);
  await recordConsent(ctx, ann, { ...marketing, state: 'opted_out', source: 'message', wording: 'STOP' });
  await says('442079460018', true);
  expect(await consent(ann)).toBe('opted_out whatsapp');
});

it('a message refused because of it writes it down, once', async () => {
  const { ctx, number, add, consent } = await aShop();
  const [ann, bea] = [await add('+442079460018'), await add('+442079460019')];
  const refused = [bea, ann, ann].map((contactId) => ({
    contactId,
    connectionId: number,
    words: '(#131050) …',
  }));
  expect((await noteMarketingStopped(ctx, 'whatsapp', refused)).changed).toHaveLength(2);
  expect((await noteMarketingStopped(ctx, 'whatsapp', refused)).changed).toEqual([]);
  expect([await consent(ann), await consent(bea)]).toEqual(['opted_out whatsapp', 'opted_out whatsapp']);
  const rows = await ctx.db.selectFrom('consent_changes').select('undoable').where('workspace_id', '=', ctx.actor.workspaceId).execute(); // biome-ignore format: one line
  expect(rows).toEqual([{ undoable: false }, { undoable: false }]);
});

it('a changed number follows, with the phone it was known by; one that is somebody else’s is given up', async () => {
  const { ctx, add, moves, address } = await aShop();
  const [ann, bea] = [await add('+442079460018'), await add('+442079460019')];
  await moves('442079460018', '12025550123');
  expect(await address(ann)).toBe('+12025550123 12025550123');
  const row = await ctx.db.selectFrom('contacts').select(['phone_country', 'time_zone', 'version']).where('id', '=', ann).executeTakeFirst(); // biome-ignore format: one line
  expect(row).toEqual({ phone_country: 'US', time_zone: 'America/New_York', version: 2 });
  await moves('12025550123', '442079460019');
  expect(await address(ann)).toBe('+12025550123 12025550123 gone');
  expect(await address(bea)).toBe('+442079460019 442079460019');
  await moves('4420794600', '12025550124');
});

it('an id without a number follows too', async () => {
  const { ctx, number, moves, address } = await aShop();
  const given = { connection_id: toWireId('con', number), address: 'US.ABC1' };
  const ann = uuidOf('cnt', (await createContact(ctx, { first_name: 'Ann', identities: [given] })).id);
  await moves('US.ABC1', 'DE.XYZ2');
  expect(await address(ann)).toBe(' DE.XYZ2');
});

it('who was merged with the contact of the new number is written to there, and the old address is dropped', async () => {
  const { ctx, number, add, moves, address } = await aShop();
  const spares = () => ctx.db.selectFrom('spare_identities').select('address').where('connection_id', '=', number).execute(); // biome-ignore format: one line
  const [ann, bea, cid] = [
    await add('+442079460018'),
    await add('+442079460019'),
    await add('+442079460018'),
  ];
  await mergeContacts(ctx, ann, { other_id: toWireId('cnt', bea) });
  await moves('442079460018', '442079460019');
  expect(await address(ann)).toBe('+442079460019 442079460019');
  expect(await spares()).toEqual([]);
  expect(await address(cid)).toBe('+442079460018 442079460018');
  // told again, and the other way round: the new one is first already
  await moves('442079460018', '442079460021');
  expect(await address(cid)).toBe('+442079460021 442079460021');
  const dan = await add('+442079460022');
  await mergeContacts(ctx, dan, { other_id: toWireId('cnt', cid), keep: { phone: 'other' } });
  await moves('442079460022', '442079460021');
  expect(await address(dan)).toBe('+442079460021 442079460021');
  expect(await spares()).toEqual([]);
});

it('the other spelling of the new number is the same number, theirs or somebody else’s', async () => {
  const { add, moves, address } = await aShop();
  const [ann, rio] = [await add('+442079460018'), await add('+5511961234567')];
  await moves('442079460018', '551161234567');
  expect(await address(ann)).toBe('+442079460018 442079460018 gone');
  await moves('5511961234567', '551161234567');
  expect(await address(rio)).toMatch(/ 551161234567$/);
});
