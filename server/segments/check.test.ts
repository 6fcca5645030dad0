// Who enters and leaves: what a check finds is compared with the check before, and nothing is claimed that was not looked at.
import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { fromWireId, toWireId } from '../../contract/ids.ts';
import type { Rule } from '../../contract/rules.ts';
import type { SegmentChange } from '../../contract/segments.ts';
import { eraseContact } from '../contacts/erase.ts';
import { manualClock } from '../platform/clock.ts';
import { aContact, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { changeMembers } from './change-members.ts';
import { listChanges, listChecks } from './changes.ts';
import { checkDue, checkRulesSoon, checkSegment, forgetOldChanges } from './check.ts';
import { listMembers } from './members.ts';
import { changeSegment, createSegment } from './save.ts';
import { readSegment } from './store.ts';

const minuteMs = 60_000;
const clock = manualClock(new Date('2026-11-21T10:00:00Z'));
const base = await testCtx({ clock });
let ctx: TestCtx;
beforeEach(async () => {
  // nothing of the story before is due any more
  await base.db.deleteFrom('segment_watch').execute();
  ctx = inWorkspace(base, await aWorkspace(base));
});
const page = { limit: 50 };
const vip: Rule = { field: 'tag', op: 'any_of', values: ['vip'] };

async function someone(...tags: string[]): Promise<string> {
  const id = await aContact(ctx);
  await tag(id, ...tags);
  return id;
}
const tag = (id: string, ...tags: string[]) =>
  ctx.db.updateTable('contacts').set({ tags }).where('id', '=', id).execute();
async function aSegment(rule?: Rule): Promise<string> {
  return fromWireId('seg', (await createSegment(ctx, { name: 'S', rule })).id)!;
}
const check = (segmentId: string) => checkSegment(ctx, { workspaceId: ctx.actor.workspaceId, segmentId });
const changes = async (id: string) =>
  (await listChanges(ctx, id, page)).data.map(
    (one): Pick<SegmentChange, 'contact_id' | 'change' | 'at' | 'since'> => ({
      contact_id: fromWireId('cnt', one.contact_id)!,
      change: one.change,
      at: one.at,
      since: one.since,
    }),
  );
const checks = async (id: string) => (await listChecks(ctx, id, page)).data.map(({ at: _at, ...one }) => one);

test('the first look finds who is in it; the next ones who came and who went, and between which looks', async () => {
  const [ann, bob, cid] = [await someone('vip'), await someone('vip'), await someone()];
  const id = await aSegment(vip);
  expect(await readSegment(ctx, id)).toMatchObject({ count: null, counted_at: null });
  await check(id);
  const first = clock.now().toISOString();
  expect(await readSegment(ctx, id)).toMatchObject({ count: 2, counted_at: first, count_problem: null });
  expect(await changes(id)).toEqual([]);
  clock.advance(20 * minuteMs);
  await tag(ann);
  await tag(cid, 'vip');
  await check(id);
  const second = clock.now().toISOString();
  const found = await changes(id);
  expect(found).toHaveLength(2);
  expect(found).toContainEqual({ contact_id: ann, change: 'left', at: second, since: first });
  expect(found).toContainEqual({ contact_id: cid, change: 'entered', at: second, since: first });
  clock.advance(20 * minuteMs);
  await check(id);
  expect(await changes(id)).toHaveLength(2);
  expect(await readSegment(ctx, id)).toMatchObject({ count: 2, counted_at: clock.now().toISOString() });
  expect(await checks(id)).toEqual([
    { cause: 'people', count: 2, entered: 1, left: 1 },
    { cause: 'first', count: 2, entered: 0, left: 0 },
  ]);
  expect((await listChanges(ctx, id, { ...page, change: 'left' })).data).toMatchObject([
    { contact_id: toWireId('cnt', ann), change: 'left' },
  ]);
  expect((await listMembers(ctx, id, page)).data.map((one) => fromWireId('cnt', one.contact_id))).toEqual([
    cid,
    bob,
  ]);
});

test('the last one out leaves nobody, and a person who comes back is told as such', async () => {
  const ann = await someone('vip');
  const id = await aSegment(vip);
  await check(id);
  for (const tags of [[], ['vip']]) {
    clock.advance(20 * minuteMs);
    await tag(ann, ...tags);
    await check(id);
  }
  expect((await changes(id)).map((one) => one.change)).toEqual(['entered', 'left']);
  expect(await readSegment(ctx, id)).toMatchObject({ count: 1 });
});

test('people leave by the calendar alone', async () => {
  const ann = await someone();
  const id = await aSegment({ field: 'created_at', op: 'within_days', days: 1 });
  await check(id);
  clock.advance(25 * 60 * minuteMs);
  await check(id);
  expect(await changes(id)).toMatchObject([{ contact_id: ann, change: 'left' }]);
});

test('after another rule, its own or one it names, nobody is said to have come or gone; the numbers say it', async () => {
  await someone('vip');
  const [bob] = [await someone('new'), await someone('new')];
  const inner = await aSegment(vip);
  const outer = await aSegment({ all: [{ field: 'segment', segment_id: toWireId('seg', inner) }] });
  await check(outer);
  clock.advance(minuteMs);
  await changeSegment(ctx, inner, { rule: { field: 'tag', op: 'any_of', values: ['new'] } });
  await check(outer);
  expect(await changes(outer)).toEqual([]);
  expect((await checks(outer))[0]).toEqual({ cause: 'rule', count: 2, entered: 2, left: 1 });
  clock.advance(minuteMs);
  await tag(bob);
  await check(outer);
  expect(await changes(outer)).toMatchObject([{ contact_id: bob, change: 'left' }]);
});

test('whoever is erased is in no list of changes any more, and did not leave', async () => {
  const [ann, bob] = [await someone('vip'), await someone('vip')];
  const id = await aSegment(vip);
  await check(id);
  await tag(ann);
  clock.advance(minuteMs);
  await check(id);
  await eraseContact(ctx, ann);
  await eraseContact(ctx, bob);
  clock.advance(minuteMs);
  await check(id);
  expect(await changes(id)).toEqual([]);
  expect(await readSegment(ctx, id)).toMatchObject({ count: 0 });
});

test('a list says who was put in and taken out, at the moment it was done', async () => {
  const [ann, bob] = [await someone(), await someone()];
  const id = await aSegment();
  const wire = (one: string) => toWireId('cnt', one);
  await changeMembers(ctx, id, { add: [ann, bob].map(wire), remove: [] });
  clock.advance(minuteMs);
  await changeMembers(ctx, id, { add: [wire(ann)], remove: [wire(ann), wire(bob)] });
  expect(await readSegment(ctx, id)).toMatchObject({ count: 0, counted_at: clock.now().toISOString() });
  const at = clock.now().toISOString();
  const left = (await changes(id)).filter((one) => one.change === 'left');
  expect(left).toHaveLength(2);
  expect(left).toContainEqual({ contact_id: bob, change: 'left', at, since: null });
  expect(await checks(id)).toEqual([
    { cause: 'hand', count: 0, entered: 0, left: 2 },
    { cause: 'hand', count: 2, entered: 2, left: 0 },
  ]);
});

const dueNow = async () =>
  (
    await sql<{ id: string }>`
      SELECT segment_id AS id FROM segment_watch WHERE workspace_id = ${ctx.actor.workspaceId} AND due_at <= ${clock.now()}`.execute(
      ctx.db,
    )
  ).rows.map((row) => row.id);

test('what is due is looked at and then rests; many due at once are worked off, not forgotten', async () => {
  const ids = [await aSegment(vip), await aSegment(vip), await aSegment(vip)];
  expect((await dueNow()).sort()).toEqual([...ids].sort());
  await checkDue(ctx);
  expect(await dueNow()).toEqual([]);
  clock.advance(14 * minuteMs);
  expect(await dueNow()).toEqual([]);
  clock.advance(minuteMs);
  expect(await dueNow()).toHaveLength(3);
  // a rule that is changed is not left to its turn
  await checkDue(ctx);
  await changeSegment(ctx, ids[0]!, { rule: { not: vip } });
  expect(await dueNow()).toEqual([ids[0]]);
});

test('after an import every rule is due again, but not at once after a check, nor while it could not be counted', async () => {
  const [id, slow, broken] = [await aSegment(vip), await aSegment(vip), await aSegment(vip)];
  const list = await aSegment();
  await checkDue(ctx);
  await sql`UPDATE segment_watch SET took_ms = 6000 WHERE segment_id = ${slow}`.execute(ctx.db);
  await sql`UPDATE segment_watch SET problem = 'Too slow.' WHERE segment_id = ${broken}`.execute(ctx.db);
  await checkRulesSoon(ctx);
  expect(await dueNow()).toEqual([]);
  clock.advance(minuteMs);
  expect(await dueNow()).toEqual([id]);
  clock.advance(minuteMs);
  expect((await dueNow()).sort()).toEqual([id, slow].sort());
  await checkDue(ctx);
  await checkSegment(ctx, { workspaceId: ctx.actor.workspaceId, segmentId: list });
  clock.advance(5 * minuteMs);
  expect(await dueNow()).toEqual([]);
  await checkRulesSoon(ctx);
  expect((await dueNow()).sort()).toEqual([id, slow].sort());
});

test('an import that ends during a check moves what is due by then: the check sees it, and leaves it due', async () => {
  const id = await aSegment(vip);
  const dueAt = async () =>
    (await ctx.db.selectFrom('segment_watch').select('due_at').where('segment_id', '=', id).executeTakeFirst())?.due_at.getTime() as number; // biome-ignore format: one query
  const before = await dueAt();
  await checkRulesSoon(ctx);
  expect(await dueAt()).toBe(before - 1);
});

test('a look whose time is up leaves the rest for the next minute', async () => {
  const ids = [await aSegment(vip), await aSegment(vip)];
  let spent = 0;
  // each look at the clock takes eleven seconds: begun, asked for the first, its work, asked for the second
  const slow = { ...clock, elapsedMs: () => (spent += 11_000) };
  await checkDue({ ...ctx, clock: slow });
  expect((await dueNow()).length).toBe(ids.length - 1);
});

test('of two at once one looks; a segment that cannot be counted says so and is not asked at once again', async () => {
  await someone('vip');
  const id = await aSegment(vip);
  await Promise.all([check(id), check(id), check(id)]);
  expect(await checks(id)).toHaveLength(1);
  // stored by an older version, say
  await sql`UPDATE segments SET rule = '{"field":"unheard_of"}' WHERE id = ${id}`.execute(ctx.db);
  clock.advance(15 * minuteMs);
  await checkDue(ctx);
  expect(await readSegment(ctx, id)).toMatchObject({
    count: 1,
    count_problem: 'Counting failed. It is tried again by itself.',
  });
  expect(await dueNow()).toEqual([]);
});

test('changes are kept for 90 days', async () => {
  const ann = await someone('vip');
  const id = await aSegment(vip);
  await check(id);
  clock.advance(minuteMs);
  await tag(ann);
  await check(id);
  await forgetOldChanges(ctx);
  expect(await changes(id)).toHaveLength(1);
  clock.advance(91 * 24 * 60 * minuteMs);
  await forgetOldChanges(ctx);
  expect(await changes(id)).toEqual([]);
  expect(await checks(id)).toEqual([]);
});
