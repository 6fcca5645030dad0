// Whom the campaign is for: everybody, segments, a list that is picked or pasted, or the people of a file.
import { Button, Modal, Radio } from '@mantine/core';
import { useState } from 'react';
import type { Audience } from '../../../../contract/audience.ts';
import type { Campaign } from '../../../../contract/campaigns.ts';
import { FieldProblem } from '../../../ui/FieldProblem.tsx';
import { figure, people } from '../../../ui/numbers.ts';
import css from '../Composer.module.css';
import { PeoplePicker } from '../PeoplePicker.tsx';
import { SegmentsPicker } from '../SegmentsPicker.tsx';
import type { SaveState } from '../use-draft.ts';
import kinds from './Audience.module.css';
import { ChosenFile, FilePeople, useImportOfList } from './FilePeople.tsx';
import { PastedList } from './PastedList.tsx';
import { useReach } from './use-reach.ts';

interface Props {
  /** As it is stored: that is what the server counts. */
  campaign: Campaign;
  connectionId: string | null;
  value: Audience;
  state: SaveState;
  onChange: (value: Audience) => void;
  problem: string | undefined;
}

const titles = { pick: 'Choose people', paste: 'Paste a list', file: 'People of a file' };

export function AudienceKinds({ campaign, connectionId, value, state, onChange, problem }: Props) {
  const [picking, setPicking] = useState<'pick' | 'paste' | 'file' | null>(null);
  /** Segments were asked for: then a list that a file made is shown as the segment it is. */
  const [bySegments, setBySegments] = useState(false);
  const less = value.exclude ? { exclude: value.exclude } : {};
  const chosen = 'contact_ids' in value ? value.contact_ids : [];
  const segments = 'segment_ids' in value ? value.segment_ids : null;
  const file = useImportOfList(segments?.length === 1 && !bySegments ? segments[0] : undefined);
  const choose = (ids: string[]) => {
    onChange({ contact_ids: ids, ...less });
    setPicking(null);
  };
  return (
    <fieldset className={css.fieldset} data-field="/audience">
      <div className={css.labelRow}>
        <legend>Who gets it</legend>
        <Hint campaign={campaign} value={value} state={state} connectionId={connectionId} />
      </div>
      <Radio.Group
        value={'all' in value ? 'all' : file ? 'file' : segments ? 'segments' : 'chosen'}
        onChange={(mode) => {
          if (mode === 'all') onChange({ all: true, ...less });
          if (mode === 'chosen') setPicking('pick');
          if (mode === 'file') setPicking('file');
          if (mode === 'segments') {
            setBySegments(true);
            onChange({ segment_ids: file && segments ? segments : [], ...less });
          }
        }}
        aria-label="Audience"
      >
        <div className={kinds.kinds}>
          <Radio className={kinds.kind} value="all" label="All contacts" description="Everybody there is" />
          <Radio
            className={kinds.kind}
            value="segments"
            label="Segments"
            description="Whoever is in any of them"
          />
          <Radio
            className={kinds.kind}
            value="chosen"
            label="Custom list"
            description={chosen.length > 0 ? `${people(chosen.length)} chosen` : 'Picked or pasted'}
          />
          <Radio
            className={kinds.kind}
            value="file"
            label="People of a file"
            description="Imported before, or now"
          />
        </div>
      </Radio.Group>
      {chosen.length > 0 && (
        <div className="row wrap" style={{ marginTop: 8 }}>
          <Button size="xs" variant="default" onClick={() => setPicking('pick')}>
            Pick people
          </Button>
          <Button size="xs" variant="default" onClick={() => setPicking('paste')}>
            Paste a list
          </Button>
        </div>
      )}
      {file ? (
        <ChosenFile chosen={file} onOther={() => setPicking('file')} />
      ) : (
        segments && (
          <SegmentsPicker chosen={segments} onChange={(segment_ids) => onChange({ segment_ids, ...less })} />
        )
      )}
      <FieldProblem>{problem}</FieldProblem>
      <Modal
        opened={picking !== null}
        onClose={() => setPicking(null)}
        title={titles[picking ?? 'pick']}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {picking === 'pick' && (
          <Picking
            connectionId={connectionId}
            chosen={chosen}
            onDone={choose}
            onPaste={() => setPicking('paste')}
          />
        )}
        {picking === 'paste' && (
          <PastedList chosen={chosen} onDone={choose} onClose={() => setPicking(null)} />
        )}
        {picking === 'file' && (
          <FilePeople
            campaignId={campaign.id}
            onDone={({ settings }) => {
              setBySegments(false);
              // what the server makes of the import's id, too
              if (settings.segment_id) onChange({ segment_ids: [settings.segment_id], ...less });
              setPicking(null);
            }}
          />
        )}
      </Modal>
    </fieldset>
  );
}

function Hint(props: { campaign: Campaign; value: Audience; state: SaveState; connectionId: string | null }) {
  const { campaign, value, state, connectionId } = props;
  const { count, isStored, uncounted } = useReach(campaign, value, state);
  if (!connectionId) return null;
  if (uncounted) return <span className="end t3">{uncounted}</span>;
  if (!isStored || !count.data)
    return isStored && count.isError ? null : <span className="end t3">Counting…</span>;
  const out = count.data.total - count.data.reachable;
  return (
    <span className="end t2" data-testid="audience-hint">
      {people(count.data.reachable)} will receive it
      {out > 0 && <span className="t3">, {figure(out)} left out</span>}
    </span>
  );
}

function Picking(props: {
  connectionId: string | null;
  chosen: string[];
  onDone: (ids: string[]) => void;
  onPaste: () => void;
}) {
  const [chosen, setChosen] = useState(new Set(props.chosen));
  return (
    <>
      <PeoplePicker connectionId={props.connectionId} chosen={chosen} onChange={setChosen} />
      <div className="row wrap" style={{ marginTop: 16, justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={props.onPaste}>
          Paste a list instead
        </Button>
        <Button miw={140} disabled={chosen.size === 0} onClick={() => props.onDone([...chosen])}>
          {chosen.size === 0 ? 'Choose people first' : `Use ${people(chosen.size)}`}
        </Button>
      </div>
    </>
  );
}
