// One page of the list of campaigns, and how many there are of each sort.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { CampaignCounts, CampaignFilter, CampaignPage } from '../../../contract/campaign-list.ts';
import { api, keys } from '../../api.ts';
import { queryOf, usualSort } from './campaigns-search.ts';
import type { CampaignsSearch } from './search-names.ts';

export const perPage = 50;

export function useCampaigns(search: CampaignsSearch, filter: CampaignFilter) {
  const narrow = queryOf(filter);
  const asked = { ...narrow, sort: search.sort ?? usualSort, cursor: search.cursor, limit: perPage };
  const list = useQuery({
    queryKey: keys.campaigns(asked),
    queryFn: ({ signal }) => api.get<CampaignPage>('/campaigns', asked, signal),
    placeholderData: keepPreviousData,
    enabled: search.show !== 'calendar',
  });
  const counts = useQuery({
    queryKey: keys.campaignCounts(narrow),
    queryFn: ({ signal }) => api.get<CampaignCounts>('/campaigns/counts', narrow, signal),
    placeholderData: keepPreviousData,
  });
  return { list, counts: counts.data };
}
