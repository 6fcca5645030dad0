// What the A/B block says of its test: what stands, what happens next, and whether there is anything to compare.
import type { VariantsReport } from '../../../contract/variants.ts';
import { zoneCity } from '../../../contract/zones.ts';
import { people } from '../../ui/numbers.ts';
import { clock, moment } from '../../ui/times.ts';

const aims = { clicks: 'clicks', replies: 'replies', conversions: 'orders' };
const measured = { clicks: 'clicked', replies: 'replied', conversions: 'converted' } as const;
const didWords = { clicks: 'clicked', replies: 'replied', conversions: 'ordered' };

interface Fate {
  /** The sending is over or was cancelled. */
  ended: boolean;
  paused: boolean;
  /** Of an automation: nobody waits, and it has no end. */
  automated?: boolean;
}

/** What stands and what happens next. */
export function abSentence(variants: VariantsReport, zone: string, fate: Fate): string {
  const { ended, paused, automated } = fate;
  const { step, by, waiting, decide_at, decided_at, finding } = variants;
  if (step === 'not_needed') return finding ?? 'Too few people for a test: all of them get A.';
  if (step === 'measuring') return 'Everybody is part of the test: there is nobody left to send a winner to.';
  if (step === 'decided')
    return `${finding ?? ''} Decided ${decided_at ? moment(decided_at, zone) : ''}${automated ? ': since then everybody gets it' : ''}.`;
  if (automated) return endlessSentence(variants, ended);
  if (ended) return 'The sending was ended before a winner was chosen.';
  if (by === 'hand') return `${people(waiting)} wait until you choose the variant that they get.`;
  if (!decide_at)
    return `The test is being sent. ${people(waiting)} wait for the variant with the most ${aims[by]}.`;
  if (paused)
    return `Paused: the variant with the most ${aims[by]} goes to ${people(waiting)} who wait once it goes on and what people did meanwhile has come in. You can choose earlier.`;
  return `At ${clock(decide_at, zone)} ${zoneCity(zone)} the variant with the most ${aims[by]} goes to ${people(waiting)} who wait. You can choose earlier.`;
}

function endlessSentence({ test_percent }: VariantsReport, ended: boolean): string {
  if (ended) return 'The automation was ended before a wording was chosen.';
  const who =
    test_percent === 100
      ? 'Everybody gets one of them, the same each time.'
      : 'Each person of the test gets one of them, the same each time, and everybody else A.';
  return `${who} Choose one whenever you like: from then on everybody gets it.`;
}

/** "78 people": who gets what is chosen now. */
export const whoGetsIt = ({ waiting }: VariantsReport, automated: boolean): string =>
  automated ? 'everybody' : people(waiting);

/** While nothing tells the wordings apart; null: something does, or nothing has to be told any more. */
export function tooEarly({ step, by, data }: VariantsReport): string | null {
  if (step !== 'testing' && step !== 'measuring') return null;
  if (by !== 'hand')
    return data.every((one) => one[measured[by]] === 0)
      ? `Too early to tell: nobody has ${didWords[by]} yet.`
      : null;
  const isIdle = data.every((one) => one.clicked + one.replied + one.converted === 0);
  return isIdle ? 'Too early to tell: nobody has clicked, replied or ordered yet.' : null;
}

type Choice = 'Winner' | 'Went to the rest' | 'Everybody gets it';
/** A winner has won by the figures; what a person chose, or came first of equals, only went to the rest. */
export function choiceWord({ by, winner, decided_by, data }: VariantsReport, automated = false): Choice {
  if (automated) return 'Everybody gets it';
  const chosen = data.find((one) => one.key === winner);
  if (by === 'hand' || decided_by !== null || !chosen) return 'Went to the rest';
  const what = measured[by];
  // compared without a division: 1 of 3 and 2 of 6 are the same
  const isAhead = data.every((one) => one === chosen || chosen[what] * one.sent > one[what] * chosen.sent);
  return isAhead && chosen[what] > 0 ? 'Winner' : 'Went to the rest';
}
