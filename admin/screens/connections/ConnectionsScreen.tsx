// The bots that messages go out through: state, a test, the token, and a new one.
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
import { AddBot } from './AddBot.tsx';
import { ConnectionCard } from './ConnectionCard.tsx';
import css from './Connections.module.css';

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
      aria-label="Add Telegram bot"
    >
      {label}
    </ReasonButton>
  );
  const empty = list.data?.data.length === 0;
  return (
    <Page title="Connections" sunken actions={empty ? undefined : add(phone ? 'Add' : 'Add Telegram bot')}>
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
          title="Connect a Telegram bot"
          actions={add('Add Telegram bot')}
        >
          A connection is what messages go out and come in through. A bot token from @BotFather is all it
          takes, it is free and takes about a minute.
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
          WhatsApp and website chat are connected here in a later release.
          {setup?.sandbox && ' The sandbox bot works on simulated phones: nothing leaves this machine.'}
        </p>
      )}
      <AddBot opened={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}
