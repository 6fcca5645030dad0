// Who is left out whatever the audience says: segments, recipients of other campaigns, people of scheduled ones.
import { MultiSelect, NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Audience, Exclusion } from '../../../../contract/audience.ts';
import type { Campaign } from '../../../../contract/campaigns.ts';
import type { Page } from '../../../../contract/lists.ts';
import { api, keys } from '../../../api.ts';
import { FieldProblem } from '../../../ui/FieldProblem.tsx';
import { figure, people } from '../../../ui/numbers.ts';
import css from '../Composer.module.css';
import { SegmentsPicker } from '../SegmentsPicker.tsx';
import { useReach } from './use-reach.ts';

const nobody: Exclusion = { segment_ids: [], campaign_ids: [], campaign_days: null };
const most = 20;

export function LeaveOut(props: {
  campaign: Campaign;
  value: Audience;
  onChange: (value: Audience) => void;
  problem: string | undefined;
}) {
  const { campaign, value, onChange, problem } = props;
  const exclude = value.exclude ?? nobody;
  const { count, isStored } = useReach(campaign, value);
  const filter = { status: 'scheduled,sending,paused,published', limit: 200 };
  const list = useQuery({
    queryKey: keys.campaigns({ ...filter, picker: true }),
    queryFn: ({ signal }) => api.get<Page<Campaign>>('/campaigns', filter, signal),
  });
  const change = (part: Partial<Exclusion>) => {
    const { exclude: _, ...rest } = value;
    const next = { ...exclude, ...part };
    const isNone = next.segment_ids.length + next.campaign_ids.length === 0;
    onChange((isNone ? rest : { ...rest, exclude: next }) as Audience);
  };
  const others = (list.data?.data ?? []).filter((one) => one.id !== campaign.id);
  const known = others.map((one) => ({ value: one.id, label: `${one.name} (No. ${figure(one.number)})` }));
  const gone = exclude.campaign_ids
    .filter((id) => !known.some((one) => one.value === id))
    .map((id) => ({ value: id, label: list.isPending ? 'Looking it up' : 'Another campaign' }));
  return (
    <fieldset className={css.fieldset} data-field="/audience/exclude">
      <div className={css.labelRow}>
        <legend>Leave out</legend>
        <span className="t3">Takes priority over everything above</span>
        {isStored && count.data && count.data.excluded > 0 && (
          <span className="end t2">{people(count.data.excluded)}</span>
        )}
      </div>
      <div className="t2 small">Members of segments</div>
      <SegmentsPicker
        label="Segments to leave out"
        excluding
        chosen={exclude.segment_ids}
        onChange={(segment_ids) => change({ segment_ids })}
      />
      <MultiSelect
        mt={12}
        label="People of other campaigns"
        description="Whoever got it, may have got it or is still to get it"
        placeholder={exclude.campaign_ids.length === 0 ? 'Choose campaigns by name' : undefined}
        searchable
        hidePickedOptions
        maxValues={most}
        data={[...known, ...gone]}
        value={exclude.campaign_ids}
        nothingFoundMessage={
          list.isPending ? 'Searching' : 'No campaign that was sent or scheduled is called so'
        }
        onChange={(campaign_ids) => change({ campaign_ids })}
      />
      {exclude.campaign_ids.length > 0 && (
        <NumberInput
          mt={12}
          maw={280}
          label="Only who got one in the last days"
          description="Empty: whenever it was"
          suffix=" days"
          min={1}
          max={3650}
          allowDecimal={false}
          clampBehavior="strict"
          value={exclude.campaign_days ?? ''}
          onChange={(days) => change({ campaign_days: typeof days === 'number' && days >= 1 ? days : null })}
        />
      )}
      <FieldProblem>{problem}</FieldProblem>
    </fieldset>
  );
}
