// How many the stored audience would reach. A number belongs to the audience for which it was counted.
import { useQuery } from '@tanstack/react-query';
import type { Audience, AudienceCount } from '../../../../contract/audience.ts';
import type { Campaign } from '../../../../contract/campaigns.ts';
import { api, keys } from '../../../api.ts';
import { sameValue } from '../draft.ts';
import type { SaveState } from '../use-draft.ts';

export function useReach(campaign: Campaign, value: Audience, state: SaveState = 'saved') {
  const count = useQuery({
    queryKey: [...keys.audience(campaign.id), campaign.connection_id, campaign.audience],
    queryFn: ({ signal }) => api.get<AudienceCount>(`/campaigns/${campaign.id}/audience`, undefined, signal),
    enabled: campaign.connection_id !== null,
    retry: false,
  });
  const isStored = sameValue(value, campaign.audience);
  return { count, isStored, uncounted: isStored ? null : whyNotCounted(value, state) };
}

/** Why there is no number and none is on its way; null: it is. */
function whyNotCounted(value: Audience, state: SaveState): string | null {
  if ('segment_ids' in value && value.segment_ids.length === 0) return 'Choose a segment to see how many.';
  if (state === 'waiting' || state === 'saving') return null;
  return state === 'changed' ? 'Counted once you press Update.' : 'Counted once it is stored.';
}
