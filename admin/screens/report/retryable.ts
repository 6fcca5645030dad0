// Which failed messages can be tried again, and why the others cannot, in words.
import type { Report } from '../../../contract/campaigns.ts';
import { type FailureReason, failureReasons } from '../../../contract/deliveries.ts';
import { zoneCity } from '../../../contract/zones.ts';
import { figure } from '../../ui/numbers.ts';
import { momentShort } from '../../ui/times.ts';
import { withinSentence } from '../../ui/within-sentence.ts';

/** How many failed messages another try could help; all of them where the server does not say. */
export function retryable(report: Report & { retryable?: number }): number {
  return Math.min(report.failed, report.retryable ?? report.failed);
}

/** What stays as it is, whatever is tried. */
const final = [
  'deactivated',
  'invalid_address',
  'content_refused',
  'not_on_platform',
  'marketing_stopped',
  'country_restricted',
];

/** "4 can be tried again from Sun, 22 Nov, 14:05 London; 2 cannot: account was deleted". Of those that no try helps at present. */
export function lostWords(
  report: Pick<Report, 'failed' | 'failures' | 'retry_later'>,
  again: number,
  zone: string,
): string {
  const why = (report.failures as { reason: string; code?: string }[])
    .filter((row) => final.includes(row.code ?? row.reason))
    .map((row) => withinSentence(failureReasons[row.reason as FailureReason] ?? row.reason));
  const later = Math.min(report.retry_later?.count ?? 0, report.failed - again);
  const lost = report.failed - again - later;
  const never = `cannot${later > 0 ? '' : ' be tried again'}${why.length > 0 ? `: ${why.join(', ')}` : ''}`;
  const parts = [
    later > 0 &&
      report.retry_later &&
      `${figure(later)} can be tried again from ${momentShort(report.retry_later.from, zone)} ${zoneCity(zone)}`,
    lost > 0 && `${figure(lost)} ${never}`,
  ];
  return parts.filter(Boolean).join('; ');
}
