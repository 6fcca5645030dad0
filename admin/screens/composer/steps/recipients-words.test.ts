import { expect, test } from 'vitest';
import { excludedInWords, reachInWords, segmentsInWords } from './recipients-words.ts';

test('segments and exclusions are named, with how many were counted', () => {
  expect(segmentsInWords([{ name: 'Repeat buyers', count: 1200 }, { name: 'Ceramics club' }])).toBe(
    'Repeat buyers (1,200), Ceramics club',
  );
  expect(excludedInWords([{ name: 'VIP', count: 38 }], [{ name: 'Autumn' }, { name: 'Kiln' }], 7)).toBe(
    'VIP (38); who got “Autumn”, “Kiln” in the last 7 days, or is still to get it',
  );
  expect(excludedInWords([], [{ name: 'Autumn' }], null)).toBe('who got “Autumn”, or is still to get it');
  expect(reachInWords({ reachable: 76, total: 77 })).toBe('76 people will receive it, 1 other will not');
  expect(reachInWords({ reachable: 1, total: 1 })).toBe('1 person will receive it');
});
