import { expect, test } from 'vitest';
import { subjectWords } from './subject-words.ts';

test('what is invented is said to be, and nobody is said to lack it where nobody is', () => {
  const cart = { kind: 'cart', invented: true, at: null } as const;
  expect(subjectWords(cart, 'UTC', true)).toBe('With an invented cart: they have none');
  expect(subjectWords(cart, 'UTC', false)).toBe('With an invented cart');
  const wishes = { kind: 'products', invented: false, at: null } as const;
  expect(subjectWords(wishes, 'UTC', true)).toBe('With what they wait for');
});
