// Which run of a campaign that repeats the report is about; the address says it.
import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import type { Reconciliation } from '../../../contract/reconciliation.ts';
import { api } from '../../api.ts';
import { useZone } from '../../session.ts';
import { people } from '../../ui/numbers.ts';
import { moment } from '../../ui/times.ts';

export function RunChooser({ campaign }: { campaign: Campaign }) {
  const zone = useZone();
  const { run } = useSearch({ from: '/inside/campaigns/$id' });
  const navigate = useNavigate({ from: '/campaigns/$id' });
  const repeats = campaign.schedule.mode === 'recurring';
  const found = useQuery({
    queryKey: ['runs', campaign.id, campaign.launched_at],
    queryFn: ({ signal }) =>
      api.get<Reconciliation>(`/campaigns/${campaign.id}/reconciliation`, undefined, signal),
    enabled: repeats,
    staleTime: 60_000,
  });
  const runs = found.data?.runs ?? [];
  if (runs.length < 2) return null;
  return (
    <Select
      label="Run"
      w={320}
      allowDeselect={false}
      value={run ?? runs[0]?.id ?? null}
      data={runs.map((one, index) => ({
        value: one.id,
        label: `${moment(one.started_at, zone)}, ${people(one.planned)}${index === 0 ? ', the latest' : ''}`,
      }))}
      onChange={(id) =>
        void navigate({
          search: (old) => ({
            ...old,
            run: id === runs[0]?.id ? undefined : (id ?? undefined),
            reason: undefined,
          }),
          replace: true,
          resetScroll: false,
        })
      }
    />
  );
}
