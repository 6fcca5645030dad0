// How many a segment held when it was last counted, and when that was: a number without its age is taken for today's.
import type { Segment } from '../../../contract/segments.ts';
import { people } from '../../ui/numbers.ts';
import { momentShort } from '../../ui/times.ts';

/** "39 people as of 14:30"; '' where it was never counted. */
export function lastCount(
  { count, counted_at }: Pick<Segment, 'count' | 'counted_at'>,
  zone: string,
): string {
  if (count === null) return '';
  return counted_at ? `${people(count)} as of ${momentShort(counted_at, zone)}` : people(count);
}
