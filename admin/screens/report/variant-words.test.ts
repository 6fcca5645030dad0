import { expect, test } from 'vitest';
import type { VariantsReport } from '../../../contract/variants.ts';
import { abSentence, choiceWord, tooEarly } from './variant-words.ts';

const figures = { text: 'Hi', people: 30, sent: 30, failed: 0, clicked: 0, replied: 0, converted: 0 };
const aReport = (given: Partial<VariantsReport>, a: object = {}, b: object = {}): VariantsReport => ({
  step: 'decided',
  by: 'replies',
  test_percent: 50,
  decide_at: null,
  waiting: 78,
  winner: 'a',
  decided_at: null,
  decided_by: null,
  finding: null,
  ...given,
  data: [
    { key: 'a', ...figures, ...a },
    { key: 'b', ...figures, ...b },
  ],
});

test('only the figures make a winner: nothing to compare, equals and a choice by hand went to the rest', () => {
  expect(choiceWord(aReport({}))).toBe('Went to the rest');
  expect(choiceWord(aReport({}, { replied: 2, sent: 20 }, { replied: 3 }))).toBe('Went to the rest');
  expect(choiceWord(aReport({}, { replied: 3 }, { replied: 2 }))).toBe('Winner');
  expect(choiceWord(aReport({}, { clicked: 9 }))).toBe('Went to the rest');
  expect(choiceWord(aReport({ by: 'hand' }, { replied: 3 }))).toBe('Went to the rest');
  expect(choiceWord(aReport({ decided_by: 'Nora' }, { replied: 3 }))).toBe('Went to the rest');
});

test('while nothing tells them apart, that is said, and not any more afterwards', () => {
  expect(tooEarly(aReport({ step: 'testing' }, { clicked: 4 }))).toBe(
    'Too early to tell: nobody has replied yet.',
  );
  expect(tooEarly(aReport({ step: 'testing', by: 'hand' }))).toMatch(
    /nobody has clicked, replied or ordered/,
  );
  expect(tooEarly(aReport({ step: 'testing' }, { replied: 1 }))).toBeNull();
  expect(tooEarly(aReport({}))).toBeNull();
});

test('a test by hand says how many wait', () => {
  const waiting = aReport({ step: 'testing', by: 'hand', winner: null });
  expect(abSentence(waiting, 'UTC', { ended: false, paused: false })).toBe(
    '78 people wait until you choose the variant that they get.',
  );
});
