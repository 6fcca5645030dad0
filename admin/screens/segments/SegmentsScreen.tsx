// All segments: by rule and kept by hand, how many people each holds, and who counts on it.
import { Button } from '@mantine/core';
import { IconFilter, IconListDetails, IconPlus } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { ListedSegment } from '../../../contract/segments.ts';
import { keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { useMay, useZone } from '../../session.ts';
import { Tag } from '../../ui/Badge.tsx';
import { type Column, DataTable, usePhone } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { counted, figure } from '../../ui/numbers.ts';
import { Page } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { momentShort } from '../../ui/times.ts';
import { NewList } from './NewList.tsx';
import { Presets } from './Presets.tsx';
import { SegmentMenu } from './SegmentMenu.tsx';
import { CountOf, kindWord, TroubleBadge } from './segment-words.tsx';

export function SegmentsScreen() {
  const { search } = useSearch({ from: '/inside/segments' });
  const navigate = useNavigate({ from: '/segments' });
  const zone = useZone();
  const phone = usePhone();
  const write = useMay('segments:write');
  const [listing, setListing] = useState(false);
  const filter = { search, limit: 50 };
  const list = usePages<ListedSegment>(keys.segments(filter), '/segments', filter);
  const { rows } = list;
  const isEmpty = rows?.length === 0;
  const put = (text: string | undefined) =>
    void navigate({ search: { search: text || undefined }, replace: true });
  const open = (row: ListedSegment) => void navigate({ to: '/segments/$id', params: { id: row.id } });

  const name = (row: ListedSegment) => (
    <span className="row">
      <Link
        to="/segments/$id"
        params={{ id: row.id }}
        className="ellipsis strong"
        dir="auto"
        style={{ color: 'var(--c-text)' }}
      >
        {row.name}
      </Link>
      <TroubleBadge segment={row} />
    </span>
  );
  const users = (row: ListedSegment) =>
    row.used_by === 0 ? (
      <span className="t3">–</span>
    ) : (
      <Link
        to="/segments/$id"
        params={{ id: row.id }}
        search={{ part: 'used_by' }}
        aria-label={`Used by ${counted(row.used_by, 'segment or campaign', 'segments and campaigns')}`}
      >
        {figure(row.used_by)}
      </Link>
    );
  const columns: Column<ListedSegment>[] = [
    { key: 'name', header: 'Name', render: name },
    { key: 'kind', header: 'Kind', width: 104, render: (row) => <Tag>{kindWord(row)}</Tag> },
    {
      key: 'people',
      header: 'People',
      align: 'right',
      width: 168,
      render: (row) => <CountOf segment={row} />,
    },
    { key: 'used', header: 'Used by', align: 'right', width: 88, render: users },
    {
      key: 'updated',
      header: 'Changed',
      align: 'right',
      width: 184,
      from: 1200,
      render: (row) => <span className="t2">{momentShort(row.updated_at, zone)}</span>,
    },
    {
      key: 'menu',
      header: 'Actions',
      quiet: true,
      width: 48,
      render: (row) => <SegmentMenu segment={row} />,
    },
  ];
  const add = (
    <>
      <ReasonButton
        variant="default"
        reason={write.reason}
        leftSection={phone ? undefined : <IconListDetails size={16} stroke={1.75} />}
        onClick={() => setListing(true)}
      >
        Add list
      </ReasonButton>
      <ReasonButton
        reason={write.reason}
        leftSection={<IconPlus size={16} stroke={1.75} />}
        aria-label="Add segment"
        onClick={() => void navigate({ to: '/segments/new' })}
      >
        {phone ? 'Add' : 'Add segment'}
      </ReasonButton>
    </>
  );
  return (
    <Page
      title="Segments"
      aside={list.total !== undefined && list.total > 0 && <span>{figure(list.total)}</span>}
      actions={isEmpty && !search ? undefined : add}
      footer={
        rows && rows.length > 0 ? (
          <LoadMore
            shown={rows.length}
            total={list.total}
            one="segment"
            many="segments"
            hasMore={list.hasNextPage}
            loading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        ) : undefined
      }
    >
      {(!isEmpty || search) && (
        <div className="row wrap" style={{ marginBottom: 12 }}>
          <SearchField
            label="Search by name"
            value={search ?? ''}
            width={phone ? '100%' : 280}
            onSearch={put}
          />
        </div>
      )}
      {list.isPending ? (
        <RowSkeletons />
      ) : list.error && !rows ? (
        <ErrorState
          title="Segments could not be loaded"
          error={list.error}
          safe="Campaigns that use them go on."
          onRetry={() => void list.refetch()}
        />
      ) : isEmpty && search ? (
        <EmptyState
          icon={<IconFilter size={32} stroke={1.5} />}
          title="No segment is called so"
          actions={
            <Button variant="default" onClick={() => put(undefined)}>
              Clear search
            </Button>
          }
        >
          Searched for “{search}”.
        </EmptyState>
      ) : isEmpty ? (
        <>
          <EmptyState icon={<IconFilter size={32} stroke={1.5} />} title="No segments yet" actions={add}>
            A segment is a group of your contacts: by a rule that holds anew each time, or a list that you
            keep by hand. Campaigns can be sent to segments. Begin with one of these, or with nothing.
          </EmptyState>
          {write.may && <Presets />}
        </>
      ) : (
        <DataTable
          label="Segments"
          columns={columns}
          rows={rows ?? []}
          rowKey={(row) => row.id}
          stale={list.isPlaceholderData}
          onOpen={open}
          card={(row) => (
            <>
              <div className="row">
                <span className="grow">{name(row)}</span>
                <SegmentMenu segment={row} />
              </div>
              <div className="row wrap" style={{ marginTop: 8, gap: 24 }}>
                <Tag>{kindWord(row)}</Tag>
                <CountOf segment={row} />
                <span className="row end" style={{ gap: 4 }}>
                  <span className="t2">Used by</span>
                  {users(row)}
                </span>
              </div>
            </>
          )}
        />
      )}
      <NewList opened={listing} onClose={() => setListing(false)} />
    </Page>
  );
}
