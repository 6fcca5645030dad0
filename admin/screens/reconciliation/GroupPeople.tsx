// The people of one group: who, where, when and why, with the way to their thread and the history of their message.

import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Delivery } from '../../../contract/deliveries.ts';
import type { ReckoningGroup } from '../../../contract/reconciliation.ts';
import { api, keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { useZone } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { type Column, DataTable, usePhone } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { addressText, phoneText } from '../../ui/phones.ts';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { moment } from '../../ui/times.ts';
import { DeliveryDrawer } from '../report/DeliveryDrawer.tsx';
import { ReckoningBadge } from './Groups.tsx';
import css from './Reconciliation.module.css';

export function GroupPeople(props: { campaignId: string; runId: string; group: ReckoningGroup }) {
  const { campaignId, runId, group } = props;
  const zone = useZone();
  const phone = usePhone();
  const [open, setOpen] = useState<Delivery | null>(null);
  const filter = { run_id: runId, state: group.log?.state, reason: group.log?.reason };
  const list = usePages<Delivery>(
    keys.deliveries(campaignId, { ...filter, limit: 50 }),
    `/campaigns/${campaignId}/deliveries`,
    { ...filter, limit: 50 },
  );
  const when = (row: Delivery) => (row.state === 'unknown' ? row.unknown_at : row.sent_at) ?? row.created_at;
  const history = (row: Delivery) => (
    <span className={css.links}>
      {row.conversation_id && (
        <Link
          to="/inbox/$id"
          params={{ id: row.conversation_id }}
          aria-label={`Thread with ${row.contact_name}`}
        >
          Thread
        </Link>
      )}
      <Button
        size="xs"
        variant="subtle"
        aria-label={`History of the message to ${row.contact_name}`}
        onClick={() => setOpen(row)}
      >
        History
      </Button>
    </span>
  );
  const person = (row: Delivery) => (
    <Link to="/contacts/$id" params={{ id: row.contact_id }} className={`ellipsis ${css.person}`}>
      {phoneText(row.contact_name)}
    </Link>
  );
  const columns: Column<Delivery>[] = [
    {
      key: 'time',
      header: 'Time',
      width: 164,
      render: (row) => (
        <span className="t2 nowrap" title={`${when(row)} (UTC)`}>
          {moment(when(row), zone)}
        </span>
      ),
    },
    {
      key: 'person',
      header: 'Person',
      width: '24%',
      render: (row) => (
        <span className="row">
          <Avatar name={row.contact_name} size="small" />
          {person(row)}
        </span>
      ),
    },
    {
      key: 'address',
      header: 'Address',
      width: 160,
      render: (row) => (
        <span className="t2 nowrap">{row.address ? addressText(row.channel, row.address) : '–'}</span>
      ),
    },
    {
      key: 'detail',
      header: 'Reason',
      render: (row) => (
        <span className="ellipsis" style={{ display: 'block' }} title={row.detail ?? group.words}>
          {row.detail ?? group.words}
        </span>
      ),
    },
    { key: 'action', header: 'Action', quiet: true, width: 148, align: 'right', render: history },
  ];
  return (
    <section className="card" aria-label="People of the group">
      <div className={css.head}>
        <ReckoningBadge state={group.state} />
        <h2>{group.words}</h2>
        <Button
          className="end"
          variant="default"
          component="a"
          href={api.href(`/campaigns/${campaignId}/deliveries.csv`, filter)}
          download
          leftSection={<IconDownload size={16} stroke={1.75} />}
        >
          Export CSV
        </Button>
      </div>
      <div className={css.body}>
        {list.isPending ? (
          <RowSkeletons height={40} />
        ) : list.error && !list.rows ? (
          <ErrorState
            title="These people could not be loaded"
            error={list.error}
            safe="No row is lost."
            onRetry={() => void list.refetch()}
          />
        ) : list.rows?.length === 0 ? (
          <EmptyState icon={null} title="Nobody is in this group any more">
            They have moved on since the sum was read.
          </EmptyState>
        ) : (
          <DataTable
            label="People"
            columns={columns}
            rows={list.rows ?? []}
            rowKey={(row) => row.id}
            rowHeight={40}
            stale={list.isPlaceholderData}
            card={(row) => (
              <>
                <div className="row">
                  <Avatar name={row.contact_name} size="small" />
                  <span className="grow ellipsis">{person(row)}</span>
                  <span className="t2">{row.address ? addressText(row.channel, row.address) : '–'}</span>
                </div>
                <div className="row small t3" style={{ marginTop: 6 }}>
                  <span className="grow">
                    {moment(when(row), zone)}. {row.detail ?? group.words}
                  </span>
                  {history(row)}
                </div>
              </>
            )}
          />
        )}
      </div>
      {list.rows && list.rows.length > 0 && (
        <div className={css.foot}>
          <LoadMore
            shown={list.rows.length}
            total={list.total}
            one="person"
            many="people"
            hasMore={list.hasNextPage}
            loading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
          {!phone && <span className="t3 small">Times in {zone}</span>}
        </div>
      )}
      <DeliveryDrawer delivery={open} onClose={() => setOpen(null)} />
    </section>
  );
}
