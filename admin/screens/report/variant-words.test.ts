import { expect, test } from 'vitest';
import type { VariantsReport } from '../../../contract/variants.ts';
import { abSentence, choiceWord, tooEarly, whoGetsIt } from './variant-words.ts';

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

test('of an automation nobody waits: a person chooses, and from then on everybody gets that', () => {
  const fate = { ended: false, paused: false, automated: true };
  const testing = aReport({ step: 'testing', by: 'hand', winner: null, waiting: 0 });
  expect(abSentence(testing, 'UTC', fate)).toBe(
    'Each person of the test gets one of them, the same each time, and everybody else A. Choose one whenever you like: from then on everybody gets it.',
  );
  expect(abSentence({ ...testing, test_percent: 100 }, 'UTC', fate)).toMatch(/^Everybody gets one of them,/);
  expect(abSentence(testing, 'UTC', { ...fate, ended: true })).toMatch(/ended before a wording was chosen/);
  expect(whoGetsIt(testing, true)).toBe('everybody');
  expect(whoGetsIt(aReport({}), false)).toBe('78 people');
  const decided = aReport({ by: 'hand', finding: 'Nora chose B.', decided_at: '2026-11-22T12:00:00Z' });
  expect(abSentence(decided, 'UTC', fate)).toMatch(
    /^Nora chose B\. Decided .*: since then everybody gets it\.$/,
  );
  expect(choiceWord(decided, true)).toBe('Everybody gets it');
});
