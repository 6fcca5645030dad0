import { expect, test } from 'vitest';
import { foundWords } from './found-words.ts';

const found = (...ids: string[]) => ({
  found: ids.map((contact_id, index) => ({ contact_id, name: contact_id, line: index + 1 })),
});

test('people are counted once, however many lines name them', () => {
  expect(foundWords(found('a', 'b'), [])).toBe('2 people found');
  expect(foundWords(found('a', 'a'), [])).toBe('1 person found; 1 line names somebody again');
  expect(foundWords(found('a', 'b', 'a', 'b'), ['b', 'c'])).toBe(
    '2 people found; 2 lines name somebody again; 1 person chosen before stays',
  );
});
