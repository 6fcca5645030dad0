// Which failed messages can be tried again, and why the others cannot, in words.
import type { Report } from '../../../contract/campaigns.ts';
import { type FailureReason, failureReasons } from '../../../contract/deliveries.ts';
import { figure } from '../../ui/numbers.ts';
import { withinSentence } from '../../ui/within-sentence.ts';

/** How many failed messages another try could help; all of them where the server does not say. */
export function retryable(report: Report & { retryable?: number }): number {
  return Math.min(report.failed, report.retryable ?? report.failed);
}

/** What stays as it is, whatever is tried. */
const final = ['deactivated', 'invalid_address', 'content_refused'];

/** "2 cannot be tried again: account was deleted". */
export function lostWords(report: Report, again: number): string {
  const why = (report.failures as { reason: string; code?: string }[])
    .filter((row) => final.includes(row.code ?? row.reason))
    .map((row) => withinSentence(failureReasons[row.reason as FailureReason] ?? row.reason));
  return `${figure(report.failed - again)} cannot be tried again${why.length > 0 ? `: ${why.join(', ')}` : ''}`;
}
