// Ids on the wire: both directions agree for every uuid, and nothing else reads as an id.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromWireId, type IdPrefix, idPrefixes, toWireId, wireId } from '../../../contract/ids.ts';
import { newId, uuidOf, wireOrNull } from './ids.ts';

const prefixes = Object.keys(idPrefixes) as IdPrefix[];
const aPrefix = fc.constantFrom(...prefixes);
const anyUuid = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString('hex'))
  .map((hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'));

test('every uuid comes back from the wire as it went', () => {
  fc.assert(
    fc.property(aPrefix, anyUuid, (prefix, uuid) => {
      const wire = toWireId(prefix, uuid);
      expect(wire).toMatch(/^[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
      expect(fromWireId(prefix, wire)).toBe(uuid);
      expect(uuidOf(prefix, wire)).toBe(uuid);
      expect(wireId(prefix).safeParse(wire).success).toBe(true);
    }),
  );
});

test('ids sort on the wire as they do in the database, and new ones are the last', () => {
  fc.assert(
    fc.property(anyUuid, anyUuid, (a, b) => {
      expect(toWireId('cmp', a) < toWireId('cmp', b)).toBe(a < b);
    }),
  );
  const ids = Array.from({ length: 100 }, newId);
  expect([...ids].sort()).toEqual(ids);
});

test('an id of another noun is none of this', () => {
  fc.assert(
    fc.property(aPrefix, aPrefix, anyUuid, (one, other, uuid) => {
      fc.pre(one !== other);
      expect(fromWireId(one, toWireId(other, uuid))).toBeNull();
      expect(() => uuidOf(one, toWireId(other, uuid))).toThrow(idPrefixes[one]);
    }),
  );
});

test('text that is not quite an id is none: other characters, case, length, more than 128 bits', () => {
  const good = toWireId('cmp', newId());
  const bad = [
    '', 'cmp', 'cmp_', good.toUpperCase(), `${good}0`, good.slice(0, -1), ` ${good}`, `${good}\n`,
    `cmp_8${good.slice(5)}`, `cmp_z${good.slice(5)}`, ...['i', 'l', 'o', 'u', 'é', '-', '\0', '٣'].map((char) => good.slice(0, -1) + char),
    good.replace('_', '-'), newId(), '__proto__', `cmp_${'😀'.repeat(13)}`,
  ]; // biome-ignore format: one list
  for (const text of bad) expect(`${text} → ${fromWireId('cmp', text)}`).toBe(`${text} → null`);
  fc.assert(fc.property(fc.string(), (text) => fromWireId('cmp', text) === null));
});

test('no uuid is no id', () => {
  expect(wireOrNull('cmp', null)).toBeNull();
});
