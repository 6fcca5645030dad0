// The two back ends of the rule language against each other: whoever SQL finds is whom evaluate says, for generated rules and
// generated people in a real PostgreSQL, at moments around changes of the clocks.
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { type Rule, rule as ruleSchema } from '../../contract/rules.ts';
import type { Way } from '../contacts/filter.ts';
import { newId } from '../platform/db/ids.ts';
import { aConnection, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { compileRule } from './compile.ts';
import { evaluator } from './evaluate.ts';
import { loadFacts } from './facts.ts';
import { askedOf } from './resolve.ts';
import { somePeople } from './testing-people.ts';
import { aRule } from './testing-rules.ts';
import { fold } from './values.ts';

// London: an hour is there twice on 25 October, one is missing on 29 March; 10:30 UTC is three different days on earth
const moments = [
  '2026-10-25T00:30:00.000Z',
  '2026-10-25T01:30:00.123Z',
  '2026-10-26T10:30:00.000Z',
  '2026-03-29T01:00:00.000Z',
  '2027-02-27T10:30:00.500Z',
].map((text) => new Date(text));
const people = 300;
let ctx: TestCtx;
let ids: string[];
let nouns: Parameters<typeof aRule>[0];

beforeAll(async () => {
  ctx = await testCtx();
  const list = await aSegment(null);
  // the third was removed: nobody has an address there any more
  const connections = [await aConnection(ctx), await aConnection(ctx), await aConnection(ctx)];
  await ctx.db
    .updateTable('connections')
    .set({ deleted_at: moments[0]! })
    .where('id', '=', connections[2]!)
    .execute();
  const campaigns = [newId(), newId()];
  const groups = await Promise.all(
    connections.map(async (connection_id) => ({ id: await aGroup(connection_id), connection_id })),
  );
  const world = { connections, campaigns, lists: [list], groups, moments };
  ids = await somePeople(ctx, people, world, 1);
  // a shop beside it, of which nothing may shine through; its people have the same connections in their rows' values
  const other = inWorkspace(ctx, await aWorkspace(ctx));
  await somePeople(
    other,
    50,
    { ...world, connections: [await aConnection(other)], lists: [], groups: [] },
    2,
  );
  const inner = await aSegment({
    any: [{ field: 'tag', op: 'any_of', values: ['vip'] }, { not: { field: 'email', op: 'is_set' } }],
  });
  const outer = await aSegment({ not: { field: 'segment', segment_id: toWireId('seg', inner) } });
  nouns = {
    connections: connections.map((id) => toWireId('con', id)),
    campaigns: campaigns.map((id) => toWireId('cmp', id)),
    segments: [list, inner, outer, newId()].map((id) => toWireId('seg', id)),
    groups: [...groups.map(({ id }) => id), newId()].map((id) => toWireId('grp', id)),
  };
});

async function aSegment(rule: Rule | null): Promise<string> {
  const id = newId();
  const now = moments[0]!;
  await ctx.db
    .insertInto('segments')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id,
      name: 'A segment',
      kind: rule ? 'rule' : 'static',
      rule: rule && JSON.stringify(rule),
      created_at: now,
      updated_at: now,
    })
    .execute();
  return id;
}

async function aGroup(connection_id: string): Promise<string> {
  const id = newId();
  const at = moments[0]!;
  await ctx.db
    .insertInto('groups')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id,
      connection_id,
      channel: 'telegram',
      address: id,
      kind: 'supergroup',
      title: 'Collectors',
      standing: 'member',
      standing_at: at,
      created_at: at,
    })
    .execute();
  return id;
}

async function bySql(rule: Rule, now: Date, way: Way): Promise<string[]> {
  const asked = await askedOf(ctx, [rule], now);
  const { joins, where } = compileRule(rule, asked, way);
  const found = await sql<{ id: string }>`
    SELECT c.id FROM contacts c ${joins} WHERE c.workspace_id = ${asked.workspaceId} AND ${where}`.execute(
    ctx.db,
  );
  return found.rows.map((row) => row.id).sort();
}

async function inMemory(rule: Rule, now: Date): Promise<string[]> {
  const { moment, segments } = await askedOf(ctx, [rule], now);
  const facts = await loadFacts(ctx, ids, [rule], { segments, moment });
  const holds = evaluator(rule, moment, segments);
  return ids.filter((id) => holds(facts.get(id)!)).sort();
}

test('SQL and memory name the same people, and not-rule names all the others', async () => {
  let asked = 0;
  let split = 0;
  await fc.assert(
    fc.asyncProperty(aRule(nouns), fc.constantFrom(...moments), async (given, now) => {
      const rule = ruleSchema.parse(given);
      const expected = await inMemory(rule, now);
      expect(await bySql(rule, now, 'whole')).toEqual(expected);
      expect(await bySql(rule, now, 'each')).toEqual(expected);
      const others = await bySql({ not: rule }, now, 'whole');
      expect([...expected, ...others].sort()).toEqual([...ids].sort());
      asked += ids.length;
      if (expected.length > 0 && others.length > 0) split += 1;
    }),
    { numRuns: 250, seed: 4 },
  );
  expect(asked).toBeGreaterThanOrEqual(10_000);
  // a comparison of nobody with nobody proves nothing
  expect(split).toBeGreaterThan(120);
}, 300_000);

test('small letters are PostgreSQL’s, of every character there is', async () => {
  const all = Array.from({ length: 0x110000 - 1 }, (_, i) => i + 1).filter(
    (code) => code < 0xd800 || code > 0xdfff,
  );
  const wrong: string[] = [];
  let newer = 0;
  for (let from = 0; from < all.length; from += 100_000) {
    const text = all
      .slice(from, from + 100_000)
      .map((code) => String.fromCodePoint(code))
      .join('');
    const { rows } = await sql<{
      low: string;
    }>`SELECT lower(${text}::text COLLATE "pg_c_utf8") AS low`.execute(ctx.db);
    const [here, there] = [[...fold(text)], [...rows[0]!.low]];
    expect(here).toHaveLength(there.length);
    // Node may know letters of a newer Unicode, which PostgreSQL leaves as they are
    here.forEach((char, i) => {
      if (char !== there[i] && there[i] === String.fromCodePoint(all[from + i]!)) newer += 1;
      else if (char !== there[i]) wrong.push(`${all[from + i]?.toString(16)}: ${char} ${there[i]}`);
    });
  }
  expect(wrong).toEqual([]);
  expect(newer).toBeLessThan(40);
});
