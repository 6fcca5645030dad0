import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { ContactCreate } from '../../contract/contacts.ts';
import { toWireId } from '../../contract/ids.ts';
import { openDb } from '../platform/db/db.ts';
import { newId } from '../platform/db/ids.ts';
import { migrate, migrationsFolder } from '../platform/db/migrate.ts';
import {
  aContact,
  aWhatsAppNumber,
  aWorkspace,
  inWorkspace,
  type TestCtx,
  testCtx,
} from '../testing/context.ts';
import { emptyDatabase } from '../testing/database.ts';
import { during } from '../testing/races.ts';
import { removeFolder, temporaryFolder } from '../testing/temporary-folder.ts';
import { contactOfIdentity } from './identity.ts';
import { whatsAppNumber } from './phone.ts';
import { createContact } from './save.ts';
import { upsertContacts } from './upsert.ts';

const base = await testCtx();
const person = { firstName: null, lastName: null, username: null, language: null };
/** The same number twice. */
const spellings = [
  ['5511961234567', '551161234567'],
  ['5215512345678', '525512345678'],
] as const;

async function aShop() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const number = await aWhatsAppNumber(ctx);
  const addresses = () => ctx.db.selectFrom('identities').select(['contact_id', 'address']).where('connection_id', '=', number).execute(); // biome-ignore format: one line
  const at = (address: string) => ({ connection_id: toWireId('con', number), address });
  return { ctx, number, addresses, at };
}

it.each(spellings)('%s and %s, made at the same instant, are one address', async (one, other) => {
  for (const [first, second] of [
    [one, other],
    [other, one],
  ] as const) {
    const { ctx, number, addresses } = await aShop();
    const write = (as: typeof ctx, address: string) =>
      contactOfIdentity(as, { connectionId: number, channel: 'whatsapp', address, person });
    // whose phone it is, and who writes
    await during(ctx, (ctx) => createContact(ctx, { phone: `+${first}` }), () => write(ctx, second)); // biome-ignore format: one line
    expect(await addresses()).toHaveLength(1);
  }
  for (const second of [
    (ctx: TestCtx) => createContact(ctx, { phone: `+${other}` }),
    (ctx: TestCtx) => upsertContacts(ctx, [{ external_id: 'b', phone: `+${other}` }]), // biome-ignore format: one line
  ]) {
    const { ctx, number, addresses } = await aShop();
    const first = (ctx: Parameters<typeof second>[0]) => contactOfIdentity(ctx, { connectionId: number, channel: 'whatsapp', address: one, person }); // biome-ignore format: one line
    await during<unknown>(ctx, first, () => second(ctx));
    expect(await addresses()).toHaveLength(1);
  }
});

it('an address that somebody has in the other spelling is refused in words, one by one, at the same instant and in a batch', async () => {
  const { ctx, addresses, at } = await aShop();
  const [one, other] = spellings[0];
  const mine = (address: string) => ({ first_name: 'Bia', identities: [at(address)] });
  const both = during(ctx, (ctx) => createContact(ctx, mine(one)), () => createContact(ctx, mine(other))); // biome-ignore format: one line
  await expect(both).rejects.toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ pointer: '/identities/0/address' }] }); // biome-ignore format: one line
  await expect(createContact(ctx, mine(other))).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  const [holder] = await addresses();
  // in a batch it means whoever has it
  const [known] = await upsertContacts(ctx, [{ external_id: 'rio', identities: [at(other)] }]);
  expect(known).toEqual({ id: holder!.contact_id, created: false });
  // and where two rows say it, one is to blame
  const [mex, mx1] = [spellings[1][1], spellings[1][0]];
  const rows: Record<string, ContactCreate[]> = {
    '/contacts/1/identities/0/address': [{ identities: [at(mex)] }, { identities: [at(`+${mx1}`)] }],
    '/contacts/0/identities/0/address': [
      { external_id: 'x', identities: [at(mx1)] },
      { external_id: 'y', phone: `+${mex}` },
    ],
  };
  for (const [pointer, list] of Object.entries(rows))
    await expect(upsertContacts(ctx, list)).rejects.toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ pointer }] }); // biome-ignore format: one line
  expect(await addresses()).toHaveLength(1);
});

it('the program and the database have one opinion of what is one number', async () => {
  const some = [
    ...spellings.flat(),
    '442079460018',
    '5511341234567',
    '551151234567',
    '5215512',
    'US.5215512345678',
  ];
  const { rows } = await sql<{
    n: string;
  }>`SELECT whatsapp_number(a) AS n FROM unnest(${some}::text[]) a`.execute(base.db);
  expect(rows.map(({ n }) => n)).toEqual(some.map(whatsAppNumber));
  for (const [one, other] of spellings) expect(whatsAppNumber(one)).toBe(whatsAppNumber(other));
});

it('doubles that are there become one: whoever wrote keeps the address, and a STOP under the other one holds', async () => {
  const url = await emptyDatabase();
  const before = temporaryFolder();
  for (const file of readdirSync(migrationsFolder).filter((name) => name.endsWith('.sql') && name < '0062'))
    copyFileSync(join(migrationsFolder, file), join(before, file));
  await migrate(url, before);
  removeFolder(before);
  const { db } = openDb(url, base.log, 2);
  const ctx = inWorkspace({ ...base, db }, await aWorkspace({ ...base, db }));
  const number = await aWhatsAppNumber(ctx);
  const workspace_id = ctx.actor.workspaceId;
  const add = async (address: string, minutes: number) => {
    const contact_id = await aContact(ctx);
    await db.insertInto('identities').values({ workspace_id, id: newId(), contact_id, connection_id: number, channel: 'whatsapp', address, created_at: new Date(minutes * 60_000) }).execute(); // biome-ignore format: one row
    return contact_id;
  };
  const of = { workspace_id, channel: 'whatsapp' };
  const [elder, wrote] = [await add('5511961234567', 1), await add('551161234567', 2)];
  const [younger, first] = [await add('525512345678', 4), await add('5215512345678', 3)];
  const other = await add('442079460018', 5);
  const at = new Date();
  await db.insertInto('conversations').values({ ...of, id: newId(), contact_id: wrote, connection_id: number, status: 'open', last_inbound_at: at, created_at: at, updated_at: at }).execute(); // biome-ignore format: one row
  await db.insertInto('consents').values({ ...of, contact_id: elder, purpose: 'marketing', state: 'opted_out', source: 'message', wording: 'STOP', at }).execute(); // biome-ignore format: one row
  await migrate(url);
  const left = await db.selectFrom('identities').select('contact_id').execute();
  expect(left.map((row) => row.contact_id).toSorted()).toEqual([wrote, first, other].toSorted());
  const out = await db.selectFrom('consents').select(['contact_id', 'state', 'source']).where('contact_id', 'in', [wrote, first, younger]).execute(); // biome-ignore format: one query
  expect(out).toEqual([{ contact_id: wrote, state: 'opted_out', source: 'number' }]);
  expect(await db.selectFrom('consent_changes').select(['contact_id', 'wording']).execute()).toEqual([{ contact_id: wrote, wording: 'STOP' }]); // biome-ignore format: one query
  await db.destroy();
});
