// Putting people into a list by hand.
import { Button, Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import type { Segment, segmentMembersResult } from '../../../contract/segments.ts';
import { api, keys } from '../../api.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { people } from '../../ui/numbers.ts';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { PeoplePicker } from '../composer/PeoplePicker.tsx';

interface Props {
  segment: Segment;
  opened: boolean;
  onClose: () => void;
}

export function AddPeople(props: Props) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={`Add people to “${props.segment.name}”`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {props.opened && <Picking {...props} />}
    </Modal>
  );
}

function Picking({ segment, onClose }: Props) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState(new Set<string>());
  const { busy, error, run } = useAction();
  const add = () =>
    run(async () => {
      const result = await api.post<z.infer<typeof segmentMembersResult>>(`/segments/${segment.id}/members`, {
        add: [...chosen],
      });
      onClose();
      const there = chosen.size - result.added;
      tell(`${people(result.added)} added${there > 0 ? `, ${people(there)} in it already` : ''}`);
      await client.invalidateQueries({ queryKey: keys.segment(segment.id) });
      void client.invalidateQueries({ queryKey: keys.segments() });
    });
  return (
    <>
      {error ? <Note tone="bad">{problemText(error)}</Note> : null}
      <PeoplePicker connectionId={null} anyone chosen={chosen} onChange={setChosen} />
      <div className="row" style={{ marginTop: 16, justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          Go back
        </Button>
        <Button
          miw={140}
          disabled={chosen.size === 0}
          aria-disabled={busy || undefined}
          onClick={() => void add()}
        >
          {busy ? 'Adding' : chosen.size === 0 ? 'Choose people first' : `Add ${people(chosen.size)}`}
        </Button>
      </div>
    </>
  );
}
