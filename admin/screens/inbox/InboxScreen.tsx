// Messages: conversations on the left, the open one beside it. On a phone the list leads to the thread.

import { Button } from '@mantine/core';
import { IconInbox, IconMessages } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useMatchRoute, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { Conversation } from '../../../contract/conversations.ts';
import { keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { connectionsQuery, useZone } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { usePhone } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { FilterTabs } from '../../ui/FilterTabs.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { figure } from '../../ui/numbers.ts';
import { phoneText } from '../../ui/phones.ts';
import { SearchField } from '../../ui/SearchField.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { ago } from '../../ui/times.ts';
import { ChannelTile } from '../frame/ChannelTile.tsx';
import css from './Inbox.module.css';

const shows: Record<string, { status?: string; unread?: boolean; opt_out_question?: boolean }> = {
  open: { status: 'open' },
  unread: { unread: true },
  resolved: { status: 'resolved' },
  decide: { opt_out_question: true },
  all: {},
};

export function InboxScreen() {
  const phone = usePhone();
  const open = useMatchRoute()({ to: '/inbox/$id' });
  useEffect(() => {
    document.title = 'Inbox – Carillon';
  }, []);
  return (
    <div className={css.inbox}>
      {(!phone || !open) && <ConversationList />}
      {open ? (
        <Outlet />
      ) : (
        !phone && (
          <div className={css.nothing}>
            <EmptyState icon={<IconMessages size={32} stroke={1.5} />} title="Choose a conversation">
              Replies to campaigns and messages to your bots and numbers arrive here at once. What you answer
              goes out through the same one.
            </EmptyState>
          </div>
        )
      )}
    </div>
  );
}

function ConversationList() {
  const search = useSearch({ from: '/inside/inbox' });
  const navigate = useNavigate();
  const matchRoute = useMatchRoute();
  const current = matchRoute({ to: '/inbox/$id' });
  const zone = useZone();
  const show = search.show && search.show in shows ? search.show : 'open';
  const filter = { ...shows[show], search: search.search, limit: 50 };
  const list = usePages<Conversation>(keys.conversations(filter), '/conversations', filter);
  const total = list.total;
  const put = (change: Partial<typeof search>) =>
    void navigate({
      to: current ? '/inbox/$id' : '/inbox',
      params: current || {},
      search: { ...search, ...change },
      replace: true,
    } as Parameters<typeof navigate>[0]);
  const filtered = Boolean(search.search) || show !== 'open';
  const { data: connections } = useQuery(connectionsQuery);
  const unconnected = connections?.data.length === 0 && list.rows?.length === 0 && !search.search;
  return (
    <section className={css.list} aria-label="Conversations">
      <header className={css.listHead}>
        <div className="row" style={{ alignItems: 'baseline' }}>
          <h1 className={css.title} tabIndex={-1}>
            Inbox
          </h1>
          {total !== undefined && total > 0 && <span className="t3">{figure(total)}</span>}
        </div>
        <FilterTabs
          label="Show"
          value={show}
          onChange={(value) => put({ show: value === 'open' ? undefined : value })}
          choices={[
            { value: 'open', label: 'Open' },
            { value: 'unread', label: 'Unread' },
            { value: 'decide', label: 'Decide' },
            { value: 'resolved', label: 'Closed' },
            { value: 'all', label: 'All' },
          ]}
        />
        <SearchField
          label="Search people"
          value={search.search ?? ''}
          width="100%"
          onSearch={(text) => put({ search: text || undefined })}
        />
      </header>
      <div className={css.rows}>
        {list.isPending ? (
          <RowSkeletons rows={7} height={72} />
        ) : list.error && !list.rows ? (
          <div style={{ padding: '0 12px' }}>
            <ErrorState
              title="Conversations could not be loaded"
              error={list.error}
              safe="No message is lost."
              onRetry={() => void list.refetch()}
            />
          </div>
        ) : list.rows?.length === 0 ? (
          <EmptyState
            icon={<IconInbox size={28} stroke={1.5} />}
            title={
              unconnected ? 'No message yet' : filtered ? 'No conversation matches' : 'No open conversation'
            }
            actions={
              unconnected ? (
                <Button component={Link} to="/connections">
                  Add connection
                </Button>
              ) : filtered ? (
                <Button variant="default" onClick={() => put({ show: undefined, search: undefined })}>
                  Clear filters
                </Button>
              ) : (
                <Button variant="default" component={Link} to="/contacts">
                  Write to a contact
                </Button>
              )
            }
          >
            {unconnected
              ? 'Connect a bot or a number, and what people write appears here.'
              : filtered
                ? `Showing ${show}${search.search ? ` and “${search.search}”` : ''} only.`
                : 'Everything is answered. New messages appear here by themselves.'}
          </EmptyState>
        ) : (
          <ul>
            {list.rows?.map((row) => (
              <li key={row.id}>
                <Row conversation={row} zone={zone} />
              </li>
            ))}
          </ul>
        )}
        {list.hasNextPage && (
          <div style={{ padding: 12 }}>
            <LoadMore
              shown={list.rows?.length ?? 0}
              one="conversation"
              many="conversations"
              hasMore
              total={total}
              loading={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
            />
          </div>
        )}
      </div>
    </section>
  );
}

function Row({ conversation, zone }: { conversation: Conversation; zone: string }) {
  const { contact, last_message: last, unread } = conversation;
  return (
    <Link
      to="/inbox/$id"
      params={{ id: conversation.id }}
      search={(old) => old}
      className={css.row}
      data-unread={unread > 0 || undefined}
    >
      <Avatar name={contact.name} corner={<ChannelTile channel={conversation.channel} size={16} />} />
      <span className={css.rowText}>
        <span className="row">
          <span className={`ellipsis grow ${css.rowName}`} dir="auto">
            {phoneText(contact.name)}
          </span>
          {last && <time className="small t3 nowrap">{ago(last.at, zone)}</time>}
        </span>
        <span className="row">
          <span className={`ellipsis grow ${css.rowLast}`}>
            {last?.direction === 'out' && 'You: '}
            {last ? <bdi>{last.text}</bdi> : 'No message yet'}
          </span>
          {unread > 0 && (
            <span className={css.unread}>
              {unread}
              <span className="sr-only"> unread</span>
            </span>
          )}
        </span>
        {conversation.opt_out_question ? (
          <span className="small warn">May want to stop: please decide</span>
        ) : contact.opted_out ? (
          <span className="small bad">Opted out of campaigns</span>
        ) : !contact.reachable ? (
          <span className="small t3">Cannot be reached at present</span>
        ) : conversation.status === 'resolved' ? (
          <span className="small t3">Closed</span>
        ) : null}
      </span>
    </Link>
  );
}
