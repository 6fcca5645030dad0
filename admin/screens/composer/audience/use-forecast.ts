// What sending the campaign would take, as it is stored.
import { useQuery } from '@tanstack/react-query';
import type { Campaign } from '../../../../contract/campaigns.ts';
import type { SendForecast } from '../../../../contract/send-forecast.ts';
import { api, keys } from '../../../api.ts';

export function useForecast(campaign: Pick<Campaign, 'id' | 'version' | 'connection_id'>) {
  return useQuery({
    queryKey: [...keys.audience(campaign.id), 'forecast', campaign.version],
    queryFn: ({ signal }) => api.get<SendForecast>(`/campaigns/${campaign.id}/forecast`, undefined, signal),
    // nothing can be said of it before it is known what sends it
    enabled: campaign.connection_id !== null,
    retry: false,
  });
}
