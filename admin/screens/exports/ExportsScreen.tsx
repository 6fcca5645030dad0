// Exports of contacts: under way with their progress, ready with their file, or ended with the reason.
import { ActionIcon, Button } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconChevronLeft,
  IconDownload,
  IconFileExport,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ContactExport } from '../../../contract/exports.ts';
import { api, keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { useMay, useZone } from '../../session.ts';
import { Badge } from '../../ui/Badge.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { Note } from '../../ui/Note.tsx';
import { fileSize, people } from '../../ui/numbers.ts';
import { Page } from '../../ui/Page.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { moment } from '../../ui/times.ts';
import { WorkProgress } from '../../ui/WorkProgress.tsx';
import { columnsInWords } from './column-words.ts';
import css from './Exports.module.css';

export function ExportsScreen() {
  const list = usePages<ContactExport>(keys.works('export'), '/exports', { limit: 20 });
  const rows = list.rows;
  return (
    <Page
      title="Exports"
      sunken
      before={
        <ActionIcon variant="subtle" aria-label="Back to contacts" component={Link} to="/contacts">
          <IconChevronLeft size={20} stroke={1.75} />
        </ActionIcon>
      }
      footer={
        rows && list.hasNextPage ? (
          <LoadMore
            shown={rows.length}
            total={list.total}
            one="export"
            many="exports"
            hasMore={list.hasNextPage}
            loading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        ) : undefined
      }
    >
      {list.isPending ? (
        <RowSkeletons />
      ) : list.error && !rows ? (
        <ErrorState
          title="Exports could not be loaded"
          error={list.error}
          safe="Files that are being made go on being made."
          onRetry={() => void list.refetch()}
        />
      ) : rows?.length === 0 ? (
        <EmptyState
          icon={<IconFileExport size={32} stroke={1.5} />}
          title="No exports yet"
          actions={
            <Button component={Link} to="/contacts" variant="default">
              Choose contacts to export
            </Button>
          }
        >
          An export is a CSV file of contacts: filter the list of contacts, and press Export there.
        </EmptyState>
      ) : (
        <ul className={css.list} aria-label="Exports">
          {rows?.map((row) => (
            <li key={row.id} className={css.item}>
              <Item item={row} />
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}

function Item({ item }: { item: ContactExport }) {
  const zone = useZone();
  const client = useQueryClient();
  const read = useMay('exports:write');
  const { status, processed, size_bytes, download_url: href, available_until: until } = item;
  const underWay = status === 'queued' || status === 'running';
  const cancel = async () => {
    await api.post(`/exports/${item.id}/cancel`);
    await client.invalidateQueries({ queryKey: keys.works('export') });
  };
  return (
    <>
      <div className={css.head}>
        <div className="grow">
          <div className="strong">
            {item.filter && Object.keys(item.filter).length > 0 ? 'Filtered contacts' : 'All contacts'}
            {!underWay && `, ${people(processed)}`}
          </div>
          <div className="small t3">
            {columnsInWords(item.columns)}. By {item.by}, {moment(item.created_at, zone)}
          </div>
        </div>
        {!underWay && <State status={status} />}
        {href && (
          <Button
            component="a"
            href={href}
            variant="default"
            leftSection={<IconDownload size={16} stroke={1.75} />}
          >
            Download, {fileSize(size_bytes)}
          </Button>
        )}
      </div>
      {underWay && (
        <WorkProgress work={{ ...item, status }} noun="people" reason={read.reason} onCancel={cancel} />
      )}
      {status === 'failed' && (
        <Note tone="bad">{item.problem ?? 'The export stopped.'} Export it again.</Note>
      )}
      {href && until && (
        <div className="small t3">
          The file is kept until {moment(until, zone)} {zone}.
        </div>
      )}
      {status === 'finished' && !href && (
        <div className="small t3">The file is removed by now. Export it again.</div>
      )}
    </>
  );
}

function State({ status }: { status: ContactExport['status'] }) {
  if (status === 'failed')
    return (
      <Badge tone="bad" icon={<IconAlertTriangle aria-hidden />}>
        Stopped
      </Badge>
    );
  if (status === 'cancelled')
    return (
      <Badge tone="outline" icon={<IconBan aria-hidden />}>
        Cancelled
      </Badge>
    );
  return (
    <Badge tone="ok" icon={<IconCheck aria-hidden />}>
      Ready
    </Badge>
  );
}
