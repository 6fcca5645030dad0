// Keyset pages against a real table: whatever the limit, the order and the ties, each row once; forged cursors are refused.
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { type TestCtx, testCtx } from '../../testing/context.ts';
import { AppError } from '../errors.ts';
import { newId } from './ids.ts';
import { fetchPage, type PageOrder } from './pages.ts';

let ctx: TestCtx;
beforeAll(async () => {
  ctx = await testCtx();
  await sql`CREATE TABLE things (id uuid PRIMARY KEY, at timestamptz NOT NULL, name text NOT NULL, n bigint NOT NULL)`.execute(
    ctx.db,
  );
});

type Column = 'id' | 'at' | 'name' | 'n';
const types: Record<Column, PageOrder['type']> = { id: 'uuid', at: 'timestamptz', name: 'text', n: 'bigint' };
interface Thing {
  id: string;
  at: string;
  name: string;
  n: string;
}

// biome-ignore lint/suspicious/noExplicitAny: the table is this test's own
const things = () => (ctx.db as any).selectFrom('things as t').selectAll('t').select('t.id as _id');
const orderBy = (column: Column, direction: 'asc' | 'desc'): PageOrder => ({
  column: `t.${column}`,
  id: 't.id',
  direction,
  type: types[column],
});

function page(column: Column, direction: 'asc' | 'desc', limit: number, cursor?: string) {
  return fetchPage(things(), { limit, cursor }, orderBy(column, direction), (row) => (row as Thing).id);
}

async function refill(rows: Omit<Thing, 'id'>[]): Promise<void> {
  await sql`TRUNCATE things`.execute(ctx.db);
  for (const row of rows) await insert(row);
}
async function insert({ at, name, n }: Omit<Thing, 'id'>): Promise<string> {
  const id = newId();
  await sql`INSERT INTO things VALUES (${id}, ${at}, ${name}, ${n})`.execute(ctx.db);
  return id;
}
async function allInOrder(column: Column, direction: 'asc' | 'desc'): Promise<string[]> {
  const way = sql.raw(direction);
  const rows = await sql<{
    id: string;
  }>`SELECT id FROM things ORDER BY ${sql.ref(column)} ${way}, id ${way}`.execute(ctx.db);
  return rows.rows.map(({ id }) => id);
}

// few values, so that ties are the rule; microseconds, which a JavaScript Date cannot hold
const aThing = fc.record({
  at: fc.integer({ min: 0, max: 4 }).map((us) => `2026-11-21T10:00:00.12345${us}Z`),
  name: fc.oneof(
    fc.constantFrom('a', 'b', ''),
    fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\0', '').toWellFormed()),
  ),
  n: fc.constantFrom('0', '-1', '9007199254740993', '9223372036854775807', '9007199254740992'),
});
const aColumn = fc.constantFrom<Column>('id', 'at', 'name', 'n');
const aDirection = fc.constantFrom('asc' as const, 'desc' as const);

test('a walk over the pages shows each row exactly once and in order, whatever limit, sort and ties', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(aThing, { maxLength: 14 }),
      aColumn,
      aDirection,
      fc.integer({ min: 1, max: 6 }),
      async (rows, column, direction, limit) => {
        await refill(rows);
        const seen: string[] = [];
        for (let cursor: string | undefined; ; ) {
          const { data, next_cursor } = await page(column, direction, limit, cursor);
          seen.push(...data);
          expect(data.length).toBeLessThanOrEqual(limit);
          if (!next_cursor) break;
          expect(data).toHaveLength(limit);
          cursor = next_cursor;
        }
        expect(seen).toEqual(await allInOrder(column, direction));
      },
    ),
    { numRuns: 60 },
  );
});

