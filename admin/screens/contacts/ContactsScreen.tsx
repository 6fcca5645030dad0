// The people who can be messaged: found, filtered, sorted, and changed many at once. What is shown stands in the address.
import { Button, Menu } from '@mantine/core';
import {
  IconDots,
  IconDownload,
  IconFileImport,
  IconFilterOff,
  IconPlus,
  IconUserPlus,
} from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { ContactFilter } from '../../../contract/contact-filter.ts';
import type { Contact } from '../../../contract/contacts.ts';
import type { Page as ListPage } from '../../../contract/lists.ts';
import { api, keys } from '../../api.ts';
import { connectionsQuery, useMay, useZone } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { figure } from '../../ui/numbers.ts';
import { Page } from '../../ui/Page.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { ExportButton, ExportDialog } from '../exports/ExportButton.tsx';
import { AddContact } from './AddContact.tsx';
import { BulkBar } from './BulkBar.tsx';
import { BulkProgress } from './BulkProgress.tsx';
import css from './Contacts.module.css';
import { ContactTable } from './ContactTable.tsx';
import { type ContactsSearch, filterOf, isFiltered, queryOf } from './contacts-search.ts';
import { type Deed, DeedDialog } from './DeedDialog.tsx';
import { FilterBar } from './FilterBar.tsx';
import { useSelection } from './use-selection.ts';
import { wrongPart } from './wrong-part.ts';

type ContactPage = ListPage<Contact> & { previous_cursor: string | null };
const perPage = 50;

