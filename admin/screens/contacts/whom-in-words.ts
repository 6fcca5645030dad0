// Whom something is done with, in words: before what cannot be taken back, the number alone says too little.
import type { BulkCreate } from '../../../contract/bulk.ts';
import { figure, people } from '../../ui/numbers.ts';

const consents = {
  opted_in: 'opted in',
  opted_out: 'opted out',
  none: 'never asked for consent',
};

/** "12,500 people found by “zoe”, tagged vip", "all 40 people", "the 3 people you selected". */
export function whomInWords(
  select: BulkCreate['select'],
  count: number | undefined,
  segmentName: string | undefined,
): string {
  const number = count === undefined ? 'the people' : people(count);
  if ('contact_ids' in select) return count === undefined ? number : `the ${number} you selected`;
  const { search, tags, segment_id, connection_id, reachable, consent, rule } = select.filter;
  const parts = [
    search && `found by “${search}”`,
    tags && `tagged ${tags.join(' and ')}`,
    segment_id && `in the segment “${segmentName ?? segment_id}”`,
    connection_id && 'with a chat on the bot or number of the filter',
    reachable !== undefined && (reachable ? 'reachable' : 'not reachable'),
    consent && consents[consent],
    rule && 'who meet the conditions',
  ].filter(Boolean);
  const without = select.except?.length ? `, without the ${figure(select.except.length)} you left out` : '';
  if (parts.length === 0) return `${without || count === undefined ? '' : 'all '}${number}${without}`;
  return `${number} ${parts.join(', ')}${without}`;
}
