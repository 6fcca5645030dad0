// The audience in the review: segments and exclusions by name, and how many people that comes to.
import { useQueries } from '@tanstack/react-query';
import type { Audience } from '../../../../contract/audience.ts';
import type { Campaign } from '../../../../contract/campaigns.ts';
import { ApiProblem, api, keys } from '../../../api.ts';
import { people } from '../../../ui/numbers.ts';
import { segmentQuery } from '../../segments/segment-query.ts';
import { useReach } from '../audience/use-reach.ts';
import { excludedInWords, type Named, reachInWords, segmentsInWords } from './recipients-words.ts';

/** `campaign`: as it is stored, which is what is counted; `audience`: as it is on screen. */
export function Recipients({ campaign, audience }: { campaign: Campaign; audience: Audience }) {
  const { count, isStored } = useReach(campaign, audience);
  const segments = useNames('segment' as const, 'segment_ids' in audience ? audience.segment_ids : []);
  const without = useNames('segment' as const, audience.exclude?.segment_ids ?? []);
  const others = useNames('campaign' as const, audience.exclude?.campaign_ids ?? []);
  return (
    <>
      <div>
        {'contact_ids' in audience
          ? `${people(audience.contact_ids.length)} chosen by hand`
          : 'all' in audience
            ? 'All contacts'
            : segmentsInWords(segments) || 'No segment is chosen yet'}
      </div>
      {audience.exclude && (
        <div>
          <span className="t2">Excluded: </span>
          {excludedInWords(without, others, audience.exclude.campaign_days)}
        </div>
      )}
      <div className="strong" role="status">
        {isStored && count.data
          ? reachInWords(count.data)
          : campaign.connection_id === null
            ? 'How many is known once a bot or number is chosen'
            : count.isError
              ? 'How many could not be counted'
              : 'Counting…'}
      </div>
    </>
  );
}

function useNames(kind: 'segment' | 'campaign', ids: string[]): Named[] {
  const queries = useQueries({
    queries: ids.map((id) =>
      kind === 'segment'
        ? { ...segmentQuery(id), retry: false, refetchOnMount: 'always' }
        : { ...campaignQuery(id), retry: false },
    ),
  }) as { data?: Named; error: unknown }[];
  return queries.map(({ data, error }) => {
    if (data) return { name: data.name, count: data.count ?? null };
    const gone = error instanceof ApiProblem && error.status === 404;
    return { name: gone ? `A ${kind} that was deleted` : 'Looking it up', count: null };
  });
}

const campaignQuery = (id: string) => ({
  queryKey: keys.campaign(id),
  queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Campaign>(`/campaigns/${id}`, undefined, signal),
});
