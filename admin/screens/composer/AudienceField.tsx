// Who gets it: everyone on the connection, or people chosen by hand.
import { Button, Modal, Radio } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Audience, AudienceCount } from '../../../contract/campaigns.ts';
import { api, keys } from '../../api.ts';
import { FieldProblem } from '../../ui/FieldProblem.tsx';
import { figure, people } from '../../ui/numbers.ts';
import css from './Composer.module.css';
import { PeoplePicker } from './PeoplePicker.tsx';

interface Props {
  campaignId: string;
  connectionId: string | null;
  /** Whether the server knows the connection: without one there is nobody to count. */
  countable: boolean;
  value: Audience;
  onChange: (value: Audience) => void;
  problem: string | undefined;
}

export function AudienceField({ campaignId, connectionId, countable, value, onChange, problem }: Props) {
  const [picking, setPicking] = useState(false);
  const chosen = 'contact_ids' in value ? value.contact_ids : [];
  const count = useQuery({
    queryKey: keys.audience(campaignId),
    queryFn: ({ signal }) => api.get<AudienceCount>(`/campaigns/${campaignId}/audience`, undefined, signal),
    enabled: countable,
    retry: false,
  });
  const out = count.data ? count.data.total - count.data.reachable : 0;
  return (
    <fieldset className={css.fieldset} data-field="/audience">
      <div className={css.labelRow}>
        <legend>Audience</legend>
        {count.data && connectionId && (
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
          {'segment_ids' in value && (
            <Radio
              value="segments"
              size="xs"
              label={
                value.segment_ids.length === 1 ? 'A segment' : `${figure(value.segment_ids.length)} segments`
              }
            />
          )}
          {chosen.length > 0 && (
            <Button size="xs" variant="subtle" onClick={() => setPicking(true)}>
              Change
            </Button>
          )}
        </div>
      </Radio.Group>
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
