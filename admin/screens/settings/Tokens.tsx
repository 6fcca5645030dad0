// API tokens: what each may do, when it was last used, a new one shown once, revoking.
import { Button } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Page as ListPage } from '../../../contract/lists.ts';
import type { ApiToken } from '../../../contract/workspaces.ts';
import { api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { counted } from '../../ui/numbers.ts';
import { Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { day, moment } from '../../ui/times.ts';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { NewToken } from './NewToken.tsx';

export function Tokens() {
  const client = useQueryClient();
  const zone = useZone();
  const write = useMay('tokens:write');
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<ApiToken | null>(null);
  const { busy, error: revokeError, run } = useAction();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keys.tokens,
    queryFn: ({ signal }) => api.get<ListPage<ApiToken>>('/tokens', { limit: 100 }, signal),
  });
  const revoke = () =>
    run(async () => {
      await api.delete(`/tokens/${revoking?.id}`);
      await client.invalidateQueries({ queryKey: keys.tokens });
      setRevoking(null);
      tell('Token revoked');
    });
  const add = (
    <ReasonButton
      reason={write.reason}
      leftSection={<IconPlus size={16} stroke={1.75} />}
      onClick={() => setAdding(true)}
    >
      Add token
    </ReasonButton>
  );
  return (
    <Section
      title="API tokens"
      aside={data && data.data.length > 0 && add}
      help="A token lets a program of yours use the API, within what you allow it."
    >
      {isPending ? (
        <RowSkeletons rows={2} />
      ) : error && !data ? (
        <ErrorState title="Tokens could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : data?.data.length === 0 ? (
        <EmptyState icon={<IconKey size={28} stroke={1.5} />} title="No token yet" actions={add}>
          Connect your shop’s backend: it can add contacts, start campaigns and read reports.
        </EmptyState>
      ) : (
        <ul>
          {data?.data.map((token) => (
            <li key={token.id} className="row wrap" style={{ minHeight: 52, gap: 12 }}>
              <span className="col grow">
                <span className="row">
                  <span className="strong ellipsis">{token.name}</span>
                  <span className="mono t3">{token.hint}…</span>
                </span>
                <span className="small t3" title={token.scopes.join(', ')}>
                  May do {counted(token.scopes.length, 'thing', 'things')}:{' '}
                  {token.scopes.length > 4
                    ? `${token.scopes.slice(0, 4).join(', ')} and ${token.scopes.length - 4} more`
                    : token.scopes.join(', ')}
                </span>
                <span className="small t3">
                  {token.last_used_at ? `Last used ${moment(token.last_used_at, zone)}` : 'Never used'}
                  {token.expires_at && `, valid until ${day(token.expires_at, zone)}`}
                  {token.created_by && `, added by ${token.created_by}`}
                </span>
              </span>
              <Button
                size="xs"
                variant="subtle"
                data-danger
                disabled={!write.may}
                aria-label={`Revoke ${token.name}`}
                onClick={() => setRevoking(token)}
              >
                Revoke
              </Button>
            </li>
          ))}
        </ul>
      )}
      <NewToken opened={adding} onClose={() => setAdding(false)} />
      <ConfirmDialog
        opened={revoking !== null}
        title={`Revoke ${revoking?.name ?? ''}?`}
        action="Revoke token"
        busyLabel="Revoking"
        danger
        busy={busy}
        error={revokeError}
        onClose={() => setRevoking(null)}
        onConfirm={() => void revoke()}
      >
        Programs that use it are refused from now on. This cannot be taken back.
      </ConfirmDialog>
    </Section>
  );
}