test('rows that arrive or go during the walk never make another one appear twice or be missed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(aThing, { minLength: 3, maxLength: 10 }),
      fc.array(aThing, { maxLength: 6 }),
      aColumn,
      aDirection,
      async (rows, late, column, direction) => {
        await refill(rows);
        const original = await allInOrder(column, direction);
        const seen: string[] = [];
        let gone: string | undefined;
        for (let cursor: string | undefined; ; ) {
          const { data, next_cursor } = await page(column, direction, 2, cursor);
          seen.push(...data);
          if (!next_cursor) break;
          cursor = next_cursor;
          const arriving = late.pop();
          if (arriving) await insert(arriving);
          // the very row that the cursor points at
          if (!gone) {
            gone = data.at(-1);
            await sql`DELETE FROM things WHERE id = ${gone}`.execute(ctx.db);
          }
        }
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.filter((id) => original.includes(id))).toEqual(original);
      },
    ),
    { numRuns: 40 },
  );
});

describe('a cursor', () => {
  const forge = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  const kinds: Record<Column, string> = {
    id: 'things.t.id.asc',
    at: 'things.t.at.asc',
    name: 'things.t.name.asc',
    n: 'things.t.n.asc',
  };
  const refusal = (cursor: string, column: Column = 'at') =>
    page(column, 'asc', 2, cursor).then(
      () => 'taken',
      (error) => (error instanceof AppError ? error.code : `a bug: ${error}`),
    );

  test('of another sort, direction or list is refused', async () => {
    await refill(Array.from({ length: 5 }, (_, i) => ({ at: `2026-11-21T10:00:0${i}Z`, name: 'x', n: '1' })));
    const { next_cursor } = await page('at', 'asc', 2);
    expect(await refusal(next_cursor!)).toBe('taken');
    expect(await refusal(next_cursor!, 'name')).toBe('INVALID_CURSOR');
    expect(await refusal((await page('at', 'desc', 2)).next_cursor!)).toBe('INVALID_CURSOR');
    // another list whose alias and columns are called the same
    const others = ctx.db.selectFrom('campaigns as t').select(['t.id as _id', 't.id']);
    await expect(
      fetchPage(
        others,
        { limit: 2, cursor: next_cursor! },
        { ...orderBy('at', 'asc'), column: 't.created_at' },
        (row) => row,
      ),
    ).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  });

  test.each<[Column, unknown]>([
    ['at', 'yesterday-ish'],
    ['at', '2026-13-45T99:99:99Z'],
    ['at', '999999999-01-01'],
    ['at', '\0'],
    ['at', "2026-01-01'::timestamptz); DROP TABLE things; --"],
    ['n', '1e400'],
    ['n', '99999999999999999999999'],
    ['n', 'NaN'],
    ['id', '-'.repeat(36)],
    ['id', 'ffffffff'],
    ['name', 'nul \0 in text'],
  ])('with a forged value (%s: %j) is refused, not failed on', async (column, value) => {
    expect(await refusal(forge([kinds[column], value, newId()]), column)).toBe('INVALID_CURSOR');
  });

  test.each(['-'.repeat(36), 'x', '', "' OR 1=1 --", '0'.repeat(35), null, 5, { a: 1 }])(
    'with a forged id %j is refused',
    async (id) => {
      expect(await refusal(forge([kinds.at, '2026-11-21T10:00:00Z', id]))).toBe('INVALID_CURSOR');
    },
  );

  test.each([
    '',
    'x',
    '%%%',
    'null',
    '[]',
    '"text"',
    '[1,2,3]',
    '{"0":"a","length":3}',
    '["a","b"]',
    '[["things.t.at.asc"],"b","c"]',
  ])('made of %j is refused', async (text) => {
    if (text) expect(await refusal(text)).toBe('INVALID_CURSOR');
    expect(await refusal(Buffer.from(text || ' ').toString('base64url'))).toBe('INVALID_CURSOR');
  });

  test('with SQL in a text value only compares with that text', async () => {
    await refill([{ at: '2026-11-21T10:00:00Z', name: 'zebra', n: '1' }]);
    const { data } = await page(
      'name',
      'asc',
      2,
      forge([kinds.name, "a' OR true; DROP TABLE things; --", newId()]),
    );
    expect(data).toHaveLength(1);
    expect(await allInOrder('name', 'asc')).toHaveLength(1);
  });

  test('of any garbage is refused and never a server error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ minLength: 1 }),
          fc.json().map((text) => Buffer.from(text).toString('base64url')),
        ),
        async (cursor) => {
          expect(await refusal(cursor)).toBe('INVALID_CURSOR');
        },
      ),
    );
  });
});
