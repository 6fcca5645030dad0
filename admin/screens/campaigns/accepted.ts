// How many the platform took, of everybody planned. In figures while a share would say more than is known: people are left,
// were skipped, or were cancelled.
import type { CampaignFigures } from '../../../contract/campaign-list.ts';
import { figure, share } from '../../ui/numbers.ts';

/** `unknown`: sends of which nobody knows whether they arrived; they were tried. */
export function accepted(of: Pick<CampaignFigures, 'planned' | 'sent' | 'failed'>, unknown: number): string {
  const tried = of.sent + of.failed + unknown;
  if (tried < of.planned) return `${figure(of.sent)} of ${figure(of.planned)}`;
  return share(of.sent, of.planned);
}
