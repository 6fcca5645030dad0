// What a merge or its undo refuses, and what happens to it when others come in between.
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromWireId, toWireId } from '../../../contract/ids.ts';
import { newId } from '../../platform/db/ids.ts';
import { aContact, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../../testing/context.ts';
import { eraseContact } from '../erase.ts';
import { contactOfIdentity } from '../identity.ts';
import { changeContact, createContact } from '../save.ts';
import { mergeContacts } from './merge.ts';
import { forgetOldMerges, listMerges } from './merges.ts';
import { aPairWorld, aPerson, type PairWorld, picture, tablesOf } from './testing-pairs.ts';
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
const _person = (connectionId: string, address: string) => contactOfIdentity(ctx, { connectionId, channel: 'telegram', address, person: { firstName: null, lastName: null, username: null, language: null } }); // biome-ignore format: one line

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
    expect([await tablesOf(ctx, a), await tablesOf(ctx, b), await tablesOf(ctx, c)]).toEqual([[], [], []]);
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
