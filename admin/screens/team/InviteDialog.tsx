// Inviting a person: the link is shown once, because there is no mail server to send it.
import { Button, Modal, Radio, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type Role, roles } from '../../../contract/roles.ts';
import { email as emailSchema, type Invitation } from '../../../contract/workspaces.ts';
import { api, keys } from '../../api.ts';
import { useMe } from '../../session.ts';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { SecretOnce } from '../../ui/SecretOnce.tsx';
import { useAction } from '../../ui/use-action.ts';
import { roleHelp, roleWords } from './role-words.ts';

export function InviteDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Invite a person"
      size={480}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {opened && <Invite onClose={onClose} />}
    </Modal>
  );
}

function Invite({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const me = useMe();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('marketer');
  const [own, setOwn] = useState<string>();
  const [made, setMade] = useState<(Invitation & { accept_url: string }) | null>(null);
  const { busy, error, run } = useAction();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const checked = emailSchema.safeParse(email);
    setOwn(checked.success ? undefined : checked.error.issues[0]?.message);
    if (!checked.success) return;
    await run(async () => {
      setMade(await api.post('/invitations', { email: checked.data, role }));
      await client.invalidateQueries({ queryKey: keys.invitations });
    });
  };
  if (made)
    return (
      <div style={{ display: 'grid', gap: 16 }}>
        <SecretOnce
          label={`Link for ${made.email}`}
          value={made.accept_url}
          hint="Send this link to the person yourself. It is shown only now, and whoever opens it can join."
        />
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    );
  const elsewhere = problemElsewhere(error, ['/email', '/role']);
  return (
    <form onSubmit={(event) => void submit(event)} noValidate style={{ display: 'grid', gap: 16 }}>
      {elsewhere && <Note tone="bad">{elsewhere}</Note>}
      <TextInput
        label="Email"
        type="email"
        data-autofocus
        value={email}
        error={own ?? problemAt(error, '/email')}
        onChange={(event) => {
          setEmail(event.currentTarget.value);
          setOwn(undefined);
        }}
      />
      <Radio.Group label="Role" value={role} onChange={(value) => setRole(value as Role)}>
        <div style={{ display: 'grid', gap: 8 }}>
          {roles
            .filter((item) => item !== 'owner' || me.user.role === 'owner')
            .map((item) => (
              <Radio key={item} size="xs" value={item} label={roleWords[item]} description={roleHelp[item]} />
            ))}
        </div>
      </Radio.Group>
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          Go back
        </Button>
        <Button type="submit" miw={152} aria-disabled={busy || undefined}>
          {busy ? 'Making the link' : 'Make invitation link'}
        </Button>
      </div>
    </form>
  );
}
