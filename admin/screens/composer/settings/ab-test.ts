// The A/B test as it is edited: what the switch begins with, another wording, one less, and how the people are shared out. Pure.
import type { FieldProblem } from '../../../../contract/errors.ts';
import type { Content } from '../../../../contract/message.ts';
import type { Schedule } from '../../../../contract/schedules.ts';
import { type AbTest, variantKeys } from '../../../../contract/variants.ts';

export type WinnerBy = AbTest['winner']['by'];

/** Beside the campaign's own message. */
export const mostVariants = variantKeys.length - 1;
/** How long figures are waited for, minutes. */
const usualMinutes = 240;

/** Of a campaign that is sent once: one that it can have as it is scheduled. */
export function suggestedTest(content: Content, schedule: Schedule): AbTest {
  // by everybody's own clock the figures come too late to choose
  const winner: AbTest['winner'] =
    schedule.mode === 'recipient_local' ? { by: 'hand' } : { by: 'replies', after_minutes: usualMinutes };
  return { variants: [{ key: 'b', content }], test_percent: 20, winner };
}

/** Of an automation: nobody waits for a winner, so everybody may take part. */
export function suggestedEndlessTest(content: Content): AbTest {
  return { variants: [{ key: 'b', content }], test_percent: 100, winner: { by: 'hand' } };
}

const keyAt = (place: number) => variantKeys[place] as AbTest['variants'][number]['key'];

/** "C": what the next one would be called. */
export const nextName = ({ variants }: AbTest) => keyAt(variants.length + 1).toUpperCase();

export function withOneMore(ab: AbTest, content: Content): AbTest {
  return { ...ab, variants: [...ab.variants, { key: keyAt(ab.variants.length + 1), content }] };
}

/** The letters have no gaps. */
export function without(ab: AbTest, place: number): AbTest {
  const left = ab.variants.filter((_, index) => index !== place);
  return { ...ab, variants: left.map((variant, index) => ({ ...variant, key: keyAt(index + 1) })) };
}

export function winnerBy(by: WinnerBy, before: AbTest['winner']): AbTest['winner'] {
  if (by === 'hand') return { by };
  return { by, after_minutes: 'after_minutes' in before ? before.after_minutes : usualMinutes };
}

/** "50 %", "33.3 %" */
const percent = (value: number) => `${Math.round(value * 10) / 10} %`;

/** Of an automation, where whoever is beyond the test gets A. Null: the share is no number yet. */
export function shareWords({ variants, test_percent }: AbTest): string | null {
  if (!(test_percent >= 1 && test_percent <= 100)) return null;
  const [first, ...others] = ['A', ...variants.map(({ key }) => key.toUpperCase())];
  const each = test_percent / (variants.length + 1);
  const last = others.pop();
  if (test_percent === 100)
    return `${[first, ...others].join(', ')} and ${last} go to ${percent(each)} of the people each.`;
  const further =
    others.length > 0 ? `${others.join(', ')} and ${last} to ${percent(each)} each` : `${last} to ${percent(each)}`; // biome-ignore format: one line
  return `${first} goes to ${percent(100 - test_percent + each)} of the people, ${further}.`;
}

/** Of what is wrong with a campaign: what is wrong with its wording at this pointer, as the message's own. */
export function problemsWithin(place: string, problems: FieldProblem[]): FieldProblem[] {
  return problems
    .filter(({ pointer }) => pointer === place || pointer.startsWith(`${place}/`))
    .map(({ pointer, detail }) => ({ pointer: pointer.slice(place.length), detail }));
}

/** Of what is wrong with a wording: as the campaign's. */
export function problemsOfVariant(index: number, problems: FieldProblem[]): FieldProblem[] {
  return problems.map(({ pointer, detail }) => ({
    pointer: `/settings/ab/variants/${index}${pointer}`,
    detail: `Variant ${keyAt(index + 1).toUpperCase()}: ${detail}`,
  }));
}
