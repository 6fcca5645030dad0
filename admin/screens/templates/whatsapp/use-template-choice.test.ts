import { expect, test } from 'vitest';
import { searchOf } from './use-template-choice.ts';

test('the label of what is chosen is no search, and what is typed is', () => {
  const chosen = { name: 'spring_sale', language: 'en_US' };
  expect(searchOf('spring_sale (en_US)', chosen)).toBe('');
  expect(searchOf('spring_sale (en_US)', null)).toBe('spring_sale');
  expect(searchOf(' spring ', chosen)).toBe('spring');
  expect(searchOf('', chosen)).toBe('');
});
