// Which run of a campaign that repeats the report is about; the address says it.
import { Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { Campaign } from '../../../contract/campaigns.ts';
import { useZone } from '../../session.ts';
import { people } from '../../ui/numbers.ts';
import { moment } from '../../ui/times.ts';
import { useRuns } from './use-runs.ts';

export function RunChooser({ campaign }: { campaign: Campaign }) {
  const zone = useZone();
  const navigate = useNavigate({ from: '/campaigns/$id' });
  const { run, runs } = useRuns(campaign);
  if (runs.length < 2) return null;
  return (
    <Select
      label="Run"
      w={{ base: '100%', sm: 340 }}
      allowDeselect={false}
      value={run ?? runs[0]?.id ?? null}
      data={runs.map((one, index) => ({
        value: one.id,
        label: `${moment(one.started_at, zone)}, ${people(one.planned)}${one.status === 'cancelled' ? ', cancelled' : ''}${index === 0 ? ', the latest' : ''}`,
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
