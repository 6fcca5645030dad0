import { expect, test } from 'vitest';
import type { Report } from '../../../../contract/campaigns.ts';
import { content as contentSchema } from '../../../../contract/message.ts';
import { suggestedEndlessTest } from '../../composer/settings/ab-test.ts';
import { chosenWording } from './chosen-wording.ts';

const content = contentSchema.parse({ text: 'Wording A' });
const ab = suggestedEndlessTest(contentSchema.parse({ text: 'Wording B' }));
const aReport = (part: object) =>
  ({
    variants: {
      step: 'decided',
      winner: 'b',
      test_percent: 100,
      data: [{ text: 'Wording A' }, { text: 'Wording B' }],
      ...part,
    },
  }) as Pick<Report, 'variants'>;

test('the wording that was chosen is named, and not that of a test of other words', () => {
  expect(chosenWording(aReport({}), { content, ab })).toEqual({
    name: 'B',
    content: ab.variants[0]?.content,
  });
  expect(chosenWording(aReport({ winner: 'a' }), { content, ab })).toEqual({ name: 'A', content });
  const others = [
    aReport({ step: 'testing', winner: null }),
    aReport({ test_percent: 20 }),
    aReport({ data: [{ text: 'Wording A' }, { text: 'Other words' }] }),
    aReport({ data: [{ text: 'Wording A' }, { text: 'Wording B' }, { text: 'Wording C' }] }),
    { variants: null } as Pick<Report, 'variants'>,
    undefined,
  ];
  for (const report of others) expect(chosenWording(report, { content, ab })).toBeNull();
  expect(chosenWording(aReport({}), { content, ab: null })).toBeNull();
});
