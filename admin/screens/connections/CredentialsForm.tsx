// The form of a connection's name and of new credentials for it, whose fields each channel brings (admin/channels/).
import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { Connection } from '../../../contract/connections.ts';
import { api, keys } from '../../api.ts';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import css from './Connections.module.css';

interface Props {
  connection: Connection;
  onClose: () => void;
  /** What of the credentials has a field of its own, where its problems are shown. */
  pointers: string[];
  /** What was written, {} where all is to stay; null: it is wrong, which the fields say. */
  read: () => Record<string, string> | null;
  /** The fields, with what the server said. */
  children: (error: unknown) => ReactNode;
}

export function CredentialsForm({ connection, onClose, pointers, read, children }: Props) {
  const client = useQueryClient();
  const [name, setName] = useState(connection.name);
  const { busy, error, run } = useAction();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const fresh = read();
    if (!fresh) return;
    await run(async () => {
      await api.patch(`/connections/${connection.id}`, {
        name: name.trim(),
        credentials: Object.keys(fresh).length > 0 ? fresh : undefined,
        version: connection.version,
      });
      await client.invalidateQueries({ queryKey: keys.connections });
      tell('Connection saved');
      onClose();
    });
  };
  const elsewhere = problemElsewhere(error, [...pointers, '/name']);
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className={css.form}>
      {elsewhere && <Note tone="bad">{elsewhere}</Note>}
      <TextInput
        label="Name"
        value={name}
        error={problemAt(error, '/name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {children(error)}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          Go back
        </Button>
        <Button type="submit" miw={124} aria-disabled={busy || undefined}>
          {busy ? 'Saving' : 'Save changes'}
        </Button>
      </div>
    </form>
  );
}
