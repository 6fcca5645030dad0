// What sending the campaign would take, as it is stored.
import { useQuery } from '@tanstack/react-query';
import type { Campaign } from '../../../../contract/campaigns.ts';
import type { SendForecast } from '../../../../contract/send-forecast.ts';
import { api, keys } from '../../../api.ts';

export function useForecast(campaign: Pick<Campaign, 'id' | 'version'>) {
  return useQuery({
    queryKey: [...keys.audience(campaign.id), 'forecast', campaign.version],
    queryFn: ({ signal }) => api.get<SendForecast>(`/campaigns/${campaign.id}/forecast`, undefined, signal),
    retry: false,
  });
}
