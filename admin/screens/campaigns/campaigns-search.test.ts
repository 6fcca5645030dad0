import { expect, test } from 'vitest';
import { daysOf, filterOf, isFiltered, queryOf, viewOf } from './campaigns-search.ts';
import type { CampaignsSearch } from './search-names.ts';

const london = 'Europe/London';
/** A Sunday, and in Tokyo already the Monday after. */
const now = new Date('2026-11-29T18:30:00Z');

test('a period is counted in the workspace’s zone; weeks begin on Monday', () => {
  expect(daysOf({ period: 'today' }, now, london)).toEqual({ from: '2026-11-29', until: '2026-11-29' });
  expect(daysOf({ period: 'today' }, now, 'Asia/Tokyo')).toEqual({ from: '2026-11-30', until: '2026-11-30' });
  expect(daysOf({ period: 'this_week' }, now, london)).toEqual({ from: '2026-11-23', until: '2026-11-29' });
  expect(daysOf({ period: 'this_week' }, now, 'Asia/Tokyo')).toEqual({
    from: '2026-11-30',
    until: '2026-12-06',
  });
  expect(daysOf({ period: 'this_month' }, now, london)).toEqual({ from: '2026-11-01', until: '2026-11-30' });
  expect(daysOf({ period: 'this_month' }, new Date('2028-02-10T12:00:00Z'), london)).toEqual({
    from: '2028-02-01',
    until: '2028-02-29',
  });
});

test('days of one’s own may have one end; what is no day is dropped', () => {
  expect(daysOf({ period: 'custom', from: '2026-11-01' }, now, london)).toEqual({ from: '2026-11-01' });
  expect(daysOf({ period: 'custom', from: 'yesterday', until: '2026-1-1' }, now, london)).toEqual({});
});

test('a mistyped address filters by what is right in it', () => {
  const search: CampaignsSearch = { status: 'draft,nonsense,paused', channel: 'fax', training: 'trained' };
  const filter = filterOf(search, now, london);
  expect(filter).toEqual({
    status: ['draft', 'paused'],
    kind: ['broadcast', 'bulk_message'],
    training: 'trained',
  });
  expect(queryOf(filter)).toEqual({
    status: 'draft,paused',
    kind: 'broadcast,bulk_message',
    training: 'trained',
  });
});

test('a saved view keeps filter and order, not the page one stands on', () => {
  const search = { status: 'draft', sort: 'name', cursor: 'abc', page: 3, month: '2026-12' };
  expect(viewOf(search)).toEqual({ status: 'draft', sort: 'name' });
  expect(isFiltered({ sort: 'name', page: 2, cursor: 'x' })).toBe(false);
  expect(isFiltered(search)).toBe(true);
});
