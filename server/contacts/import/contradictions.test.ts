import { expect, test } from 'vitest';
import type { ContactCreate } from '../../../contract/contacts.ts';
import type { WrittenRow } from './batch.ts';
import { contradictions } from './contradictions.ts';

const saying = (rows: [id: string, outcome: WrittenRow['outcome'], contact: ContactCreate][]) => {
  const written = rows.map(([id, outcome], n) => ({ line: n + 2, cells: [], id, outcome, proof: null }));
  const read = rows.map(([, , contact], n) => ({ line: n + 2, cells: [], contact, proof: null }));
  return contradictions(read, written.toReversed()).map(({ line, remarks }) => [line, remarks[0]!.reason]);
};
const ann = { external_id: 'c1', first_name: 'Ann', email: 'ann@example.com' };
const bo = { external_id: 'c1', first_name: 'Bo', email: 'bo@example.com' };

test('a row with the id of another and other name and email names the line it changed', () => {
  expect(saying([['p1', 'created', ann], ['p2', 'created', { external_id: 'c2' }], ['p1', 'updated', bo]])).toEqual([
    [4, expect.stringMatching(/^This row changed what line 2 said: same id, other name and email\./)],
  ]); // biome-ignore format: one table
});

test('left out beside a row that made the person, it says so; people who were there before stay silently', () => {
  expect(saying([['p1', 'created', ann], ['p1', 'skipped', bo]])).toEqual([
    [3, expect.stringMatching(/^This row was left out: line 2 is the same person/)],
  ]); // biome-ignore format: one table
  expect(saying([['p1', 'skipped', ann], ['p1', 'skipped', bo]])).toEqual([]); // biome-ignore format: one line
});

test('what is said again, or said for the first time, contradicts nothing', () => {
  expect(saying([['p1', 'created', ann], ['p1', 'updated', { ...ann, phone: '+442079460018' }], ['p1', 'updated', { external_id: 'c1' }]])).toEqual([]); // biome-ignore format: one line
});
