// Why one person gets a campaign or does not, as the server answers it. `runId`: of which run; absent: their latest.
import { useQuery } from '@tanstack/react-query';
import type { Why } from '../../../contract/why.ts';
import { api } from '../../api.ts';

export interface Asked {
  contactId: string;
  /** Which of their messages; absent: the latest. */
  deliveryId?: string | undefined;
  /** Until the answer is there; null: not known before it. */
  name: string | null;
}

export function useWhy(campaignId: string, asked: Asked | null, runId?: string) {
  const { contactId, deliveryId } = asked ?? {};
  return useQuery({
    queryKey: ['why', campaignId, contactId, runId, deliveryId],
    queryFn: ({ signal }) =>
      api.get<Why>(
        `/campaigns/${campaignId}/why/${contactId}`,
        { run_id: deliveryId ? undefined : runId, delivery_id: deliveryId },
        signal,
      ),
    enabled: contactId !== undefined,
    staleTime: 0,
    retry: false,
  });
}
