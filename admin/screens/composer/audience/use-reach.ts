// How many the stored audience would reach. A number belongs to the audience for which it was counted.
import { useQuery } from '@tanstack/react-query';
import type { Audience, AudienceCount } from '../../../../contract/audience.ts';
import type { Campaign } from '../../../../contract/campaigns.ts';
import { api, keys } from '../../../api.ts';

export function useReach(campaign: Campaign, value: Audience) {
  const count = useQuery({
    queryKey: [...keys.audience(campaign.id), campaign.connection_id, campaign.audience],
    queryFn: ({ signal }) => api.get<AudienceCount>(`/campaigns/${campaign.id}/audience`, undefined, signal),
    enabled: campaign.connection_id !== null,
    retry: false,
  });
  return { count, isStored: JSON.stringify(value) === JSON.stringify(campaign.audience) };
}
