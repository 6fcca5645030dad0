// What Carillon wrote itself comes back as what it was: nothing of ours becomes a field or an attribute of the person.
import { expect, test } from 'vitest';
import { exportColumns } from '../../../contract/exports.ts';
import { suggestMapping } from './mapping.ts';
import { reportColumns } from './own-tables.ts';

const kinds = (header: string[], sample: string[][]) =>
  suggestMapping(header, sample).map((target) =>
    target.kind === 'field'
      ? target.field
      : target.kind === 'attribute'
        ? `attribute ${target.name}`
        : target.kind,
  );
const row = (header: string[]) =>
  header.map((name) => (name === 'id' ? 'cnt_01k9zxw3pe8ct9r2yq4v6m7n8a' : 'x'));

test('an export: the shop’s id is the id, attributes are themselves, and what only we know is left out', () => {
  const header = [...exportColumns, 'attributes.city', 'attributes.shoe_size'];
  expect(kinds(header, [row(header)])).toEqual([
    'ignore', 'external_id', 'first_name', 'last_name', 'email', 'phone', 'language', 'time_zone', 'ignore', 'tags',
    'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'attribute city', 'attribute shoe_size',
  ]); // biome-ignore format: dense
});

test('the report of an import: its own four columns are left out, also in front of an export', () => {
  const report = [...reportColumns, 'Kundennummer', 'Vorname', 'Reason given'];
  expect(kinds(report, [['4', 'rejected', 'Telefon', 'No number.', '1', 'Ann', 'Moved']])).toEqual([
    'ignore', 'ignore', 'ignore', 'ignore', 'external_id', 'first_name', 'attribute reason_given',
  ]); // biome-ignore format: dense
  const both = [...reportColumns, 'id', 'email', 'attributes.city'];
  expect(kinds(both, [['4', 'rejected', '', '', ...row(both).slice(4)]])).toEqual([
    'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'email', 'attribute city',
  ]); // biome-ignore format: dense
});

test('somebody else’s table with a column "id" is read as theirs', () => {
  expect(kinds(['id', 'created_at', 'Reason'], [['17', '2026-01-02', 'Fair']])).toEqual([
    'external_id',
    'attribute created_at',
    'attribute reason',
  ]);
});
