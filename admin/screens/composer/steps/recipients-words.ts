// Who is meant, and who is left out of it, by name.
import type { Exclusion } from '../../../../contract/audience.ts';
import { counted, figure, people } from '../../../ui/numbers.ts';

export interface Named {
  name: string;
  /** When it was last counted; null: not known. */
  count?: number | null;
}

/** "Repeat buyers (120), Ceramics club (30)". */
export function segmentsInWords(segments: Named[]): string {
  return segments.map(({ name, count }) => (count == null ? name : `${name} (${figure(count)})`)).join(', ');
}

/** "Excluded: VIP customers (38); who got “Autumn preview” in the last 7 days". */
export function excludedInWords(
  segments: Named[],
  campaigns: Named[],
  days: Exclusion['campaign_days'],
): string {
  const got = campaigns.map(({ name }) => `“${name}”`).join(', ');
  const since = days === null ? '' : days === 1 ? ' in the last day' : ` in the last ${figure(days)} days`;
  return [
    segments.length > 0 && segmentsInWords(segments),
    campaigns.length > 0 && `who got ${got}${since}, or is still to get it`,
  ]
    .filter(Boolean)
    .join('; ');
}

/** "76 people will receive it, 44 of the audience will not". */
export function reachInWords({ reachable, total }: { reachable: number; total: number }): string {
  const not = total - reachable;
  return `${people(reachable)} will receive it${not > 0 ? `, ${counted(not, 'other', 'others')} will not` : ''}`;
}
