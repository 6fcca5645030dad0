// The rules of an A/B test: which wording has won, and what is said about it. Pure; the deeds are in tend-ab.ts.
import type { WinnerBy } from '../../../contract/variants.ts';
import { type VariantKey, variantKeys } from '../../../contract/variants.ts';

/** What the run keeps of its test (runs.ab); times as ISO text. */
export interface AbRecord {
  /** When the last message of the test had an outcome, as far as it was seen. */
  sentAt: string | null;
  decideAt: string | null;
  /** Who chose; null: the figures. */
  decidedBy: string | null;
  finding: string | null;
}

export const freshAb: AbRecord = { sentAt: null, decideAt: null, decidedBy: null, finding: null };

/** Of one wording, over the people of the test. */
export interface VariantCounts {
  people: number;
  /** Waiting or under way. */
  open: number;
  sent: number;
  failed: number;
  clicked: number;
  replied: number;
  converted: number;
}

const measured = { clicks: 'clicked', replies: 'replied', conversions: 'converted' } as const;
const didWords = { clicks: 'clicked', replies: 'replied', conversions: 'ordered' } as const;

/** The index of the wording with the highest share; of equal ones the first. */
export function bestOf(counts: VariantCounts[], by: WinnerBy): number {
  const what = measured[by];
  let best = 0;
  for (let index = 1; index < counts.length; index++) {
    const one = counts[index] as VariantCounts;
    const other = counts[best] as VariantCounts;
    // compared without a division: 1 of 3 and 2 of 6 are the same
    if (one.sent > 0 && (other.sent === 0 || one[what] * other.sent > other[what] * one.sent)) best = index;
  }
  return best;
}

/** "B goes to everybody else: 12 of 100 people clicked (12.0 %); A 8.0 %." */
export function findingOf(counts: VariantCounts[], by: WinnerBy, best: number): string {
  const what = measured[by];
  const winner = counts[best] as VariantCounts;
  const name = keyOf(best).toUpperCase();
  if (counts.every((one) => one[what] === 0))
    return `Nobody ${didWords[by]} in the test, so ${name} goes to everybody else.`;
  const share = (one: VariantCounts) => (one.sent > 0 ? (one[what] / one.sent) * 100 : 0).toFixed(1);
  const others = counts.flatMap((one, index) =>
    index === best ? [] : [`${keyOf(index).toUpperCase()} ${share(one)} %`],
  );
  const isTie = counts.some(
    (one, index) => index !== best && one.sent > 0 && one[what] * winner.sent === winner[what] * one.sent,
  );
  const said = `${winner[what]} of ${winner.sent} ${winner.sent === 1 ? 'person' : 'people'} ${didWords[by]} (${share(winner)} %); ${others.join(', ')}`;
  return `${name} goes to everybody else${isTie ? ', the first of equals' : ''}: ${said}.`;
}

export function keyOf(index: number): VariantKey {
  return variantKeys[index] as VariantKey;
}
