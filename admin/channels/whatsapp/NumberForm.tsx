// Connecting a WhatsApp number through the Cloud API.
import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Connection } from '../../../contract/connections.ts';
import { api, keys } from '../../api.ts';
import css from '../../screens/connections/Connections.module.css';
import { TrySandbox } from '../../screens/connections/TrySandbox.tsx';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { useAction } from '../../ui/use-action.ts';
import {
  drawVerifyToken,
  emptyNumber,
  filledIn,
  NumberFields,
  type NumberProblems,
  numberPointers,
  numberProblems,
  WhereToFind,
} from './NumberFields.tsx';
import { tryNumber } from './sandbox-number.ts';

export function NumberForm(props: { onDone: (connection: Connection) => void; back: React.ReactNode }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => ({ ...emptyNumber, verify_token: drawVerifyToken() }));
  const [name, setName] = useState('');
  const [own, setOwn] = useState<NumberProblems>({});
  const { busy, error, run, clear } = useAction();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wrong = numberProblems(draft, true);
    setOwn(wrong);
    if (Object.keys(wrong).length > 0) return;
    await run(async () => {
      const connection = await api.post<Connection>('/connections', {
        channel: 'whatsapp',
        name: name.trim() || undefined,
        credentials: filledIn(draft),
      });
      await client.invalidateQueries({ queryKey: keys.connections });
      props.onDone(connection);
    });
  };
  const elsewhere = problemElsewhere(error, [...numberPointers, '/name']);
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className={css.form}>
      <TrySandbox offer={tryNumber} onDone={props.onDone} />
      <div className={css.halves}>
        <div className={css.form}>
          <NumberFields
            draft={draft}
            own={own}
            error={error}
            onChange={(next) => {
              setDraft(next);
              setOwn({});
              clear();
            }}
          />
          <TextInput
            label="Name"
            description="Only your team sees it. Empty: the number’s display name."
            value={name}
            error={problemAt(error, '/name')}
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </div>
        <WhereToFind />
      </div>
      <Note tone="info">
        All of it is stored encrypted, never shown again and never in logs. Campaigns to people who have not
        written within 24 hours need a template that WhatsApp has approved.
      </Note>
      {elsewhere && <Note tone="bad">{elsewhere}</Note>}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        {props.back}
        <Button type="submit" miw={140} aria-disabled={busy || undefined}>
          {busy ? 'Checking' : 'Connect number'}
        </Button>
      </div>
    </form>
  );
}
