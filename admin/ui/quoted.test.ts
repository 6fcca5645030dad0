import { expect, test } from 'vitest';
import { quoted } from './quoted.ts';

test.each([
  ['Yes, send me offers', '“Yes, send me offers”'],
  ['“Yes, send me offers”, checkout form', '“Yes, send me offers”, checkout form'],
  ['Agreed to "news"', 'Agreed to "news"'],
  ['„Ja, bitte“', '„Ja, bitte“'],
])('%s', (text, shown) => expect(quoted(text)).toBe(shown));
