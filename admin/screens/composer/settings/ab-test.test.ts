import { expect, test } from 'vitest';
import { content as contentSchema } from '../../../../contract/message.ts';
import { type AbTest, abInput } from '../../../../contract/variants.ts';
import {
  mostVariants,
  nextName,
  problemsOfVariant,
  problemsWithin,
  shareWords,
  suggestedEndlessTest,
  withOneMore,
  without,
} from './ab-test.ts';

const content = contentSchema.parse({ text: 'A' });
const wording = (text: string) => contentSchema.parse({ text });
/** An automation's test of so many wordings beside A. */
function withWordings(count: number, test_percent = 100): AbTest {
  let ab: AbTest = { ...suggestedEndlessTest(content), test_percent };
  while (ab.variants.length < count) ab = withOneMore(ab, wording(nextName(ab)));
  return ab;
}

test('what the switch of an automation begins with is what the server takes, up to the last wording', () => {
  expect(abInput.parse(suggestedEndlessTest(content))).toMatchObject({
    test_percent: 100,
    winner: { by: 'hand' },
  });
  expect(abInput.safeParse(withWordings(mostVariants)).success).toBe(true);
  expect(abInput.safeParse(withOneMore(withWordings(mostVariants), content)).success).toBe(false);
});

test('a wording that is removed leaves no gap in the letters, and takes its own text with it', () => {
  const left = without(withWordings(3), 1);
  expect(left.variants.map(({ key, content: { text } }) => [key, text])).toEqual([
    ['b', 'A'],
    ['c', 'D'],
  ]);
  expect(nextName(left)).toBe('D');
});

test('the shares are said as they come out: whoever is beyond the test gets A', () => {
  expect(shareWords(withWordings(1))).toBe('A and B go to 50 % of the people each.');
  expect(shareWords(withWordings(2))).toBe('A, B and C go to 33.3 % of the people each.');
  expect(shareWords(withWordings(1, 20))).toBe('A goes to 90 % of the people, B to 10 %.');
  expect(shareWords(withWordings(3, 50))).toBe('A goes to 62.5 % of the people, B, C and D to 12.5 % each.');
  expect(shareWords(withWordings(1, Number.NaN))).toBeNull();
  expect(shareWords(withWordings(1, 101))).toBeNull();
});

test('what the server says of a wording stands at the field of that wording', () => {
  const first = '/settings/ab/variants/1';
  const problems = [
    { pointer: `${first}/content/text`, detail: 'Unknown variable' },
    { pointer: `${first}0/content/text`, detail: 'Of another' },
    { pointer: '/content/text', detail: 'Of A' },
  ];
  expect(problemsWithin(first, problems)).toEqual([{ pointer: '/content/text', detail: 'Unknown variable' }]);
  expect(problemsOfVariant(1, [{ pointer: '/content/text', detail: 'Unknown variable' }])).toEqual([
    { pointer: `${first}/content/text`, detail: 'Variant C: Unknown variable' },
  ]);
});
