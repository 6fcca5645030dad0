// Own name and password.
import { PasswordInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Me, password as passwordSchema } from '../../../contract/workspaces.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { useMe } from '../../session.ts';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { roleHelp, roleWords } from '../team/role-words.ts';
import css from './Settings.module.css';

export function Profile() {
  const client = useQueryClient();
  const { user } = useMe();
  const naming = useAction();
  const changing = useAction();
  const [name, setName] = useState(user.name);
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [own, setOwn] = useState<string>();
  const saveName = (event: FormEvent) => {
    event.preventDefault();
    return naming.run(async () => {
      client.setQueryData(keys.me, await api.patch<Me>('/me', { name }));
      tell('Name saved');
    });
  };
  const savePassword = async (event: FormEvent) => {
    event.preventDefault();
    const checked = passwordSchema.safeParse(next);
    setOwn(checked.success ? undefined : checked.error.issues[0]?.message);
    if (!checked.success) return;
    await changing.run(async () => {
      await api.patch<Me>('/me', { current_password: current, new_password: next });
      setCurrent('');
      setNext('');
      await client.invalidateQueries({ queryKey: keys.sessions });
      tell('Password changed');
    });
  };
  const wrong = changing.error instanceof ApiProblem && changing.error.code === 'WRONG_CREDENTIALS';
  const elsewhere = wrong
    ? undefined
    : problemElsewhere(changing.error, ['/current_password', '/new_password']);
  return (
    <>
      <Section title="Profile" aside={user.email}>
        <form onSubmit={(event) => void saveName(event)} className={css.form} noValidate>
          <TextInput
            label="Name"
            description="Shown to your team beside what you write."
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            autoComplete="name"
            value={name}
            error={problemAt(naming.error, '/name') ?? problemElsewhere(naming.error, ['/name'])}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <p className="t2">
            Role: {roleWords[user.role]}. {roleHelp[user.role]}
          </p>
          <div>
            <ReasonButton type="submit" variant="default" disabled={name === user.name} miw={100}>
              {naming.busy ? 'Saving' : 'Save name'}
            </ReasonButton>
          </div>
        </form>
      </Section>
      <Section title="Password">
        <form onSubmit={(event) => void savePassword(event)} className={css.form} noValidate>
          {elsewhere && <Note tone="bad">{elsewhere}</Note>}
          <PasswordInput
            label="Present password"
            autoComplete="current-password"
            value={current}
            error={
              wrong ? 'This is not your present password.' : problemAt(changing.error, '/current_password')
            }
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
          <PasswordInput
            label="New password"
            description="At least 10 characters."
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            autoComplete="new-password"
            value={next}
            error={own ?? problemAt(changing.error, '/new_password')}
            onChange={(event) => {
              setNext(event.currentTarget.value);
              setOwn(undefined);
            }}
          />
          <div>
            <ReasonButton type="submit" variant="default" disabled={!current || !next} miw={140}>
              {changing.busy ? 'Saving' : 'Change password'}
            </ReasonButton>
          </div>
        </form>
      </Section>
    </>
  );
}
