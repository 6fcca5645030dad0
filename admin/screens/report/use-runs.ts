// The runs of a campaign that repeats, newest first, and whether the report on screen is of the latest.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Reconciliation } from '../../../contract/reconciliation.ts';
import { api } from '../../api.ts';

export function useRuns(campaign: Campaign | undefined) {
  const { run } = useSearch({ from: '/inside/campaigns/$id' });
  const repeats = campaign?.schedule.mode === 'recurring';
  const { data } = useQuery({
    // what its status says anew, one of them says too
    queryKey: ['runs', campaign?.id, campaign?.launched_at, campaign?.status],
    queryFn: ({ signal }) =>
      api.get<Reconciliation>(`/campaigns/${campaign?.id}/reconciliation`, undefined, signal),
    enabled: repeats,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const runs = data?.runs ?? [];
  return { run, runs, latest: !repeats || !run || runs[0]?.id === run };
}
