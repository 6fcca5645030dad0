import { expect, test } from 'vitest';
import { likelyLanguage } from './languages.ts';

const inLanguage = (...codes: string[]) => codes.map((language) => ({ language }));

test('a new template is in the language of most others, else in the reader’s, if WhatsApp has it', () => {
  expect(likelyLanguage(inLanguage('en_US', 'de', 'de'), 'en-GB')).toBe('de');
  expect(likelyLanguage([], 'en-GB')).toBe('en_GB');
  expect(likelyLanguage([], 'de-LU')).toBe('de');
  expect(likelyLanguage([], 'eo')).toBe('en_US');
});
