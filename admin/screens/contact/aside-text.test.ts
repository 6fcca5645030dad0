import { expect, test } from 'vitest';
import { asideText } from './aside-text.ts';

test.each([
  ['language', 'da', 'Danish (da)'],
  ['attributes.birthday', '1990-04-07', '7 Apr 1990'],
  ['attributes.note', '1990-04-07', '1990-04-07'],
  ['attributes.member', true, 'Yes'],
  ['attributes.sizes', ['S', 'M'], 'S, M'],
  ['external_id', 's-77', 's-77'],
])('%s %j', (field, value, words) =>
  expect(asideText(field, value, (name) => (name === 'birthday' ? 'date' : undefined))).toBe(words),
);
