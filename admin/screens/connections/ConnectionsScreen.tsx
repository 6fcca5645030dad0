// The bots and numbers that messages go out through: state, a test, the credentials, and a new one. Below them the shops.
import { IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { connectionsQuery, setupQuery, useMay } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { Page } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { AddConnection } from './AddConnection.tsx';
import { ConnectionCard } from './ConnectionCard.tsx';
import css from './Connections.module.css';
import { ShopSection } from './shop/ShopSection.tsx';

export function ConnectionsScreen() {
  const phone = usePhone();
  const write = useMay('connections:write');
  const list = useQuery(connectionsQuery);
  const { data: setup } = useQuery(setupQuery);
  const [adding, setAdding] = useState(false);
  const add = (label: string) => (
    <ReasonButton
      reason={write.reason}
      leftSection={<IconPlus size={16} stroke={1.75} />}
      onClick={() => setAdding(true)}
      aria-label="Add connection"
    >
      {label}
    </ReasonButton>
  );
  const empty = list.data?.data.length === 0;
  return (
    <Page title="Connections" sunken actions={empty ? undefined : add(phone ? 'Add' : 'Add connection')}>
      {list.isPending ? (
        <BlockSkeleton height={132} count={2} />
      ) : list.error && !list.data ? (
        <ErrorState
          title="Connections could not be loaded"
          error={list.error}
          safe="Nothing is lost."
          onRetry={() => void list.refetch()}
        />
      ) : empty ? (
        <EmptyState
          icon={<IconPlugConnected size={32} stroke={1.5} />}
          title="Connect a Telegram bot or a WhatsApp number"
          actions={add('Add connection')}
        >
          A connection is what messages go out and come in through. A bot takes a token from @BotFather, free
          and in about a minute; a number takes an app of Meta’s Cloud API.
        </EmptyState>
      ) : (
        <ul className={css.cards}>
          {list.data?.data.map((connection) => (
            <li key={connection.id}>
              <ConnectionCard connection={connection} />
            </li>
          ))}
        </ul>
      )}
      {!empty && list.data && (
        <p className="t3 small" style={{ marginTop: 16, maxWidth: 640 }}>
          Website chat is connected here in a later release.
          {setup?.sandbox &&
            ' Connections of the sandbox work on simulated phones: nothing leaves this machine.'}
        </p>
      )}
      <ShopSection />
      <AddConnection opened={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}
