// Two contacts become one and two again: nothing lost, nothing invented, whatever they have.
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromWireId, toWireId } from '../../../contract/ids.ts';
import { newId } from '../../platform/db/ids.ts';
import { recordEvents } from '../../shop/record-events.ts';
import { aContact, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../../testing/context.ts';
import { recordConsent, undoOptOut } from '../consent.ts';
import { contactOfIdentity } from '../identity.ts';
import { changeContact, createContact } from '../save.ts';
import { loadContact } from '../store.ts';
import { upsertContacts } from '../upsert.ts';
import { mergeContacts } from './merge.ts';
import { listMerges, previewMerge } from './merges.ts';
import { keptByTriggers, keyedTables, movedTables, ownWays, passingTables } from './person-tables.ts';
import {
  aPairWorld,
  aPerson,
  type PairWorld,
  picture,
  tablesOf,
  tablesWithContacts,
} from './testing-pairs.ts';
import { undoMerge } from './undo-merge.ts';

const base = await testCtx();
let ctx: TestCtx;
let world: PairWorld;
beforeAll(async () => {
  ctx = inWorkspace(base, await aWorkspace(base));
  world = await aPairWorld(ctx);
});

const ids = (...wire: string[]) => wire.map((id) => fromWireId('cnt', id) as string);
const merge = (a: string, b: string, keep = {}) =>
  mergeContacts(ctx, a, { other_id: toWireId('cnt', b), keep });
const newest = async (a: string) => (await ctx.db.selectFrom('contact_merges').select('id').where('contact_id', '=', a).where('undone_at', 'is', null).orderBy('id', 'desc').executeTakeFirstOrThrow()).id; // biome-ignore format: one query
const undo = async (a: string) => undoMerge(ctx, a, await newest(a));
const person = (connectionId: string, address: string) => contactOfIdentity(ctx, { connectionId, channel: 'telegram', address, person: { firstName: null, lastName: null, username: null, language: null } }); // biome-ignore format: one line

test('every table of the schema that knows a contact is on the list', async () => {
  // lists of ids that a segment was found to have, and that a run froze: whoever reads them follows merges, or compares
  const arrays = ['run_people', 'segment_found'];
  expect(
    [
      ...movedTables,
      ...Object.keys(keyedTables),
      ...ownWays,
      ...passingTables,
      ...keptByTriggers,
      ...arrays,
    ].sort(),
  ).toEqual(await tablesWithContacts(ctx));
});

test('an attribute may be called as something every object has', async () => {
  const [a, b] = await Promise.all([
    createContact(ctx, { first_name: 'A' }),
    createContact(ctx, { first_name: 'B', attributes: { constructor: 'kept' } }),
  ]);
  const merged = await merge(...(ids(a.id, b.id) as [string, string]));
  expect(merged.attributes).toEqual({ constructor: 'kept' });
});

describe('merge and undo are the identity', () => {
  test.each(Array.from({ length: 24 }, (_, n) => n))('of pair %i', async (seed) => {
    const [a, b] = [await aPerson(ctx, world, seed * 2 + 1), await aPerson(ctx, world, seed * 2 + 2)];
    const before = await picture(ctx, [a, b]);
    const keep =
      seed % 3 === 0
        ? { email: 'other' as const, external_id: 'other' as const, 'attributes.city': 'other' as const }
        : {};
    await merge(a, b, keep);
    const together = await picture(ctx, [a, b]);
    // nothing is lost: every row that has an id of its own is somebody's, and all of them are the survivor's
    for (const table of [...movedTables, 'deliveries'].filter((table) => table !== 'contact_merges'))
      expect([table, together[table]!.length]).toEqual([table, before[table]!.length]);
    expect(together.contacts).toHaveLength(1);
    expect(await tablesOf(ctx, b)).toEqual([]);
    await undo(a);
    expect(await picture(ctx, [a, b])).toEqual(before);
  });

  test('of chains, undone from the newest to the oldest', async () => {
    for (let seed = 1000; seed < 1003; seed++) {
      const [a, b, c, d] = [await aPerson(ctx, world, seed), await aPerson(ctx, world, seed + 100), await aPerson(ctx, world, seed + 200), await aPerson(ctx, world, seed + 300)] as const; // biome-ignore format: one row
      const everybody = [a, b, c, d];
      const before = await picture(ctx, everybody);
      await merge(b, c);
      await merge(a, b);
      await merge(a, d);
      expect((await listMerges(ctx, a)).map((one) => one.undoable)).toEqual([true, false, false]);
      await undo(a);
      await undo(a);
      await undo(b);
      expect(await picture(ctx, everybody)).toEqual(before);
    }
  });
});

describe('what stays', () => {
  test('this contact’s values and the other’s where it has none, unless somebody chose; the rest is put aside by field', async () => {
    const { id: a } = await createContact(ctx, {
      external_id: 's-1',
      first_name: 'Ann',
      email: 'a@x.example',
      tags: ['a'],
      attributes: { city: 'Bern', size: 1 },
    });
    const { id: b } = await createContact(ctx, {
      external_id: 's-2',
      first_name: 'Anna',
      phone: '+447700900123',
      tags: ['b', 'a'],
      attributes: { city: 'Basel', hat: 2 },
    });
    const uuid = ids(a, b);
    const { fields } = await previewMerge(ctx, uuid[0]!, b);
    expect(Object.fromEntries(fields.map((one) => [one.field, one.keeps]))).toMatchObject({
      first_name: 'this',
      email: 'this',
      phone: 'other',
      'attributes.city': 'this',
      'attributes.hat': 'other',
    });
    const merged = await merge(uuid[0]!, uuid[1]!, { 'attributes.city': 'other' });
    expect(merged).toMatchObject({
      id: a,
      external_id: 's-1',
      first_name: 'Ann',
      email: 'a@x.example',
      phone: '+447700900123',
      tags: ['a', 'b'],
      attributes: { city: 'Basel', size: 1, hat: 2 },
    });
    const [one] = await listMerges(ctx, uuid[0]!);
    expect(one).toMatchObject({
      other_name: 'Anna',
      by: 'Test',
      undoable: true,
      set_aside: { external_id: 's-2', first_name: 'Anna', 'attributes.city': 'Bern' },
    });
  });

  test('what a shop still sends under the external id that was put aside is the same person, by every way in', async () => {
    const [a, b] = ids(
      (await createContact(ctx, { external_id: 'old-1' })).id,
      (await createContact(ctx, { external_id: 'old-2' })).id,
    );
    await merge(a!, b!);
    expect(await upsertContacts(ctx, [{ external_id: 'old-2', first_name: 'Zoe' }])).toEqual([
      { id: a, created: false },
    ]);
    expect(await loadContact(ctx, a!)).toMatchObject({ external_id: 'old-1', first_name: 'Zoe' });
    await expect(createContact(ctx, { external_id: 'old-2' })).rejects.toMatchObject({
      errors: [{ pointer: '/external_id' }],
    });
    const other = await createContact(ctx, { first_name: 'Other' });
    await expect(changeContact(ctx, ids(other.id)[0]!, { external_id: 'old-2' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    await recordEvents(
      ctx,
      [
        { contact: { external_id: 'old-2' }, name: 'viewed', properties: {} },
        { contact: { id: toWireId('cnt', b!) }, name: 'viewed', properties: {} },
      ],
      (n) => `/events/${n}`,
    );
    const events = await ctx.db
      .selectFrom('events')
      .select('contact_id')
      .where('contact_id', 'in', [a!, b!])
      .execute();
    expect(events).toEqual([{ contact_id: a }, { contact_id: a }]);
  });

  test('the stricter consent, with the history of both and who merged; a command is still no misunderstanding', async () => {
    const a = await aContact(ctx);
    const b = await aContact(ctx);
    await recordConsent(ctx, b, {
      channel: 'telegram',
      purpose: 'marketing',
      state: 'opted_out',
      source: 'message',
      wording: '/stop',
      undoable: false,
    });
    await recordConsent(ctx, a, {
      channel: 'telegram',
      purpose: 'marketing',
      state: 'opted_in',
      source: 'message',
      wording: '/start',
    });
    expect((await previewMerge(ctx, a, toWireId('cnt', b))).consent).toEqual([
      { channel: 'telegram', state: 'opted_out', changes_for: 'this' },
    ]);
    await merge(a, b);
    expect((await loadContact(ctx, a)).consent).toMatchObject([{ state: 'opted_out', wording: '/stop' }]);
    const history = async (id: string) => (await ctx.db.selectFrom('consent_changes').select(['source', 'state', 'actor_name']).where('contact_id', '=', id).orderBy('id').execute()).map((row) => `${row.state} ${row.source} ${row.actor_name}`); // biome-ignore format: one query
    expect(await history(a)).toEqual([
      'opted_out message Test',
      'opted_in message Test',
      'opted_out merge Test',
    ]);
    await expect(
      undoOptOut(ctx, a, { channel: 'telegram', purpose: 'marketing', reason: 'x' }),
    ).rejects.toThrow('by a command of their own');
    await undo(a);
    expect(await history(a)).toEqual([
      'opted_in message Test',
      'opted_out merge Test',
      'opted_in merge_undone Test',
    ]);
    expect(await history(b)).toEqual(['opted_out message Test']);
    await expect(
      sql`UPDATE consent_changes SET wording = 'x' WHERE contact_id = ${a}`.execute(ctx.db),
    ).rejects.toThrow('append-only');
  });
});

describe('two addresses on one connection', () => {
  test('both are one person; who writes from the second is written to there; undone, each has its own again', async () => {
    const connectionId = world.connections[0]!;
    const a = await aContact(ctx, { connectionId, address: '71' });
    const b = await aContact(ctx, { connectionId, address: '72' });
    const before = await picture(ctx, [a, b]);
    expect((await previewMerge(ctx, a, toWireId('cnt', b))).two_addresses).toMatchObject([
      { this: '71', other: '72' },
    ]);
    await merge(a, b);
    expect((await loadContact(ctx, a)).identities.map((one) => one.address)).toEqual(['71']);
    expect((await listMerges(ctx, a))[0]?.spare_addresses).toMatchObject([{ address: '72' }]);
    expect(await person(connectionId, '72')).toEqual({ contactId: a, created: false });
    expect((await loadContact(ctx, a)).identities.map((one) => one.address)).toEqual(['72']);
    expect(await person(connectionId, '71')).toEqual({ contactId: a, created: false });
    await expect(
      createContact(ctx, { identities: [{ connection_id: toWireId('con', connectionId), address: '72' }] }),
    ).rejects.toMatchObject({ errors: [{ pointer: '/identities/0/address' }] });
    expect(await person(connectionId, '72')).toEqual({ contactId: a, created: false });
    await undo(a);
    expect(await picture(ctx, [a, b])).toEqual(before);
  });
});

describe('what came since', () => {
  test('goes with the address it came to; what has none stays; what was changed since stays', async () => {
    const connectionId = world.connections[1]!;
    const a = await aContact(ctx, { firstName: 'Ann' });
    const b = await aContact(ctx, { firstName: 'Bea', connectionId, address: '81' });
    await merge(a, b, { first_name: 'other' });
    const at = new Date();
    const workspace_id = ctx.actor.workspaceId;
    const inbound = newId();
    await ctx.db
      .insertInto('messages')
      .values({
        workspace_id,
        id: inbound,
        contact_id: a,
        connection_id: connectionId,
        direction: 'in',
        body: '{}',
        at,
      })
      .execute();
    await ctx.db
      .insertInto('conversations')
      .values({
        workspace_id,
        id: newId(),
        contact_id: a,
        connection_id: connectionId,
        channel: 'telegram',
        status: 'open',
        created_at: at,
        updated_at: at,
      })
      .execute();
    await ctx.db
      .insertInto('contact_notes')
      .values({ workspace_id, id: newId(), contact_id: a, text: 'since', author: 'Op', created_at: at })
      .execute();
    await recordConsent(ctx, a, {
      channel: 'telegram',
      purpose: 'marketing',
      state: 'opted_out',
      source: 'message',
      wording: 'stop',
    });
    await changeContact(ctx, a, { email: 'since@x.example', tags: ['since'] });
    await undo(a);
    const of = async (table: 'messages' | 'conversations' | 'contact_notes' | 'consents') => (await ctx.db.selectFrom(table).select('contact_id').where('contact_id', 'in', [a, b]).execute()).map((row) => row.contact_id); // biome-ignore format: one query
    expect([
      await of('messages'),
      await of('conversations'),
      await of('consents'),
      await of('contact_notes'),
    ]).toEqual([[b], [b], [b], [a]]);
    expect(await loadContact(ctx, a)).toMatchObject({
      first_name: 'Ann',
      email: 'since@x.example',
      tags: ['since'],
      consent: [],
    });
    expect(await loadContact(ctx, b)).toMatchObject({
      first_name: 'Bea',
      email: null,
      tags: [],
      consent: [{ state: 'opted_out' }],
    });
  });

  test('a no that nobody can tell whose it was holds for both', async () => {
    const connectionId = world.connections[1]!;
    const a = await aContact(ctx, { connectionId, address: '91' });
    const b = await aContact(ctx, { connectionId, address: '92' });
    await merge(a, b);
    await recordConsent(ctx, a, {
      channel: 'telegram',
      purpose: 'marketing',
      state: 'opted_out',
      source: 'message',
      wording: 'stop',
    });
    await undo(a);
    for (const id of [a, b])
      expect((await loadContact(ctx, id)).consent).toMatchObject([{ state: 'opted_out', wording: 'stop' }]);
  });
});
