// The filters of the list as a segment: who matches them, now and later.
import { Button, Modal, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { type ContactFilter, ruleOf } from '../../../contract/contact-filter.ts';
import type { Segment } from '../../../contract/segments.ts';
import { api, keys } from '../../api.ts';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { RuleText } from '../segments/RuleText.tsx';

export function SaveSegment({ filter, onClose }: { filter: ContactFilter; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const { busy, error, run } = useAction();
  const rule = ruleOf(filter);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await run(async () => {
      const made = await api.post<Segment>('/segments', { name, rule });
      void client.invalidateQueries({ queryKey: keys.segments() });
      onClose();
      tell(`“${made.name}” added`, {
        label: 'Open',
        run: () => void navigate({ to: '/segments/$id', params: { id: made.id } }),
      });
    });
  };
  const elsewhere = problemElsewhere(error, ['/name']);
  return (
    <Modal opened onClose={onClose} title="Save as segment" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={(event) => void submit(event)} noValidate className="col" style={{ gap: 16 }}>
        <p className="t2">Whoever matches is in the segment, now and later, by themselves:</p>
        {rule && <RuleText rule={rule} />}
        {filter.search && (
          <Note tone="info">
            The search for “{filter.search}” is not part of it. A name or an email can be asked for under More
            conditions.
          </Note>
        )}
        {elsewhere && <Note tone="bad">{elsewhere}</Note>}
        <TextInput
          data-autofocus
          label="Name"
          value={name}
          maxLength={120}
          error={problemAt(error, '/name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>
            Go back
          </Button>
          <Button type="submit" miw={128} aria-disabled={busy || undefined}>
            {busy ? 'Saving' : 'Save segment'}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
