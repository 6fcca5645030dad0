// A connection's name and a new token for it; without a token only the name changes.
import { Button, Modal, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Connection } from '../../../contract/connections.ts';
import { api, keys } from '../../api.ts';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import css from './Connections.module.css';
import { TokenField, tokenProblem } from './TokenField.tsx';

interface Props {
  connection: Connection;
  opened: boolean;
  onClose: () => void;
}

export function ReplaceToken(props: Props) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title="Name and token"
      size={480}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {props.opened && <Form {...props} />}
    </Modal>
  );
}

function Form({ connection, onClose }: Props) {
  const client = useQueryClient();
  const [name, setName] = useState(connection.name);
  const [token, setToken] = useState('');
  const [own, setOwn] = useState<string>();
  const { busy, error, run } = useAction();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wrong = token ? tokenProblem(token) : undefined;
    setOwn(wrong);
    if (wrong) return;
    await run(async () => {
      await api.patch(`/connections/${connection.id}`, {
        name: name.trim(),
        credentials: token ? { token: token.trim() } : undefined,
        version: connection.version,
      });
      await client.invalidateQueries({ queryKey: keys.connections });
      tell('Connection saved');
      onClose();
    });
  };
  const elsewhere = problemElsewhere(error, ['/credentials', '/name']);
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className={css.form}>
      {elsewhere && <Note tone="bad">{elsewhere}</Note>}
      <TextInput
        label="Name"
        value={name}
        error={problemAt(error, '/name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TokenField
        label="New bot token"
        description="Empty: the present token stays. A new one comes from @BotFather with /token."
        value={token}
        problem={own ?? problemAt(error, '/credentials')}
        onChange={(text) => {
          setToken(text);
          setOwn(undefined);
        }}
      />
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
