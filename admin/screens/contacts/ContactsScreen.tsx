// The people who can be messaged: search, tags, and a way to add one by hand.
import { Button } from '@mantine/core';
import { IconFileImport, IconPlus, IconUserPlus, IconUsers, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Contact } from '../../../contract/contacts.ts';
import { keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { connectionsQuery, useMay, useZone } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { Tag } from '../../ui/Badge.tsx';
import { type Column, DataTable, usePhone } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { figure } from '../../ui/numbers.ts';
import { Page } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { day } from '../../ui/times.ts';
import { AddContact } from './AddContact.tsx';
import css from './Contacts.module.css';
import { contactName } from './contact-name.ts';
import { Reach } from './Reach.tsx';

export function ContactsScreen() {
  const search = useSearch({ from: '/inside/contacts' });
  const navigate = useNavigate({ from: '/contacts' });
  const zone = useZone();
  const phone = usePhone();
  const write = useMay('contacts:write');
  const [adding, setAdding] = useState(false);
  const { data: connections } = useQuery(connectionsQuery);
  const sort = search.sort ?? '-created_at';
  const filter = { search: search.search, tag: search.tag, sort, limit: 50 };
  const list = usePages<Contact>(keys.contacts(filter), '/contacts', filter);
  const put = (change: Partial<typeof search>) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  const sortBy = (
    column: 'name' | 'created_at',
    first: 'up' | 'down',
  ): NonNullable<Column<Contact>['sort']> => {
    const direction = sort === column ? 'up' : sort === `-${column}` ? 'down' : null;
    const next = direction === null ? first : direction === 'up' ? 'down' : 'up';
    const wanted = next === 'up' ? column : `-${column}`;
    return { direction, onSort: () => put({ sort: wanted === '-created_at' ? undefined : wanted }) };
  };
  const rows = list.rows;
  const filtered = Boolean(search.search || search.tag);
  const bot = connections?.data.find((item) => item.identity.username);

  const name = (row: Contact) => (
    <Link
      to="/contacts/$id"
      params={{ id: row.id }}
      className="ellipsis strong"
      dir="auto"
      style={{ color: 'var(--c-text)', display: 'block' }}
    >
      {contactName(row)}
    </Link>
  );
  const tags = (row: Contact) => (
    <span className={css.tags}>
      {row.tags.slice(0, 2).map((tag) => (
        <button
          key={tag}
          type="button"
          className={`plain-button ${css.tag}`}
          title={`Show only ${tag}`}
          onClick={() => put({ tag })}
        >
          <Tag>
            <span className="ellipsis">{tag}</span>
          </Tag>
        </button>
      ))}
      {row.tags.length > 2 && (
        <span className="t3 small nowrap" title={row.tags.slice(2).join(', ')}>
          +{row.tags.length - 2}
        </span>
      )}
    </span>
  );
  const columns: Column<Contact>[] = [
    {
      key: 'name',
      header: 'Name',
      sort: sortBy('name', 'up'),
      render: (row) => (
        <span className="row" style={{ gap: 12 }}>
          <Avatar name={contactName(row)} size="small" />
          <span className="grow">{name(row)}</span>
        </span>
      ),
    },
    { key: 'reach', header: 'Reachable', width: 210, render: (row) => <Reach contact={row} /> },
    {
      key: 'mail',
      header: 'Email',
      width: '20%',
      render: (row) => <span className="ellipsis t2">{row.email ?? '–'}</span>,
    },
    { key: 'language', header: 'Language', width: 88, render: (row) => row.language ?? '–' },
    { key: 'tags', header: 'Tags', width: '20%', render: tags },
    {
      key: 'added',
      header: 'Added',
      sort: sortBy('created_at', 'down'),
      width: 112,
      render: (row) => <span className="t2">{day(row.created_at, zone)}</span>,
    },
  ];
  const add = (label: string) => (
    <ReasonButton
      reason={write.reason}
      leftSection={<IconPlus size={16} stroke={1.75} />}
      onClick={() => setAdding(true)}
      aria-label="Add contact"
    >
      {label}
    </ReasonButton>
  );
  const fromFile = (
    <Button
      variant="default"
      component={Link}
      to="/contacts/import"
      leftSection={<IconFileImport size={16} stroke={1.75} />}
    >
      Import
    </Button>
  );
  return (
    <Page
      title="Contacts"
      aside={list.total !== undefined && list.total > 0 && <span>{figure(list.total)}</span>}
      actions={
        rows?.length === 0 && !filtered ? undefined : (
          <>
            {fromFile}
            {add(phone ? 'Add' : 'Add contact')}
          </>
        )
      }
      footer={
        rows && rows.length > 0 ? (
          <LoadMore
            shown={rows.length}
            total={list.total}
            one="contact"
            many="contacts"
            hasMore={list.hasNextPage}
            loading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        ) : undefined
      }
    >
      <div className="row wrap" style={{ marginBottom: 12 }}>
        <SearchField
          label="Search name, email or id"
          value={search.search ?? ''}
          width={phone ? '100%' : 280}
          onSearch={(text) => put({ search: text || undefined })}
        />
        {search.tag && (
          <Button
            variant="default"
            rightSection={<IconX size={14} />}
            aria-label={`Remove the filter ${search.tag}`}
            onClick={() => put({ tag: undefined })}
          >
            Tag: {search.tag}
          </Button>
        )}
      </div>
      {list.isPending ? (
        <RowSkeletons />
      ) : list.error && !rows ? (
        <ErrorState
          title="Contacts could not be loaded"
          error={list.error}
          safe="Nothing is lost."
          onRetry={() => void list.refetch()}
        />
      ) : rows?.length === 0 ? (
        filtered ? (
          <EmptyState
            icon={<IconUsers size={32} stroke={1.5} />}
            title="Nobody matches"
            actions={
              <Button variant="default" onClick={() => put({ search: undefined, tag: undefined })}>
                Clear filters
              </Button>
            }
          >
            Searched for{' '}
            {[search.search && `“${search.search}”`, search.tag && `tag ${search.tag}`]
              .filter(Boolean)
              .join(' and ')}
            .
          </EmptyState>
        ) : (
          <EmptyState
            icon={<IconUserPlus size={32} stroke={1.5} />}
            title="No contacts yet"
            actions={
              <>
                {add('Add contact')}
                {fromFile}
              </>
            }
          >
            Contacts are the people you may message.{' '}
            {bot
              ? `Whoever opens t.me/${bot.identity.username} and presses Start appears here by themselves.`
              : 'Connect a bot: whoever presses Start in it appears here by themselves.'}
          </EmptyState>
        )
      ) : (
        <DataTable
          label="Contacts"
          columns={columns}
          rows={rows ?? []}
          rowKey={(row) => row.id}
          stale={list.isPlaceholderData}
          onOpen={(row) => void navigate({ to: '/contacts/$id', params: { id: row.id } })}
          card={(row) => (
            <>
              <div className="row" style={{ gap: 12 }}>
                <Avatar name={contactName(row)} />
                <span className="grow">
                  {name(row)}
                  <span className="small t3 ellipsis" style={{ display: 'block' }}>
                    {row.email ?? row.phone ?? `Added ${day(row.created_at, zone)}`}
                  </span>
                </span>
              </div>
              <div className="row wrap" style={{ marginTop: 8 }}>
                <Reach contact={row} />
                {tags(row)}
              </div>
            </>
          )}
        />
      )}
      <AddContact opened={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}
