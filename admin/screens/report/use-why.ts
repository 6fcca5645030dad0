// Why one person gets a campaign or does not, as the server answers it. `runId`: of which run; absent: their latest.
import { useQuery } from '@tanstack/react-query';
import type { Why } from '../../../contract/why.ts';
import { api } from '../../api.ts';

export interface Asked {
  contactId: string;
  /** Until the answer is there; null: not known before it. */
  name: string | null;
}

export function useWhy(campaignId: string, contactId: string | undefined, runId?: string) {
  return useQuery({
    queryKey: ['why', campaignId, contactId, runId],
    queryFn: ({ signal }) =>
      api.get<Why>(`/campaigns/${campaignId}/why/${contactId}`, { run_id: runId }, signal),
    enabled: contactId !== undefined,
    staleTime: 0,
    retry: false,
  });
}
