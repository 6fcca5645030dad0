// Who gets it: everyone on the connection, segments, or people chosen by hand.
import { Button, Modal, Radio } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Audience, AudienceCount } from '../../../contract/audience.ts';
import type { Campaign } from '../../../contract/campaigns.ts';
import { api, keys } from '../../api.ts';
import { FieldProblem } from '../../ui/FieldProblem.tsx';
import { figure, people } from '../../ui/numbers.ts';
import css from './Composer.module.css';
import { PeoplePicker } from './PeoplePicker.tsx';
import { SegmentsPicker } from './SegmentsPicker.tsx';

interface Props {
  /** As it is stored: that is what the server counts. */
  campaign: Campaign;
  connectionId: string | null;
  value: Audience;
  onChange: (value: Audience) => void;
  problem: string | undefined;
}

export function AudienceField({ campaign, connectionId, value, onChange, problem }: Props) {
  const [picking, setPicking] = useState(false);
  const chosen = 'contact_ids' in value ? value.contact_ids : [];
  const segments = 'segment_ids' in value ? value.segment_ids : null;
  const count = useQuery({
    // a number belongs to the audience for which it was counted
    queryKey: [...keys.audience(campaign.id), campaign.connection_id, campaign.audience],
    queryFn: ({ signal }) => api.get<AudienceCount>(`/campaigns/${campaign.id}/audience`, undefined, signal),
    enabled: campaign.connection_id !== null,
    retry: false,
  });
  const stored = JSON.stringify(value) === JSON.stringify(campaign.audience);
  const out = count.data ? count.data.total - count.data.reachable : 0;
  return (
    <fieldset className={css.fieldset} data-field="/audience">
      <div className={css.labelRow}>
        <legend>Audience</legend>
        {connectionId &&
          segments?.length !== 0 &&
          (!stored || count.isFetching) &&
          !(stored && count.data) && <span className="end t3">Counting…</span>}
        {stored && count.data && connectionId && (
          <span className="end t2" data-testid="audience-hint">
            {people(count.data.reachable)} will receive it
            {out > 0 && <span className="t3">, {figure(out)} left out</span>}
          </span>
        )}
      </div>
      <Radio.Group
        value={'all' in value ? 'all' : 'segment_ids' in value ? 'segments' : 'chosen'}
        onChange={(mode) => {
          if (mode === 'all') onChange({ all: true });
          if (mode === 'chosen') setPicking(true);
          if (mode === 'segments') onChange({ segment_ids: [] });
        }}
        aria-label="Audience"
      >
        <div className="row wrap" style={{ gap: 16 }}>
          <Radio value="all" size="xs" label="Everyone who can be reached" />
          <Radio
            value="chosen"
            size="xs"
            label={chosen.length > 0 ? `${people(chosen.length)} chosen by hand` : 'People chosen by hand'}
          />
          <Radio value="segments" size="xs" label="Segments" />
          {chosen.length > 0 && (
            <Button size="xs" variant="subtle" onClick={() => setPicking(true)}>
              Change
            </Button>
          )}
        </div>
      </Radio.Group>
      {segments && <SegmentsPicker chosen={segments} onChange={(segment_ids) => onChange({ segment_ids })} />}
      <FieldProblem>{problem}</FieldProblem>
      <Modal
        opened={picking}
        onClose={() => setPicking(false)}
        title="Choose people"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {picking && (
          <Picking
            connectionId={connectionId}
            chosen={chosen}
            onDone={(ids) => {
              onChange({ contact_ids: ids });
              setPicking(false);
            }}
            onClose={() => setPicking(false)}
          />
        )}
      </Modal>
    </fieldset>
  );
}

function Picking(props: {
  connectionId: string | null;
  chosen: string[];
  onDone: (ids: string[]) => void;
  onClose: () => void;
}) {
  const [chosen, setChosen] = useState(new Set(props.chosen));
  return (
    <>
      <PeoplePicker connectionId={props.connectionId} chosen={chosen} onChange={setChosen} />
      <div className="row" style={{ marginTop: 16, justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={props.onClose}>
          Go back
        </Button>
        <Button miw={140} disabled={chosen.size === 0} onClick={() => props.onDone([...chosen])}>
          {chosen.size === 0 ? 'Choose people first' : `Use ${people(chosen.size)}`}
        </Button>
      </div>
    </>
  );
}
