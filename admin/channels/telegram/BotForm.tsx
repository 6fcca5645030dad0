// Connecting a Telegram bot by its token.
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
import { tryBot } from './sandbox-bot.ts';
import { BotFatherSteps, TokenField, tokenProblem } from './TokenField.tsx';

export function BotForm(props: { onDone: (connection: Connection) => void; back: React.ReactNode }) {
  const client = useQueryClient();
  const [token, setToken] = useState('');
  const [name, setName] = useState('');
  const [own, setOwn] = useState<string>();
  const { busy, error, run, clear } = useAction();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wrong = tokenProblem(token);
    setOwn(wrong);
    if (wrong) return;
    await run(async () => {
      const connection = await api.post<Connection>('/connections', {
        channel: 'telegram',
        name: name.trim() || undefined,
        credentials: { token: token.trim() },
      });
      await client.invalidateQueries({ queryKey: keys.connections });
      props.onDone(connection);
    });
  };
  const beside =
    own ?? problemAt(error, '/credentials') ?? problemElsewhere(error, ['/credentials', '/name']);
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className={css.form}>
      <div className={css.halves}>
        <div className={css.form}>
          <TokenField
            value={token}
            problem={beside}
            onChange={(text) => {
              setToken(text);
              setOwn(undefined);
              clear();
            }}
          />
          <TextInput
            label="Name"
            description="Only your team sees it. Empty: the bot’s own name."
            value={name}
            error={problemAt(error, '/name')}
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </div>
        <BotFatherSteps />
      </div>
      <Note tone="info">Telegram bots can only write to people who have pressed Start in them.</Note>
      <TrySandbox offer={tryBot} onDone={props.onDone} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        {props.back}
        <Button type="submit" miw={116} aria-disabled={busy || undefined}>
          {busy ? 'Checking' : 'Connect bot'}
        </Button>
      </div>
    </form>
  );
}
