import { expect, test } from 'vitest';
import { placeAtStart, placesIn, putPlaces } from './template-places.ts';
import { variableName } from './template-use.ts';

test('places are found once each, in their order; what Carillon fills in is none', () => {
  const texts = [
    '{{ code }} {{contact.first_name}} {{ contact }} {{ end_date }}',
    '{{ code }}',
    '{{ Bad }} {{ x | y }}',
  ];
  expect(placesIn(texts)).toEqual(['code', 'end_date']);
});

test('a place is what has a name that can be saved, and nothing else', () => {
  const longest = 'a'.repeat(40);
  for (const name of ['a', 'discount_code', longest, `${longest}a`, '1a', 'A', 'a-b', '_a', '']) {
    const isName = variableName.safeParse(name).success;
    expect([name, putPlaces(`{{${name}}}`, () => 'x') === 'x']).toEqual([name, isName]);
  }
});

test('the place that an address begins with', () => {
  expect(placeAtStart('  {{ link }}?a={{ code }}')).toBe('link');
  expect(placeAtStart('https://shop.example/{{ code }}')).toBeNull();
  expect(placeAtStart('')).toBeNull();
});
