// A connection's name and new credentials for it; what is left empty stays.
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
import {
  emptyNumber,
  filledIn,
  NumberFields,
  type NumberProblems,
  numberPointers,
  numberProblems,
} from './NumberFields.tsx';
import { TokenField, tokenProblem } from './TokenField.tsx';

/** What the menu and the notes call it. */
export const credentialsWord = {
  telegram: { title: 'Name and token', replace: 'Replace the token' },
  whatsapp: { title: 'Name and credentials', replace: 'Replace the credentials' },
} as const;

interface Props {
  connection: Connection;
  opened: boolean;
  onClose: () => void;
}

export function ReplaceCredentials(props: Props) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={credentialsWord[props.connection.channel === 'whatsapp' ? 'whatsapp' : 'telegram'].title}
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
  const [number, setNumber] = useState(emptyNumber);
  const [own, setOwn] = useState<NumberProblems & { token?: string | undefined }>({});
  const isNumber = connection.channel === 'whatsapp';
  const { busy, error, run } = useAction();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wrong = isNumber ? numberProblems(number, false) : token ? { token: tokenProblem(token) } : {};
    setOwn(wrong);
    if (Object.values(wrong).some(Boolean)) return;
    const fresh: Record<string, string> = isNumber ? filledIn(number) : token ? { token: token.trim() } : {};
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
  const elsewhere = problemElsewhere(error, [...(isNumber ? numberPointers : ['/credentials']), '/name']);
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className={css.form}>
      {elsewhere && <Note tone="bad">{elsewhere}</Note>}
      <TextInput
        label="Name"
        value={name}
        error={problemAt(error, '/name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {isNumber ? (
        <>
          <p className="t2">What is left empty stays as it is.</p>
          <NumberFields
            stored
            draft={number}
            own={own}
            error={error}
            onChange={(next) => {
              setNumber(next);
              setOwn({});
            }}
          />
        </>
      ) : (
        <TokenField
          label="New bot token"
          description="Empty: the present token stays. A new one comes from @BotFather with /token."
          value={token}
          problem={own.token ?? problemAt(error, '/credentials')}
          onChange={(text) => {
            setToken(text);
            setOwn({});
          }}
        />
      )}
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
