// The people of the workspace, their roles, and open invitations.
import { Select } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Page as ListPage } from '../../../contract/lists.ts';
import { type Role, roles } from '../../../contract/roles.ts';
import type { User } from '../../../contract/workspaces.ts';
import { api, keys } from '../../api.ts';
import { useMay, useMe, useZone } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { Tag } from '../../ui/Badge.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { type Column, DataTable, usePhone } from '../../ui/DataTable.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { since } from '../../ui/times.ts';
import { tell, tellProblem } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { Invitations } from './Invitations.tsx';
import { InviteDialog } from './InviteDialog.tsx';
import { roleHelp, roleWords } from './role-words.ts';

export function TeamScreen() {
  const client = useQueryClient();
  const me = useMe();
  const zone = useZone();
  const phone = usePhone();
  const write = useMay('users:write');
  const [inviting, setInviting] = useState(false);
  const [removing, setRemoving] = useState<User | null>(null);
  const removal = useAction();
  const users = useQuery({
    queryKey: keys.users,
    queryFn: ({ signal }) => api.get<ListPage<User>>('/users', { limit: 200 }, signal),
  });
  const owner = me.user.role === 'owner';

  const setRole = async (user: User, role: Role) => {
    try {
      await api.patch(`/users/${user.id}`, { role });
      tell(`${user.name} is now ${roleWords[role].toLocaleLowerCase()}`);
    } catch (error) {
      tellProblem('The role could not be changed', error);
    }
    await client.invalidateQueries({ queryKey: keys.users });
  };
  const remove = () =>
    removal.run(async () => {
      await api.delete(`/users/${removing?.id}`);
      await client.invalidateQueries({ queryKey: keys.users });
      tell(`${removing?.name} removed`);
      setRemoving(null);
    });
  /** Why this person's role cannot be changed here, if so. */
  const fixed = (user: User) =>
    !write.may
      ? write.reason
      : user.id === me.user.id
        ? 'Another owner or admin changes your role.'
        : user.role === 'owner' && !owner
          ? 'Only an owner can change an owner.'
          : undefined;
  const rolePicker = (user: User) =>
    fixed(user) ? (
      <span title={fixed(user)}>
        <Tag>{roleWords[user.role]}</Tag>
      </span>
    ) : (
      <Select
        aria-label={`Role of ${user.name}`}
        w={140}
        data={roles
          .filter((role) => role !== 'owner' || owner)
          .map((role) => ({ value: role, label: roleWords[role] }))}
        value={user.role}
        onChange={(role) => role && role !== user.role && void setRole(user, role as Role)}
      />
    );
  const removeButton = (user: User) =>
    user.id === me.user.id ? (
      <span className="t3 small">You</span>
    ) : (
      <ReasonButton
        size="xs"
        variant="subtle"
        data-danger
        reason={fixed(user)}
        aria-label={`Remove ${user.name}`}
        onClick={() => setRemoving(user)}
      >
        Remove
      </ReasonButton>
    );
  const seen = (user: User) =>
    user.last_seen_at ? since(user.last_seen_at, zone).replace('Now', 'Here now') : 'Never signed in';
  const columns: Column<User>[] = [
    {
      key: 'name',
      header: 'Person',
      render: (user) => (
        <span className="row" style={{ gap: 12 }}>
          <Avatar name={user.name} size="small" />
          <span className="col">
            <span className="strong ellipsis">{user.name}</span>
            <span className="small t3 ellipsis">{user.email}</span>
          </span>
        </span>
      ),
    },
    { key: 'role', header: 'Role', width: 160, render: rolePicker },
    {
      key: 'seen',
      header: 'Last seen',
      width: 132,
      render: (user) => <span className="t2">{seen(user)}</span>,
    },
    { key: 'remove', header: 'Remove', quiet: true, width: 92, align: 'right', render: removeButton },
  ];
  return (
    <Page
      title="Team"
      sunken
      actions={
        <ReasonButton
          reason={write.reason}
          leftSection={<IconUserPlus size={16} stroke={1.75} />}
          onClick={() => setInviting(true)}
          aria-label="Invite a person"
        >
          {phone ? 'Invite' : 'Invite a person'}
        </ReasonButton>
      }
    >
      <div style={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 12, maxWidth: 900 }}>
        <Section title="People">
          {users.isPending ? (
            <RowSkeletons rows={3} />
          ) : users.error && !users.data ? (
            <ErrorState
              title="People could not be loaded"
              error={users.error}
              onRetry={() => void users.refetch()}
            />
          ) : (
            <DataTable
              label="People"
              columns={columns}
              rows={users.data?.data ?? []}
              rowKey={(user) => user.id}
              card={(user) => (
                <>
                  <div className="row" style={{ gap: 12 }}>
                    <Avatar name={user.name} />
                    <span className="col grow">
                      <span className="strong ellipsis">{user.name}</span>
                      <span className="small t3 ellipsis">{user.email}</span>
                    </span>
                    {removeButton(user)}
                  </div>
                  <div className="row" style={{ marginTop: 8 }}>
                    {rolePicker(user)}
                    <span className="t3 small end">{seen(user)}</span>
                  </div>
                </>
              )}
            />
          )}
        </Section>
        <Invitations />
        <Section title="What each role may do">
          <dl style={{ display: 'grid', gap: 8 }}>
            {roles.map((role) => (
              <div key={role} style={{ display: 'grid', gridTemplateColumns: '88px minmax(0, 1fr)', gap: 8 }}>
                <dt className="strong">{roleWords[role]}</dt>
                <dd className="t2">{roleHelp[role]}</dd>
              </div>
            ))}
          </dl>
        </Section>
      </div>
      <InviteDialog opened={inviting} onClose={() => setInviting(false)} />
      <ConfirmDialog
        opened={removing !== null}
        title={`Remove ${removing?.name ?? ''}?`}
        action="Remove from the team"
        busyLabel="Removing"
        danger
        busy={removal.busy}
        error={removal.error}
        onClose={() => setRemoving(null)}
        onConfirm={() => void remove()}
      >
        {removing?.name} is signed out everywhere and can no longer open this workspace. What they wrote and
        sent stays.
      </ConfirmDialog>
    </Page>
  );
}
