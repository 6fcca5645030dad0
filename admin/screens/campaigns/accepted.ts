// How many the platform took, of everybody planned. In figures while a share would say more than is known: people are left,
// were skipped, or were cancelled.
import type { Report } from '../../../contract/campaigns.ts';
import { figure, share } from '../../ui/numbers.ts';

export function accepted(report: Report): string {
  const tried = report.sent + report.failed + report.unknown;
  if (tried < report.planned) return `${figure(report.sent)} of ${figure(report.planned)}`;
  return share(report.sent, report.planned);
}
