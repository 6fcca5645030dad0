// A new API token: name, what it may do, how long it lives. The token itself is shown once.
import { Button, Checkbox, Modal, Select, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Scope, shopScopes } from '../../../contract/roles.ts';
import type { ApiToken } from '../../../contract/workspaces.ts';
import { api, keys } from '../../api.ts';
import { useMe } from '../../session.ts';
import { FieldProblem, problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { SecretOnce } from '../../ui/SecretOnce.tsx';
import { useAction } from '../../ui/use-action.ts';
import css from './Settings.module.css';

const lives = [
  { value: '', label: 'Until revoked' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
];

export function NewToken({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Add token"
      size={560}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {opened && <Form onClose={onClose} />}
    </Modal>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const me = useMe();
  const [name, setName] = useState('');
  const [days, setDays] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const [made, setMade] = useState<(ApiToken & { token: string }) | null>(null);
  const { busy, error, run } = useAction();
  const nouns = [...new Set(me.scopes.map((scope) => scope.split(':')[0] ?? ''))];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    return run(async () => {
      setMade(
        await api.post('/tokens', {
          name,
          scopes: chosen as Scope[],
          expires_at: days ? new Date(Date.now() + Number(days) * 86_400_000).toISOString() : null,
        }),
      );
      await client.invalidateQueries({ queryKey: keys.tokens });
    });
  };
  if (made)
    return (
      <div className={css.form}>
        <SecretOnce
          label={`Token “${made.name}”`}
          value={made.token}
          hint="Copy it now: it is shown only this once and kept as a hash. Programs send it as Authorization: Bearer."
        />
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    );
  const elsewhere = problemElsewhere(error, ['/name', '/scopes', '/expires_at']);
  const all = chosen.length === me.scopes.length;
  return (
    <form onSubmit={(event) => void submit(event)} className={css.form} noValidate>
      {elsewhere && <Note tone="bad">{elsewhere}</Note>}
      <TextInput
        label="Name"
        placeholder="Shop backend"
        data-autofocus
        value={name}
        error={problemAt(error, '/name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Select
        label="Valid"
        data={lives}
        value={days}
        error={problemAt(error, '/expires_at')}
        onChange={(value) => setDays(value ?? '')}
      />
      <div>
        <div className="row" style={{ marginBottom: 4 }}>
          <span className="strong" id="token-scopes">
            May do
          </span>
          <Button
            className="end"
            size="xs"
            variant="subtle"
            title="Customers, products, carts, orders and what happens in the shop, as the guide tells them"
            onClick={() => setChosen(shopScopes.filter((scope) => me.scopes.includes(scope)))}
          >
            Choose for a shop
          </Button>
          <Button size="xs" variant="subtle" onClick={() => setChosen(all ? [] : [...me.scopes])}>
            {all ? 'Choose nothing' : 'Choose everything'}
          </Button>
        </div>
        <Checkbox.Group value={chosen} onChange={setChosen} aria-labelledby="token-scopes">
          <div className={css.scopes}>
            {nouns.map((noun) => (
              <div key={noun} className={css.scope}>
                <span className="t2">{noun.replaceAll('_', ' ')}</span>
                {me.scopes
                  .filter((scope) => scope.startsWith(`${noun}:`))
                  .map((scope) => (
                    <Checkbox
                      key={scope}
                      size="xs"
                      value={scope}
                      label={scope.split(':')[1]}
                      aria-label={scope}
                    />
                  ))}
              </div>
            ))}
          </div>
        </Checkbox.Group>
        <FieldProblem>{problemAt(error, '/scopes')}</FieldProblem>
      </div>
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          Go back
        </Button>
        <Button
          type="submit"
          miw={108}
          disabled={!name.trim() || chosen.length === 0}
          aria-disabled={busy || undefined}
        >
          {busy ? 'Adding' : 'Add token'}
        </Button>
      </div>
    </form>
  );
}
