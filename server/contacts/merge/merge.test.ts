// Two contacts become one and two again: nothing lost, nothing invented, whatever they have.
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromWireId, toWireId } from '../../../contract/ids.ts';
import { newId } from '../../platform/db/ids.ts';
import { recordEvents } from '../../shop/record-events.ts';
import { aContact, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../../testing/context.ts';
import { recordConsent, undoOptOut } from '../consent.ts';
import { eraseContact } from '../erase.ts';
import { contactOfIdentity } from '../identity.ts';
import { changeContact, createContact } from '../save.ts';
import { loadContact } from '../store.ts';
import { upsertContacts } from '../upsert.ts';
import { mergeContacts } from './merge.ts';
import { forgetOldMerges, listMerges, previewMerge } from './merges.ts';
import { keyedTables, movedTables, ownWays, passingTables } from './person-tables.ts';
import { aPairWorld, aPerson, type PairWorld, picture, tablesWithContacts } from './testing-pairs.ts';
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
const inDays = (days: number) => ({ ...ctx, clock: { ...ctx.clock, now: () => new Date(ctx.clock.now().getTime() + days * 86_400_000) } }); // biome-ignore format: one line
const person = (connectionId: string, address: string) => contactOfIdentity(ctx, { connectionId, channel: 'telegram', address, person: { firstName: null, lastName: null, username: null, language: null } }); // biome-ignore format: one line

test('every table of the schema that knows a contact is on the list', async () => {
  // lists of ids that a segment was found to have, and that a run froze: whoever reads them follows merges, or compares
  const arrays = ['run_people', 'segment_found'];
  expect(
    [...movedTables, ...Object.keys(keyedTables), ...ownWays, ...passingTables, ...arrays].sort(),
  ).toEqual(await tablesWithContacts(ctx));
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
    expect(await owners(b)).toEqual([]);
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

/** Tables in which somebody still has a row. */
async function owners(contactId: string): Promise<string[]> {
  const rows = Object.entries(await picture(ctx, [contactId]));
  return rows.flatMap(([table, list]) => (list.length > 0 ? [table] : []));
}

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

describe('refused, with the reason', () => {
  test('with itself, with somebody who was erased, or who is part of another by now', async () => {
    const [a, b, c] = [await aContact(ctx), await aContact(ctx), await aContact(ctx)];
    await expect(merge(a, a)).rejects.toMatchObject({
      errors: [{ pointer: '/other_id', detail: expect.stringContaining('same contact') }],
    });
    await merge(b, c);
    await expect(merge(a, c)).rejects.toMatchObject({
      errors: [{ pointer: '/other_id', detail: expect.stringContaining(toWireId('cnt', b)) }],
    });
    await expect(merge(b, c)).rejects.toThrow('part of the other already');
    await eraseContact(ctx, b);
    await expect(merge(a, b)).rejects.toThrow('erased');
    await expect(
      mergeContacts(inWorkspace(base, await aWorkspace(base)), a, { other_id: toWireId('cnt', b) }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('an undo twice, after thirty days, of an older one first, or of one whose contact became part of another', async () => {
    const [a, b, c, d] = [await aContact(ctx), await aContact(ctx, { firstName: 'Bea' }), await aContact(ctx, { firstName: 'Cem' }), await aContact(ctx)] as const; // biome-ignore format: one row
    await merge(a, b);
    const first = await newest(a);
    await merge(a, c);
    await expect(undoMerge(ctx, a, first)).rejects.toThrow('Cem was merged into this contact later');
    await undo(a);
    await merge(d, a);
    await expect(undoMerge(ctx, d, first)).rejects.toThrow('itself merged into this one later');
    await undo(d);
    await expect(undoMerge(inDays(31), a, first)).rejects.toThrow('more than 30 days ago');
    await undoMerge(ctx, a, first);
    await expect(undoMerge(ctx, a, first)).rejects.toThrow('undone already');
    await merge(a, b);
    await forgetOldMerges(inDays(29));
    expect((await listMerges(ctx, a))[0]).toMatchObject({ undoable: true });
    await forgetOldMerges(inDays(31));
    const [gone] = await listMerges(ctx, a);
    expect(gone).toMatchObject({ undoable: false, comes_over: null });
    const left = await ctx.db
      .selectFrom('contact_merge_rows')
      .selectAll()
      .where('merge_id', '=', await newest(a))
      .execute();
    expect(left).toEqual([]);
  });

  test('an undo whose external id somebody else has by now; nothing of it is done', async () => {
    const [a, b] = ids(
      (await createContact(ctx, { first_name: 'A' })).id,
      (await createContact(ctx, { external_id: 'given-away' })).id,
    );
    await merge(a!, b!);
    await changeContact(ctx, a!, { external_id: null });
    await createContact(ctx, { external_id: 'given-away' });
    const before = await picture(ctx, [a!, b!]);
    await expect(undo(a!)).rejects.toThrow('given to another contact since');
    expect(await picture(ctx, [a!, b!])).toEqual(before);
  });
});

describe('erasing whom others are part of', () => {
  test('takes merges, what was kept of them, and second addresses with it', async () => {
    const connectionId = world.connections[0]!;
    const [a, b, c] = [await aContact(ctx, { connectionId, address: '61' }), await aContact(ctx, { connectionId, address: '62', firstName: 'Canary' }), await aContact(ctx)] as const; // biome-ignore format: one row
    await merge(a, b);
    await merge(c, a);
    await eraseContact(ctx, c);
    expect([await owners(a), await owners(b), await owners(c)]).toEqual([[], [], []]);
    const kept = await sql<{
      n: number;
    }>`SELECT count(*) AS n FROM contact_merges WHERE absorbed_id IN (${a}, ${b})`.execute(ctx.db);
    const rows = await sql<{
      n: number;
    }>`SELECT count(*) AS n FROM spare_identities WHERE address IN ('61', '62')`.execute(ctx.db);
    expect([kept.rows[0]?.n, rows.rows[0]?.n]).toEqual([0, 0]);
  });
});

describe('at once', () => {
  test('two merges of the same two, both ways: one is done, the other is told', async () => {
    for (let n = 0; n < 5; n++) {
      const [a, b] = [await aPerson(ctx, world, 5000 + n), await aPerson(ctx, world, 6000 + n)];
      const results = await Promise.allSettled([merge(a, b), merge(b, a)]);
      expect(results.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
      const left = await ctx.db.selectFrom('contacts').select('id').where('id', 'in', [a, b]).execute();
      expect(left).toHaveLength(1);
    }
  });

  test('a message that comes in while its address changes hands is the merged person’s', async () => {
    const connectionId = world.connections[0]!;
    for (let n = 0; n < 10; n++) {
      const a = await aContact(ctx);
      const b = await aContact(ctx, { connectionId, address: `55${n}` });
      const [, found] = await Promise.all([
        merge(a, b),
        ctx.db.transaction().execute(async (db) => {
          const inner = { ...ctx, db };
          const { contactId } = await contactOfIdentity(inner, {
            connectionId,
            channel: 'telegram',
            address: `55${n}`,
            person: { firstName: null, lastName: null, username: null, language: null },
          });
          await db
            .insertInto('messages')
            .values({
              workspace_id: ctx.actor.workspaceId,
              id: newId(),
              contact_id: contactId,
              connection_id: connectionId,
              direction: 'in',
              body: '{}',
              at: new Date(),
            })
            .execute();
          return contactId;
        }),
      ]);
      expect([a, b]).toContain(found);
      const messages = await ctx.db
        .selectFrom('messages')
        .select('contact_id')
        .where('contact_id', 'in', [a, b])
        .execute();
      expect(messages).toEqual([{ contact_id: a }]);
    }
  });

  test('a merge that dies in the middle leaves everything as it was', async () => {
    const [a, b] = [await aPerson(ctx, world, 7001), await aPerson(ctx, world, 7002)];
    const before = await picture(ctx, [a, b]);
    const dying = {
      ...ctx,
      jobs: { ...ctx.jobs, enqueue: () => Promise.reject(new Error('gone')) },
      clock: { ...ctx.clock, now: dieAt(4) },
    };
    await expect(mergeContacts(dying, a, { other_id: toWireId('cnt', b) })).rejects.toThrow('gone');
    expect(await picture(ctx, [a, b])).toEqual(before);
  });
});

function dieAt(call: number): () => Date {
  let calls = 0;
  return () => {
    if (++calls === call) throw new Error('gone');
    return new Date();
  };
}
