// A list that is kept by hand begins with its name; people come in on its page.
import { Button, Modal, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { Segment } from '../../../contract/segments.ts';
import { api, keys } from '../../api.ts';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { useAction } from '../../ui/use-action.ts';

export function NewList({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add list" closeButtonProps={{ 'aria-label': 'Close' }}>
      {opened && <Form onClose={onClose} />}
    </Modal>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const { busy, error, run } = useAction();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await run(async () => {
      const list = await api.post<Segment>('/segments', { name });
      void client.invalidateQueries({ queryKey: keys.segments() });
      onClose();
      await navigate({ to: '/segments/$id', params: { id: list.id } });
    });
  };
  const elsewhere = problemElsewhere(error, ['/name']);
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="col" style={{ gap: 16 }}>
      <p className="t2">A list holds the people whom you put into it, until you take them out.</p>
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
        <Button type="submit" miw={92} aria-disabled={busy || undefined}>
          {busy ? 'Adding' : 'Add list'}
        </Button>
      </div>
    </form>
  );
}
