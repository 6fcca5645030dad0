// What the list of campaigns shows, as it stands in the address: so a filter can be shared, saved, reloaded and gone back from.
import type { CampaignFilter } from '../../../contract/campaign-list.ts';
import { type CampaignStatus, campaignStatus } from '../../../contract/campaigns.ts';
import { channel as channels } from '../../../contract/connections.ts';
import { localTimeOf } from '../../../contract/zones.ts';
import type { CampaignsSearch } from './search-names.ts';

const filterNames = [
  'search',
  'status',
  'channel',
  'training',
  'period',
  'from',
  'until',
  'unsettled',
] as const satisfies (keyof CampaignsSearch)[];

export const usualSort = '-created_at';
/** Automations have their own page. */
export const listedKinds = ['broadcast', 'bulk_message'] as const;

export const periods = [
  { value: 'today', label: 'Today' },
  { value: 'this_week', label: 'This week' },
  { value: 'this_month', label: 'This month' },
  { value: 'custom', label: 'Custom' },
] as const;

const dayMs = 86_400_000;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** The first and the last day of a period that is counted from `now` in the workspace's zone. Weeks begin on Monday. */
export function daysOf(search: CampaignsSearch, now: Date, zone: string): { from?: string; until?: string } {
  const today = localTimeOf(now, zone).slice(0, 10);
  const noon = Date.parse(`${today}T12:00:00Z`);
  switch (search.period) {
    case 'today':
      return { from: today, until: today };
    case 'this_week': {
      const monday = noon - ((new Date(noon).getUTCDay() + 6) % 7) * dayMs;
      return { from: dayOf(monday), until: dayOf(monday + 6 * dayMs) };
    }
    case 'this_month': {
      const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
      return { from: `${today.slice(0, 7)}-01`, until: dayOf(Date.UTC(year, month, 0)) };
    }
    default:
      return {
        ...(isDay(search.from) && { from: search.from as string }),
        ...(isDay(search.until) && { until: search.until as string }),
      };
  }
}
const isDay = (text: string | undefined) => text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text);

/** Of the words of an address those that are statuses. */
export const statusesOf = (text: string | undefined): CampaignStatus[] =>
  campaignStatus.options.filter((one) => text?.split(',').includes(one));

/** The filter as bodies take it; what is not a filter is dropped: a mistyped address should not break the page. */
export function filterOf(search: CampaignsSearch, now: Date, zone: string): CampaignFilter {
  const status = statusesOf(search.status);
  const channel = channels.options.find((one) => one === search.channel);
  const training = (['not_trained', 'training', 'trained'] as const).find((one) => one === search.training);
  return {
    ...(status.length > 0 && { status }),
    kind: [...listedKinds],
    ...(channel && { channel }),
    ...(training && { training }),
    ...(search.search && { search: search.search.slice(0, 100) }),
    ...daysOf(search, now, zone),
    ...(search.unsettled && { unsettled: true }),
  };
}

/** The same as an address of the API takes it. */
export const queryOf = ({ status, kind, ...rest }: CampaignFilter) => ({
  ...rest,
  status: status?.join(','),
  kind: kind?.join(','),
});

export const isFiltered = (search: CampaignsSearch): boolean =>
  filterNames.some((name) => search[name] !== undefined);

/** What a saved view keeps: filter, order and whether the calendar is shown, but no page. */
export function viewOf(search: CampaignsSearch): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of [...filterNames, 'sort', 'show'] as const) {
    const value = search[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
