// Deeds on many people: exactly those who were meant, once, whatever comes in between.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { BulkCreate } from '../../../contract/bulk.ts';
import { fromWireId, toWireId } from '../../../contract/ids.ts';
import { roleScopes, type Scope } from '../../../contract/roles.ts';
import { mergeContacts } from '../../contacts/merge/merge.ts';
import { inTransaction } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { cancelWork } from '../../platform/work/work.ts';
import { aContact, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../../testing/context.ts';
import { during } from '../../testing/races.ts';
import { checkSegment } from '../check.ts';
import { countChosen } from '../chosen-people.ts';
import { listMembers } from '../members.ts';
import { previewSegment } from '../preview.ts';
import { createSegment } from '../save.ts';
import { cancelBulkAction, getBulkAction, startBulkAction } from './bulk-action.ts';
import { runBulkAction } from './run-bulk.ts';

const base = await testCtx();
const small = { plain: 2, erase: 2 };

async function aShop(people: number): Promise<{ ctx: TestCtx; ids: string[] }> {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const ids: string[] = [];
  for (let n = 0; n < people; n++) ids.push(await aContact(ctx, { firstName: `P${n}` }));
  return { ctx, ids };
}
const wire = (ids: string[]) => ids.map((id) => toWireId('cnt', id));
const uuidOf = (id: string) => fromWireId('blk', id) as string;
const run = (ctx: TestCtx, id: string) =>
  runBulkAction(ctx, { workspaceId: ctx.actor.workspaceId, id: uuidOf(id) }, small);
const tagsOf = async (ctx: TestCtx) =>
  (await ctx.db.selectFrom('contacts').select('tags').where('workspace_id', '=', ctx.actor.workspaceId).orderBy('id').execute()).map((row) => row.tags.join()); // biome-ignore format: one query
const everybody = (action: BulkCreate['action'], expected_count: number): BulkCreate => ({
  select: { filter: {} },
  action,
  expected_count,
});
const vip = { do: 'add_tags' as const, tags: ['vip'] };

async function done(ctx: TestCtx, given: BulkCreate) {
  const { id } = await startBulkAction(ctx, given);
  await run(ctx, id);
  return getBulkAction(ctx, uuidOf(id));
}

test('tags everybody a filter means but the excepted, and counts whom it changed', async () => {
  const { ctx, ids } = await aShop(5);
  const other = await aShop(1);
  await ctx.db
    .updateTable('contacts')
    .set({ tags: ['vip', 'old'] })
    .where('id', '=', ids[1]!)
    .execute();
  const chosen = { select: { filter: {}, except: wire([ids[4]!]) }, action: vip, expected_count: 4 };
  expect(await done(ctx, chosen)).toMatchObject({
    status: 'finished', processed: 4, total: 4, changed: 3, unchanged: 1, gone: 0, refused: 0, by: 'Test',
  }); // biome-ignore format: one row
  expect(await tagsOf(ctx)).toEqual(['vip', 'vip,old', 'vip', 'vip', '']);
  expect(await tagsOf(other.ctx)).toEqual(['']);
  expect(await done(ctx, everybody({ do: 'remove_tags', tags: ['vip'] }, 5))).toMatchObject({
    changed: 4,
    unchanged: 1,
  });
  expect(await tagsOf(ctx)).toEqual(['', 'old', '', '', '']);
  const people = await ctx.db
    .selectFrom('work_people')
    .selectAll()
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .execute();
  expect(people).toEqual([]);
});

/** The next mark of a work that says `processed` of so many cannot be written, as if the node died there; returns the mending. */
async function diesAt(ctx: TestCtx, processed: number): Promise<() => Promise<unknown>> {
  await sql
    .raw(`CREATE OR REPLACE FUNCTION dies() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.workspace_id = '${ctx.actor.workspaceId}' AND NEW.processed = ${processed} THEN RAISE EXCEPTION 'the node is gone'; END IF;
    RETURN NEW; END $$`)
    .execute(ctx.db);
  await sql`CREATE TRIGGER dies BEFORE UPDATE ON works FOR EACH ROW EXECUTE FUNCTION dies()`.execute(ctx.db);
  return () => sql`DROP TRIGGER dies ON works`.execute(ctx.db);
}

test('a process that dies in the middle: the next goes on behind the mark, with whom the first began with, once each', async () => {
  const { ctx, ids } = await aShop(6);
  const { id } = await startBulkAction(ctx, everybody(vip, 6));
  const mend = await diesAt(ctx, 4);
  await expect(run(ctx, id)).rejects.toThrow('the node is gone');
  expect(await tagsOf(ctx)).toEqual(['vip', 'vip', '', '', '', '']);
  await mend();
  // one more comes, one goes
  await aContact(ctx);
  await ctx.db.deleteFrom('contacts').where('id', '=', ids[5]!).execute();
  await run(ctx, id);
  await run(ctx, id);
  expect(await getBulkAction(ctx, uuidOf(id))).toMatchObject({
    status: 'finished',
    processed: 6,
    changed: 5,
    unchanged: 0,
    gone: 1,
  });
  expect(await tagsOf(ctx)).toEqual(['vip', 'vip', 'vip', 'vip', 'vip', '']);
  const versions = await ctx.db
    .selectFrom('contacts')
    .select('version')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .orderBy('id')
    .execute();
  expect(versions.map((row) => row.version)).toEqual([2, 2, 2, 2, 2, 1]);
});

describe('people who are merged while it runs', () => {
  const into = (ctx: TestCtx, person: string, other: string) =>
    mergeContacts(ctx, person, { other_id: toWireId('cnt', other) });
  const people = async (ctx: TestCtx) =>
    Object.fromEntries(
      (
        await ctx.db
          .selectFrom('contacts')
          .select(['id', 'tags'])
          .where('workspace_id', '=', ctx.actor.workspaceId)
          .execute()
      ).map((row) => [row.id, row.tags.join()]),
    );
  /** Five people, the first four chosen; it stops before the batch that brings it to `at`, and `meanwhile` happens. */
  async function interrupted(
    action: BulkCreate['action'],
    at: number,
    meanwhile: (ctx: TestCtx, ids: string[]) => Promise<unknown>,
    before: (ctx: TestCtx, ids: string[]) => Promise<unknown> = async () => {},
  ) {
    const { ctx, ids } = await aShop(5);
    await before(ctx, ids);
    const select = { contact_ids: wire(ids.slice(0, 4)) };
    const { id } = await startBulkAction(ctx, { select, action, expected_count: 4 });
    const mend = await diesAt(ctx, at);
    await expect(run(ctx, id)).rejects.toThrow('the node is gone');
    await mend();
    await meanwhile(ctx, ids);
    await run(ctx, id);
    return { ids, left: await people(ctx), told: await getBulkAction(ctx, uuidOf(id)) };
  }
  const intoChosenAndOther = async (ctx: TestCtx, ids: string[]) => {
    await into(ctx, ids[4]!, ids[1]!);
    await into(ctx, ids[0]!, ids[2]!);
  };

  test('have it done to whom they became', async () => {
    const { ids, left, told } = await interrupted(vip, 2, intoChosenAndOther);
    expect(left).toEqual({ [ids[0]!]: 'vip', [ids[3]!]: 'vip', [ids[4]!]: 'vip' });
    expect(told).toMatchObject({ processed: 4, changed: 3, unchanged: 1, gone: 0, merged: 0 });
  });

  test('also where that person had their turn, and the merge brought back what was taken', async () => {
    const away = { do: 'remove_tags' as const, tags: ['old'] };
    const { ids, left, told } = await interrupted(
      away,
      4,
      (ctx, ids) => into(ctx, ids[0]!, ids[2]!),
      (ctx, ids) =>
        ctx.db
          .updateTable('contacts')
          .set({ tags: ['old'] })
          .where('id', '=', ids[2]!)
          .execute(),
    );
    expect(left[ids[0]!]).toBe('');
    expect(told).toMatchObject({ processed: 4, changed: 1, unchanged: 3 });
  });

  test('are erased with whom was chosen, and counted apart where that one was not', async () => {
    const { ids, left, told } = await interrupted({ do: 'erase' }, 2, intoChosenAndOther);
    expect(Object.keys(left)).toEqual([ids[4]]);
    expect(told).toMatchObject({ processed: 4, changed: 2, gone: 1, merged: 1, unchanged: 0 });
  });

  test('in the middle of a batch: it waits for the merge', async () => {
    const { ctx, ids } = await aShop(2);
    const select = { contact_ids: wire([ids[0]!]) };
    const { id } = await startBulkAction(ctx, { select, action: vip, expected_count: 1 });
    const mend = await diesAt(ctx, 1);
    await expect(run(ctx, id)).rejects.toThrow('the node is gone');
    await mend();
    await during(
      ctx,
      (ctx) => into(ctx, ids[1]!, ids[0]!),
      () => run(ctx, id),
    );
    expect(await people(ctx)).toEqual({ [ids[1]!]: 'vip' });
  });
});

test('finished or cancelled, it leaves the rules of its workspace due for a check', async () => {
  const { ctx } = await aShop(1);
  const { id } = await createSegment(ctx, {
    name: 'Loyal',
    rule: { field: 'tag', op: 'any_of', values: ['vip'] },
  });
  const segmentId = fromWireId('seg', id) as string;
  const isDue = async () => {
    const soon = new Date(ctx.clock.now().getTime() + 70_000);
    const query = ctx.db.selectFrom('segment_watch').select('due_at').where('segment_id', '=', segmentId);
    return (await query.executeTakeFirstOrThrow()).due_at <= soon;
  };
  await checkSegment(ctx, { workspaceId: ctx.actor.workspaceId, segmentId });
  expect(await isDue()).toBe(false);
  await done(ctx, everybody(vip, 1));
  expect(await isDue()).toBe(true);
  await checkSegment(ctx, { workspaceId: ctx.actor.workspaceId, segmentId });
  expect(await isDue()).toBe(false);
  const { id: cancelled } = await startBulkAction(ctx, everybody(vip, 1));
  await cancelBulkAction(ctx, uuidOf(cancelled));
  expect(await isDue()).toBe(true);
});

test('refused when the number moved: by any for erasing, by more than ten for tags; and again when it begins', async () => {
  const { ctx } = await aShop(12);
  await expect(startBulkAction(ctx, everybody({ do: 'erase' }, 11))).rejects.toMatchObject({
    code: 'NUMBER_CHANGED',
    message: 'You chose 11 people, 12 are meant by now. Nothing was done: look again, then decide.',
  });
  await expect(startBulkAction(ctx, everybody(vip, 23))).rejects.toMatchObject({ code: 'NUMBER_CHANGED' });
  const { id } = await startBulkAction(ctx, everybody({ do: 'erase' }, 12));
  await aContact(ctx);
  await run(ctx, id);
  expect(await getBulkAction(ctx, uuidOf(id))).toMatchObject({ status: 'failed', processed: 0, changed: 0 });
  expect(await tagsOf(ctx)).toHaveLength(13);
});

test('erasing many: each is in the audit log, with who did it', async () => {
  const { ctx, ids } = await aShop(3);
  expect(
    await done(ctx, {
      select: { contact_ids: wire(ids.slice(0, 2)) },
      action: { do: 'erase' },
      expected_count: 2,
    }),
  ).toMatchObject({ changed: 2, gone: 0 });
  const left = await ctx.db
    .selectFrom('contacts')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .execute();
  expect(left.map((row) => row.id)).toEqual([ids[2]]);
  const log = await ctx.db
    .selectFrom('audit_events')
    .select(['action', 'actor_name', 'subject_id'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .orderBy('id')
    .execute();
  expect(log.map((row) => row.action)).toEqual([
    'bulk_action.started',
    'contact.erased',
    'contact.erased',
    'bulk_action.finished',
  ]);
  expect(new Set(log.map((row) => row.actor_name))).toEqual(new Set(['Test']));
  expect(log[1]?.subject_id).toBe(wire(ids)[0]);
});

test('lists: in, again, and out; a rule is refused; a list that is deleted meanwhile ends the work with the reason', async () => {
  const { ctx, ids } = await aShop(3);
  const list = await createSegment(ctx, { name: 'Friends' });
  const rule = await createSegment(ctx, { name: 'All', rule: { all: [] } });
  const into = { do: 'add_to_segment' as const, segment_id: list.id };
  expect(await done(ctx, everybody(into, 3))).toMatchObject({ changed: 3 });
  expect(await done(ctx, everybody(into, 3))).toMatchObject({ changed: 0, unchanged: 3 });
  const out = { do: 'remove_from_segment' as const, segment_id: list.id };
  expect(
    await done(ctx, { select: { contact_ids: wire([ids[0]!]) }, action: out, expected_count: 1 }),
  ).toMatchObject({ changed: 1 });
  // the list's own history tells it, as if by hand
  const told = await ctx.db
    .selectFrom('segment_checks')
    .select(['members', 'entered', 'left'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('cause', '=', 'hand')
    .orderBy('id')
    .execute();
  expect(told.map((row) => [row.members, row.entered, row.left])).toEqual([
    [2, 2, 0],
    [3, 1, 0],
    [2, 0, 1],
  ]);
  await expect(startBulkAction(ctx, everybody({ ...into, segment_id: rule.id }, 3))).rejects.toMatchObject({
    errors: [{ pointer: '/action/segment_id' }],
  });
  const { id } = await startBulkAction(ctx, everybody(into, 3));
  await ctx.db.deleteFrom('segments').where('workspace_id', '=', ctx.actor.workspaceId).execute();
  await run(ctx, id);
  expect(await getBulkAction(ctx, uuidOf(id))).toMatchObject({
    status: 'failed',
    problem: 'The list was deleted meanwhile. Choose another one and start again.',
  });
});

test('tags beyond a hundred are refused person by person, and said', async () => {
  const { ctx, ids } = await aShop(2);
  const many = Array.from({ length: 100 }, (_, n) => `t${n}`);
  await ctx.db.updateTable('contacts').set({ tags: many }).where('id', '=', ids[0]!).execute();
  expect(await done(ctx, everybody(vip, 2))).toMatchObject({ changed: 1, unchanged: 0, refused: 1 });
});

test('people who cannot be counted in time are not waited for, and that is said', async () => {
  const { ctx } = await aShop(1);
  await inTransaction(ctx, async (trx) => {
    await sql`LOCK TABLE contacts IN ACCESS EXCLUSIVE MODE`.execute(trx.db);
    await expect(countChosen(ctx, { filter: {} }, 0.05)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
  expect(await countChosen(ctx, { filter: {} })).toBe(1);
});

test('cancelled: what is done stays, nothing more is done', async () => {
  const { ctx } = await aShop(4);
  const { id } = await startBulkAction(ctx, everybody(vip, 4));
  expect(await cancelBulkAction(ctx, uuidOf(id))).toMatchObject({ status: 'cancelled' });
  await run(ctx, id);
  expect(await tagsOf(ctx)).toEqual(['', '', '', '']);
  await expect(cancelWork(ctx, 'bulk_action', uuidOf(id))).rejects.toMatchObject({ code: 'ILLEGAL_MOVE' });
});

test('whoever asks by a filter or a rule must be allowed to read people', async () => {
  const { ctx } = await aShop(2);
  const { workspaceId } = ctx.actor;
  const scopes = new Set<Scope>(['contacts:write', 'segments:read', 'segments:write']);
  const blind = {
    ...ctx,
    actor: { kind: 'token' as const, workspaceId, tokenId: newId(), name: 'T', scopes },
  };
  const rule = { field: 'event', name: 'paid', op: 'at_least', times: 1 } as const;
  const forbidden = { code: 'FORBIDDEN', message: expect.stringContaining('contacts:read') };
  await expect(startBulkAction(blind, everybody(vip, 2))).rejects.toMatchObject(forbidden);
  await expect(previewSegment(blind, rule)).rejects.toMatchObject(forbidden);
  await expect(createSegment(blind, { name: 'Paid', rule })).rejects.toMatchObject(forbidden);
  const { id } = await createSegment(blind, { name: 'By hand' });
  await expect(listMembers(blind, fromWireId('seg', id) as string, { limit: 10 })).rejects.toMatchObject(
    forbidden,
  );
});

test('an operator may tag, and neither erase many nor change lists', async () => {
  const { ctx } = await aShop(2);
  const operator = {
    ...ctx,
    actor: {
      kind: 'user' as const,
      workspaceId: ctx.actor.workspaceId,
      userId: newId(),
      sessionId: newId(),
      name: 'Op',
      role: 'operator' as const,
      scopes: roleScopes.operator,
    },
  };
  await expect(startBulkAction(operator, everybody({ do: 'erase' }, 2))).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  const list = await createSegment(ctx, { name: 'Friends' });
  await expect(
    startBulkAction(operator, everybody({ do: 'add_to_segment', segment_id: list.id }, 2)),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(await startBulkAction(operator, everybody(vip, 2))).toMatchObject({ status: 'queued', total: 2 });
});