export function ContactsScreen() {
  const search = useSearch({ from: '/inside/contacts' });
  const navigate = useNavigate({ from: '/contacts' });
  const zone = useZone();
  const phone = usePhone();
  const write = useMay('contacts:write');
  const [adding, setAdding] = useState(false);
  const [deed, setDeed] = useState<Deed | null>(null);
  const filter = filterOf(search);
  const { list, total } = useContacts(search);
  const rows = list.data?.data ?? [];
  const selection = useSelection(
    filter,
    rows.map((row) => row.id),
    total,
  );
  const filtered = isFiltered(filter);
  const empty = list.data !== undefined && rows.length === 0 && !filtered && !search.cursor;
  const page = search.page ?? 1;

  const show = (next: ContactsSearch, quietly = false) =>
    void navigate({ search: next, replace: quietly, resetScroll: false });
  const showFilter = (next: ContactFilter, quietly = false) =>
    show({ ...next, ...(search.sort ? { sort: search.sort } : {}) }, quietly);
  const sort = search.sort ?? '-created_at';
  const sortBy = (next: string) => show({ ...filter, ...(next === '-created_at' ? {} : { sort: next }) });
  const turn = (cursor: string | null | undefined, to: number) =>
    cursor ? () => show({ ...search, cursor, page: to }) : null;

  const bulk = selection.count !== 0 && rows.length > 0 && (
    <BulkBar
      selection={selection}
      total={total}
      shown={rows.length}
      isUnfiltered={!filtered}
      onDeed={setDeed}
    />
  );
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
  return (
    <Page
      title="Contacts"
      aside={total !== undefined && total > 0 && <span data-testid="contact-count">{figure(total)}</span>}
      actions={
        empty ? undefined : (
          <>
            {phone ? (
              <MoreActions filter={filter} total={total} />
            ) : (
              <DeskActions filter={filter} total={total} />
            )}
            {add(phone ? 'Add' : 'Add contact')}
          </>
        )
      }
      footer={
        bulk && phone ? (
          bulk
        ) : rows.length > 0 ? (
          <Pager
            page={page}
            perPage={perPage}
            shown={rows.length}
            total={total}
            onBefore={turn(list.data?.previous_cursor, Math.max(1, page - 1))}
            onAfter={turn(list.data?.next_cursor, page + 1)}
          >
            {!phone && <span className="t3">Times are shown in {zone}</span>}
          </Pager>
        ) : undefined
      }
    >
      <BulkProgress />
      {!empty && <FilterBar filter={filter} onFilter={showFilter} sort={sort} onSort={sortBy} />}
      {bulk && !phone && <div className={css.over}>{bulk}</div>}
      {list.isPending ? (
        <RowSkeletons />
      ) : list.error && !list.data ? (
        <NotLoaded search={search} error={list.error} onShow={show} onRetry={() => void list.refetch()} />
      ) : empty ? (
        <FirstContact add={add('Add contact')} />
      ) : rows.length === 0 ? (
        <EmptyState
          icon={<IconFilterOff size={32} stroke={1.5} />}
          title="Nobody matches"
          actions={
            <Button variant="default" onClick={() => showFilter({})}>
              Clear filters
            </Button>
          }
        >
          {filter.search ? `Nobody called or reached by “${filter.search}”` : 'Nobody'}
          {Object.keys(filter).some((name) => name !== 'search')
            ? ' meets the filters above.'
            : ' is among your contacts.'}
        </EmptyState>
      ) : (
        <ContactTable
          rows={rows}
          stale={list.isPlaceholderData}
          sort={sort}
          onSort={sortBy}
          onTag={(tag) => showFilter({ ...filter, tags: [...new Set([...(filter.tags ?? []), tag])] })}
          selection={selection}
          mayChoose={write.may}
        />
      )}
      {deed && (
        <DeedDialog
          deed={deed}
          select={selection.select}
          count={selection.count}
          onClose={() => setDeed(null)}
          onStarted={() => {
            setDeed(null);
            selection.clear();
          }}
        />
      )}
      <AddContact opened={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}

interface NotLoadedProps {
  search: ContactsSearch;
  error: unknown;
  onShow: (search: ContactsSearch) => void;
  onRetry: () => void;
}

/** Trying again keeps what was asked; what cannot be asked any more is named, and can be taken out alone. */
function NotLoaded({ search, error, onShow, onRetry }: NotLoadedProps) {
  const wrong = wrongPart(error, search);
  const clear = isFiltered(filterOf(search)) && (
    <Button variant={wrong ? 'subtle' : 'default'} onClick={() => onShow({})}>
      Clear filters
    </Button>
  );
  if (!wrong)
    return (
      <ErrorState
        title="Contacts could not be loaded"
        error={error}
        safe="Nothing is lost."
        onRetry={onRetry}
        actions={clear}
      />
    );
  return (
    <EmptyState
      icon={<IconFilterOff size={32} stroke={1.5} />}
      title={wrong.title}
      actions={
        <>
          <Button variant="default" onClick={() => onShow(wrong.without)}>
            {wrong.remove}
          </Button>
          {clear}
        </>
      }
    >
      {wrong.text}
    </EmptyState>
  );
}

/** One page, and how many there are in all: counted apart, for among a million that may take longer than the page. */
function useContacts(search: ContactsSearch) {
  const filter = queryOf(filterOf(search));
  const asked = { ...filter, sort: search.sort ?? '-created_at', cursor: search.cursor, limit: perPage };
  const list = useQuery({
    queryKey: keys.contacts(asked),
    queryFn: ({ signal }) => api.get<ContactPage>('/contacts', asked, signal),
    placeholderData: keepPreviousData,
  });
  const counted = useQuery({
    queryKey: keys.contactCount(filter),
    queryFn: ({ signal }) => api.get<{ count: number }>('/contacts/count', filter, signal),
  });
  return { list, total: counted.data?.count };
}

interface ActionProps {
  filter: ContactFilter;
  total: number | undefined;
}

function DeskActions({ filter, total }: ActionProps) {
  return (
    <>
      <ExportButton filter={filter} count={total} />
      <Button
        variant="default"
        component={Link}
        to="/contacts/import"
        leftSection={<IconFileImport size={16} stroke={1.75} />}
      >
        Import
      </Button>
    </>
  );
}

function MoreActions({ filter, total }: ActionProps) {
  const [exporting, setExporting] = useState(false);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px={8} aria-label="More actions">
            <IconDots size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} to="/contacts/import" leftSection={<IconFileImport size={16} />}>
            Import
          </Menu.Item>
          <Menu.Item leftSection={<IconDownload size={16} />} onClick={() => setExporting(true)}>
            Export
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {exporting && <ExportDialog filter={filter} count={total} onClose={() => setExporting(false)} />}
    </>
  );
}

function FirstContact({ add }: { add: React.ReactNode }) {
  const { data: connections } = useQuery(connectionsQuery);
  const bot = connections?.data.find((item) => item.identity.username);
  return (
    <EmptyState
      icon={<IconUserPlus size={32} stroke={1.5} />}
      title="No contacts yet"
      actions={
        <>
          {add}
          <Button
            variant="default"
            component={Link}
            to="/contacts/import"
            leftSection={<IconFileImport size={16} stroke={1.75} />}
          >
            Import a file
          </Button>
        </>
      }
    >
      Contacts are the people you may message.{' '}
      {bot
        ? `Whoever opens t.me/${bot.identity.username} and presses Start appears here by themselves.`
        : 'Connect a bot or a number: whoever presses Start or writes appears here by themselves.'}
    </EmptyState>
  );
}
