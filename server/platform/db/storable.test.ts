import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testCtx } from '../../testing/context.ts';
import { storableJson } from './storable.ts';

const ctx = await testCtx();
async function stored(text: string): Promise<unknown> {
  const { rows } = await sql<{ back: string }>`SELECT (${text}::jsonb)::text AS back`.execute(ctx.db);
  return JSON.parse(rows[0]!.back);
}

/** What PostgreSQL refuses, among what it takes, in keys as well as in values. */
const word = fc
  .array(fc.constantFrom('\u0000', '\ud83d', '\ude00', '😀', 'a', '\\u0000', '"', '__proto__'), {
    maxLength: 4,
  })
  .map((parts) => parts.join(''));
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    word,
    fc.integer(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.array(fc.tuple(word, tie('json')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

test('the database takes any JSON, and gives back the same as was made of it', async () => {
  await fc.assert(
    fc.asyncProperty(json, async (value) => {
      const text = storableJson(value);
      expect(await stored(text)).toEqual(JSON.parse(text));
      // what was storable is not touched
      if (!/\\u(0000|d[89a-f])/i.test(JSON.stringify(value))) expect(text).toBe(JSON.stringify(value));
    }),
    { numRuns: 300 },
  );
});

test('what cannot be stored goes from keys as from values; of two that become one the untouched counts', () => {
  expect(storableJson({ 'a\u0000b': { 'c\ud83d': 'd\u0000' } })).toBe('{"ab":{"c�":"d"}}');
  expect(JSON.parse(storableJson({ a: 1, 'a\u0000': 2 }))).toEqual({ a: 1 });
  expect(JSON.parse(storableJson({ 'a\u0000': 2, a: 1 }))).toEqual({ a: 1 });
  expect(storableJson(JSON.parse('{"__proto__":{"x\\u0000":1}}'))).toBe('{"__proto__":{"x":1}}');
});
