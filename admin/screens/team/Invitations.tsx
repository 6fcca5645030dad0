// Invitations that nobody has taken yet.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Page as ListPage } from '../../../contract/lists.ts';
import type { Invitation } from '../../../contract/workspaces.ts';
import { api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { Tag } from '../../ui/Badge.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { day } from '../../ui/times.ts';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { roleWords } from './role-words.ts';

export function Invitations() {
  const client = useQueryClient();
  const zone = useZone();
  const write = useMay('users:write');
  const [revoking, setRevoking] = useState<Invitation | null>(null);
  const { busy, error, run } = useAction();
  const { data } = useQuery({
    queryKey: keys.invitations,
    queryFn: ({ signal }) => api.get<ListPage<Invitation>>('/invitations', { limit: 100 }, signal),
    enabled: write.may,
    retry: false,
  });
  const open = data?.data.filter((item) => item.status === 'open') ?? [];
  if (open.length === 0) return null;
  const revoke = () =>
    run(async () => {
      await api.delete(`/invitations/${revoking?.id}`);
      await client.invalidateQueries({ queryKey: keys.invitations });
      setRevoking(null);
      tell('Invitation revoked');
    });
  return (
    <Section title="Open invitations">
      <ul>
        {open.map((item) => (
          <li key={item.id} className="row wrap" style={{ minHeight: 40 }}>
            <span className="strong ellipsis">{item.email}</span>
            <Tag>{roleWords[item.role]}</Tag>
            <span className="t3 small" style={{ flex: '1 1 180px' }}>
              by {item.invited_by}, valid until {day(item.expires_at, zone)}
            </span>
            <ReasonButton
              size="xs"
              variant="subtle"
              data-danger
              reason={write.reason}
              aria-label={`Revoke the invitation of ${item.email}`}
              onClick={() => setRevoking(item)}
            >
              Revoke
            </ReasonButton>
          </li>
        ))}
      </ul>
      <ConfirmDialog
        opened={revoking !== null}
        title="Revoke the invitation?"
        action="Revoke invitation"
        busyLabel="Revoking"
        danger
        busy={busy}
        error={error}
        onClose={() => setRevoking(null)}
        onConfirm={() => void revoke()}
      >
        The link sent to {revoking?.email} stops working at once. You can invite them again.
      </ConfirmDialog>
    </Section>
  );
}
