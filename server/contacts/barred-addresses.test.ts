import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { fromWireId } from '../../contract/ids.ts';
import { optBackIn } from '../conversations/consent.ts';
import { aConnection, aWhatsAppNumber, aWorkspace, inWorkspace, testCtx } from '../testing/context.ts';
import { recordConsent } from './consent.ts';
import { recordConsents } from './consent-many.ts';
import { eraseContacts } from './erase.ts';
import { contactOfIdentity } from './identity.ts';
import { changeContact, createContact } from './save.ts';
import { upsertContacts } from './upsert.ts';

const base = await testCtx();
const rio = '+5511961234567';
const saidAt = new Date('2026-11-20T10:00:00Z');

async function aShop() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const number = await aWhatsAppNumber(ctx);
  const add = async (phone: string | null) => fromWireId('cnt', (await createContact(ctx, { first_name: 'Ann', phone })).id)!; // biome-ignore format: one line
  const say = (contactId: string, state: 'opted_out' | 'opted_in', at?: Date) =>
    recordConsent(ctx, contactId, { channel: 'whatsapp', purpose: 'marketing', state, source: 'message', wording: 'my own words', at }); // biome-ignore format: one line
  const consent = (contactId: string) =>
    ctx.db.selectFrom('consents').select(['channel', 'state', 'source', 'wording', 'at']).where('contact_id', '=', contactId).execute(); // biome-ignore format: one line
  const writes = (connectionId: string, channel: 'telegram' | 'whatsapp', address: string) =>
    contactOfIdentity(ctx, { connectionId, channel, address, person: { firstName: null, lastName: null, username: null, language: null } }); // biome-ignore format: one line
  return { ctx, number, add, say, consent, writes };
}
const barred = [{ channel: 'whatsapp', state: 'opted_out', source: 'number', wording: null, at: saidAt }];

it('who is erased after a stop leaves the number barred, in either spelling: for the namesake, and for whoever brings it back', async () => {
  const { ctx, add, say, consent, writes, number } = await aShop();
  const [ann, heir] = [await add(rio), await add('+551161234567')];
  await say(ann, 'opted_out', saidAt);
  await eraseContacts(ctx, [ann]);
  expect(await consent(heir)).toEqual(barred);
  // nothing of the person is left, and nothing of the number but the hash
  const kept = await sql<{ row: object }>`SELECT to_jsonb(b) AS row FROM barred_addresses b WHERE workspace_id = ${ctx.actor.workspaceId}`.execute(ctx.db); // biome-ignore format: one line
  expect(kept.rows.map(({ row }) => Object.keys(row).toSorted())).toEqual([['address_hash', 'channel', 'said_at', 'workspace_id']]); // biome-ignore format: one line
  expect(JSON.stringify(kept.rows)).not.toMatch(/1161234567|961234567|own words/);
  await eraseContacts(ctx, [heir]);
  const [again] = await upsertContacts(ctx, [{ external_id: 'a', phone: rio }]);
  expect(await consent(again!.id)).toEqual(barred);
  const history = ctx.db.selectFrom('consent_changes').select(['state', 'source', 'undoable', 'actor_name']);
  expect(await history.where('contact_id', '=', again!.id).execute()).toEqual([
    { state: 'opted_out', source: 'number', undoable: false, actor_name: 'Carillon' },
  ]);
  // a yes with a proof from before the stop does not count, a later one does
  const asked = { channel: 'whatsapp', purpose: 'marketing', state: 'opted_in', source: 'import' } as const;
  const proof = (at: string) => [{ contactId: again!.id, wording: 'form', proofAt: new Date(at) }];
  await recordConsents(ctx, asked, proof('2026-11-19T00:00:00Z'));
  expect(await consent(again!.id)).toEqual(barred);
  await eraseContacts(ctx, [again!.id]);
  const bea = (await writes(number, 'whatsapp', '551161234567')).contactId;
  expect(await consent(bea)).toEqual(barred);
  await recordConsents(ctx, asked, [{ ...proof('2026-11-21T00:00:00Z')[0]!, contactId: bea }]);
  expect(await consent(bea)).toMatchObject([{ state: 'opted_in' }]);
  // having said yes since, they are free
  await eraseContacts(ctx, [bea]);
  expect(await consent(await add(rio))).toEqual([]);
});

it('another shop, another channel, another number, and whoever said nothing, are not meant', async () => {
  const { ctx, add, say, consent, writes } = await aShop();
  const ann = await add(rio);
  await say(ann, 'opted_out', saidAt);
  const quiet = await add('+442079460018');
  await eraseContacts(ctx, [ann, quiet]);
  expect(await consent(await add('+442079460018'))).toEqual([]);
  const bot = await aConnection(ctx);
  expect(await consent((await writes(bot, 'telegram', '551161234567')).contactId)).toEqual([]);
  const other = await aShop();
  expect(await other.consent(await other.add(rio))).toEqual([]);
  // a yes of their own that is later than the stop holds; a corrected number is asked too
  const cid = await add(null);
  await say(cid, 'opted_in');
  await changeContact(ctx, cid, { phone: rio });
  expect(await consent(cid)).toMatchObject([{ state: 'opted_in' }]);
});

it('on Telegram as well: who writes again stays out until they press Start', async () => {
  const { ctx, consent, writes } = await aShop();
  const bot = await aConnection(ctx);
  const { contactId: ann } = await writes(bot, 'telegram', '4242');
  await recordConsent(ctx, ann, { channel: 'telegram', purpose: 'marketing', state: 'opted_out', source: 'message', wording: '/stop', at: saidAt }); // biome-ignore format: one line
  await eraseContacts(ctx, [ann]);
  const { contactId } = await writes(bot, 'telegram', '4242');
  expect(await consent(contactId)).toMatchObject([{ channel: 'telegram', state: 'opted_out', source: 'number' }]); // biome-ignore format: one line
  await optBackIn(ctx, { contactId, connectionId: bot, channel: 'telegram', at: new Date() }, '/start');
  expect(await consent(contactId)).toMatchObject([{ state: 'opted_in' }]);
});
