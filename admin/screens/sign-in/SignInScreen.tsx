// Sign in with email and password, then on to where the person wanted to go.
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { Me } from '../../../contract/workspaces.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { DoorPage } from './DoorPage.tsx';

export function SignInScreen() {
  const { next } = useSearch({ from: '/sign-in' });
  const client = useQueryClient();
  const router = useRouter();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const signIn = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      const me = await api.post<Me>('/sign_in', { email, password });
      client.clear();
      client.setQueryData(keys.me, me);
      // Only addresses of this panel: never a foreign site handed in by a link.
      router.history.push(next && /^\/(?![/\\])/.test(next) ? next : '/campaigns');
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const wrong = error instanceof ApiProblem && error.code === 'WRONG_CREDENTIALS';
  return (
    <DoorPage title="Sign in" text="Campaigns and messages of your shop.">
      <form onSubmit={(event) => void signIn(event)} noValidate>
        {error ? (
          <Note tone="bad">
            {wrong
              ? 'Email and password do not match. Check both, or ask an owner for a new invitation.'
              : problemElsewhere(error, ['/email', '/password'])}
          </Note>
        ) : null}
        <TextInput
          label="Email"
          type="email"
          size="lg"
          autoComplete="username"
          autoFocus
          required
          withAsterisk={false}
          value={email}
          error={problemAt(error, '/email')}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          size="lg"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          error={problemAt(error, '/password')}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" size="lg" fullWidth aria-disabled={busy || undefined}>
          {busy ? 'Signing in' : 'Sign in'}
        </Button>
      </form>
    </DoorPage>
  );
}
