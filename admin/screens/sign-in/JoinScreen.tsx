// An invitation is taken: the link says into which workspace, the person brings name and password.
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { Role } from '../../../contract/roles.ts';
import { invitationAccept, type Me } from '../../../contract/workspaces.ts';
import { api, keys } from '../../api.ts';
import { problemAt, problemElsewhere, problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { useAction } from '../../ui/use-action.ts';
import { roleHelp, roleWords } from '../team/role-words.ts';
import { DoorPage } from './DoorPage.tsx';

export function JoinScreen() {
  const { token = '' } = useSearch({ from: '/join' });
  const client = useQueryClient();
  const navigate = useNavigate();
  const { busy, error, run } = useAction();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [own, setOwn] = useState<Record<string, string>>({});
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) =>
      api.get<{ workspace_name: string; email: string; role: Role }>(
        '/invitations/preview',
        { token },
        signal,
      ),
    retry: false,
  });
  if (invitation.isPending)
    return (
      <DoorPage title="Invitation">
        <BlockSkeleton height={40} count={3} />
      </DoorPage>
    );
  if (!invitation.data)
    return (
      <DoorPage title="This invitation cannot be used" text={problemText(invitation.error)}>
        <Button variant="default" component={Link} to="/sign-in" mt={16}>
          Go to sign-in
        </Button>
      </DoorPage>
    );
  const { workspace_name, email, role } = invitation.data;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const checked = invitationAccept.safeParse({ token, name, password });
    const wrong: Record<string, string> = {};
    if (!checked.success)
      for (const issue of checked.error.issues) wrong[String(issue.path[0])] ??= issue.message;
    setOwn(wrong);
    if (!checked.success) return;
    await run(async () => {
      const me = await api.post<Me>('/invitations/accept', checked.data);
      client.clear();
      client.setQueryData(keys.me, me);
      await navigate({ to: '/campaigns', replace: true });
    });
  };
  const elsewhere = problemElsewhere(error, ['/name', '/password']);
  return (
    <DoorPage
      title={`Join ${workspace_name}`}
      text={
        <>
          As {roleWords[role].toLocaleLowerCase()}, with {email}. {roleHelp[role]}
        </>
      }
    >
      <form onSubmit={(event) => void submit(event)} noValidate>
        {elsewhere && <Note tone="bad">{elsewhere}</Note>}
        <TextInput
          label="Your name"
          size="lg"
          autoComplete="name"
          autoFocus
          value={name}
          error={own.name || problemAt(error, '/name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          description="At least 10 characters. With an account already: your present password."
          inputWrapperOrder={['label', 'input', 'error', 'description']}
          size="lg"
          autoComplete="new-password"
          value={password}
          error={own.password || problemAt(error, '/password')}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" size="lg" fullWidth aria-disabled={busy || undefined}>
          {busy ? 'Joining' : 'Join'}
        </Button>
      </form>
    </DoorPage>
  );
}
