// The first step of an import, and all imports there were.
import { ActionIcon } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ContactImport } from '../../../contract/imports.ts';
import { keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { useMay, useZone } from '../../session.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { Note } from '../../ui/Note.tsx';
import { figure, share } from '../../ui/numbers.ts';
import { Page, Section } from '../../ui/Page.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { moment } from '../../ui/times.ts';
import { ExampleFile } from './ExampleFile.tsx';
import { FileDrop } from './FileDrop.tsx';
import { ForCampaign } from './ForCampaign.tsx';
import css from './Imports.module.css';
import { StatusBadge } from './StatusBadge.tsx';

export function ImportsScreen() {
  const navigate = useNavigate();
  const { campaign } = useSearch({ from: '/inside/contacts/import' });
  const zone = useZone();
  const write = useMay('imports:write');
  const read = useMay('imports:read');
  const list = usePages<ContactImport>(keys.works('import'), '/imports', { limit: 20 }, read.may);
  const rows = list.rows;
  const name = (row: ContactImport) => (
    <Link
      to="/contacts/import/$id"
      params={{ id: row.id }}
      search={{ campaign }}
      className="ellipsis strong"
      style={{ color: 'var(--c-text)', display: 'block' }}
      dir="auto"
      title={row.file_name}
    >
      {row.file_name}
    </Link>
  );
  const arrived = (row: ContactImport) =>
    row.status === 'mapping' ? '–' : figure(row.created + row.updated + row.skipped);
  const state = (row: ContactImport) => (
    <span className="row">
      <StatusBadge status={row.status} />
      {row.status === 'running' && row.total !== null && (
        <span className="small t3">{share(row.processed, row.total)}</span>
      )}
    </span>
  );
  const columns: Column<ContactImport>[] = [
    { key: 'name', header: 'File', render: name },
    { key: 'state', header: 'State', width: 170, render: state },
    { key: 'arrived', header: 'Arrived', width: 110, align: 'right', render: arrived },
    {
      key: 'rejected',
      header: 'Rejected',
      width: 110,
      align: 'right',
      render: (row) => (row.status === 'mapping' ? '–' : figure(row.rejected)),
    },
    {
      key: 'by',
      header: 'By',
      width: '16%',
      from: 1200,
      render: (row) => <span className="ellipsis t2">{row.created_by}</span>,
    },
    {
      key: 'at',
      header: 'Uploaded',
      width: 170,
      render: (row) => <span className="t2">{moment(row.created_at, zone)}</span>,
    },
  ];
  return (
    <Page
      title="Import contacts"
      before={
        <ActionIcon variant="subtle" aria-label="Back to contacts" component={Link} to="/contacts">
          <IconChevronLeft size={20} stroke={1.75} />
        </ActionIcon>
      }
      footer={
        rows && rows.length > 0 && list.hasNextPage ? (
          <LoadMore
            shown={rows.length}
            total={list.total}
            one="import"
            many="imports"
            hasMore={list.hasNextPage}
            loading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        ) : undefined
      }
    >
      <div className={css.work}>
        {campaign && <ForCampaign id={campaign} />}
        <FileDrop reason={write.reason} campaign={campaign} />
        <p className={css.hints}>
          <ExampleFile />
          <span className="t3">
            The first row holds the names of the columns, in any language and order; each further row is a
            person.
          </span>
        </p>
        {!read.may ? (
          <Note tone="info">{read.reason}</Note>
        ) : list.isPending ? (
          <RowSkeletons />
        ) : list.error && !rows ? (
          <ErrorState
            title="Past imports could not be loaded"
            error={list.error}
            safe="A file can be imported all the same."
            onRetry={() => void list.refetch()}
          />
        ) : rows && rows.length > 0 ? (
          <Section title="Imports">
            <DataTable
              label="Imports"
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
              onOpen={(row) =>
                void navigate({ to: '/contacts/import/$id', params: { id: row.id }, search: { campaign } })
              }
              card={(row) => (
                <>
                  {name(row)}
                  <div className="row wrap" style={{ marginTop: 8 }}>
                    {state(row)}
                    <span className="small t3">{moment(row.created_at, zone)}</span>
                  </div>
                  {row.status !== 'mapping' && (
                    <div className="small t2" style={{ marginTop: 4 }}>
                      {arrived(row)} arrived, {figure(row.rejected)} rejected
                    </div>
                  )}
                </>
              )}
            />
          </Section>
        ) : null}
      </div>
    </Page>
  );
}
