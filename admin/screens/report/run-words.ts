// What a report says of its run and of the series it belongs to.
import type { Campaign, Report } from '../../../contract/campaigns.ts';
import { scheduleInWords } from '../../../contract/schedule-words.ts';
import { inWords } from '../../../contract/zones.ts';
import { figure } from '../../ui/numbers.ts';
import { withinSentence } from '../../ui/within-sentence.ts';
import { campaignState } from '../campaigns/state.ts';
import { stateWord } from '../campaigns/status.tsx';

type Of = Pick<Campaign, 'status' | 'held'>;

/** It is this run that is being sent: the campaign may be sending another one, or be over already. */
export function isSending(campaign: Of, report: Pick<Report, 'run_status'>): boolean {
  return campaign.status === 'sending' && report.run_status === 'active';
}

export function runWord(campaign: Of, report: Pick<Report, 'run_status' | 'wait' | 'go'>): string {
  if (report.run_status === 'cancelled') return 'Cancelled';
  const goesOn = ['scheduled', 'sending', 'paused'].includes(campaign.status);
  return report.run_status === 'finished' && goesOn
    ? 'Finished'
    : stateWord(campaignState(campaign, report.wait, report.go));
}

/** "Repeats every Friday at 09:00 in London. Next: Fri, 27 Nov 2026, 09:00; 19 dates are left."; null: it goes out once. */
export function seriesWords({
  schedule,
  next_at,
  held,
  occurrences,
}: Pick<Campaign, 'schedule' | 'next_at' | 'held' | 'occurrences'>): string | null {
  if (schedule.mode !== 'recurring') return null;
  const left = occurrences?.left ?? null;
  const repeats = `Repeats ${withinSentence(scheduleInWords(schedule))}`;
  if (!next_at)
    return `${repeats}. ${held ? 'The date that was due waits for a decision' : 'No further date'}.`;
  const dates = left === null ? '' : left === 1 ? ', the last one' : `; ${figure(left)} dates are left`;
  return `${repeats}. Next: ${inWords(new Date(next_at), schedule.time_zone)}${dates}.`;
}

/** Of those who are to be messaged: whoever is left out on purpose is no progress. */
export function progressOf(report: Pick<Report, 'planned' | 'skipped' | 'queued' | 'sending'>): {
  done: number;
  of: number;
} {
  const of = report.planned - report.skipped;
  return { done: of - report.queued - report.sending, of };
}

/** What a row that nothing was let go of yet waits for. */
export function plannedWords({ variants }: Pick<Report, 'variants'>): string {
  return variants ? 'Waits for the winner of the A/B test' : 'Waits until the canary has passed';
}

/** Of those who got the message of the run: who got a test of it besides, which no figure of the run holds. */
export function testedWords(testers: number): string {
  const who = testers === 1 ? '1 tester of this audience' : `${figure(testers)} testers of this audience`;
  return `${who} got it as a test as well, so twice. Tests are apart: no figure here counts them.`;
}
