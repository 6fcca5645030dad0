// Every person of the campaign with state and reason. Unknown ones are settled here, by hand.

import { ActionIcon, Button } from '@mantine/core';
import { IconDownload, IconHistory, IconX } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Campaign, Report } from '../../../contract/campaigns.ts';
import type { Delivery } from '../../../contract/deliveries.ts';
import { api, keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { useMay, useZone } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { type Column, DataTable, usePhone } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { FilterTabs } from '../../ui/FilterTabs.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { figure } from '../../ui/numbers.ts';
import { addressText, phoneText } from '../../ui/phones.ts';
import { SearchField } from '../../ui/SearchField.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { clockSeconds, moment } from '../../ui/times.ts';
import { acceptedWords } from './accepted-words.ts';
import { DeliveryDrawer } from './DeliveryDrawer.tsx';
import { DeliveryBadge } from './delivery-state.tsx';
import css from './Report.module.css';
import { plannedWords } from './run-words.ts';
import { SettleDialog } from './SettleDialog.tsx';
import type { Asked } from './use-why.ts';
import { WhyDrawer } from './WhyDrawer.tsx';

/** Tab → the states it asks the server for. */
const states: Record<string, string> = {
  sent: 'sent,delivered,read',
  failed: 'failed',
  skipped: 'skipped',
  unknown: 'unknown',
  queued: 'planned,queued,sending',
  cancelled: 'cancelled',
};

export function SendLog({ campaign, report }: { campaign: Campaign; report: Report }) {
  const zone = useZone();
  const phone = usePhone();
  const search = useSearch({ from: '/inside/campaigns/$id' });
  const navigate = useNavigate({ from: '/campaigns/$id' });
  const settle = useMay('deliveries:write');
  const [settling, setSettling] = useState<Delivery | null>(null);
  const [told, setTold] = useState<Delivery | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const tab = search.state && search.state in states ? search.state : 'all';
  const reason = tab === 'failed' || tab === 'skipped' ? search.reason : undefined;
  const chosen = { run_id: search.run, state: states[tab], reason, search: search.search };
  const filter = { ...chosen, limit: 50 };
  const log = usePages<Delivery>(
    keys.deliveries(campaign.id, filter),
    `/campaigns/${campaign.id}/deliveries`,
    filter,
  );
  const put = (change: Partial<typeof search>) =>
    void navigate({ search: (old) => ({ ...old, ...change }), replace: true, resetScroll: false });
  const filtered = tab !== 'all' || Boolean(search.search);

  const time = (row: Delivery) =>
    (row.state === 'unknown' ? row.unknown_at : row.sent_at) ??
    (row.state === 'queued' || row.state === 'planned' ? null : row.created_at);
  const person = (row: Delivery) =>
    row.conversation_id ? (
      <Link to="/inbox/$id" params={{ id: row.conversation_id }} className={`ellipsis ${css.person}`}>
        {phoneText(row.contact_name)}
      </Link>
    ) : (
      <Link to="/contacts/$id" params={{ id: row.contact_id }} className={`ellipsis ${css.person}`}>
        {phoneText(row.contact_name)}
      </Link>
    );
  const detail = (row: Delivery) =>
    [ownDetail(row), row.tested_at && `Got a test as well, at ${clockSeconds(row.tested_at, zone)}`]
      .filter(Boolean)
      .join('. ');
  const ownDetail = (row: Delivery) =>
    row.detail ??
    (row.replied_at
      ? `Replied at ${clockSeconds(row.replied_at, zone)}`
      : row.clicked_at
        ? `Clicked at ${clockSeconds(row.clicked_at, zone)}`
        : row.state === 'sent' && row.attempts > 1
          ? `Accepted at attempt ${row.attempts}`
          : row.state === 'sent'
            ? acceptedWords(row)
            : row.state === 'planned'
              ? plannedWords(report)
              : '');
  const action = (row: Delivery) => (
    <span className={css.actions}>
      {row.state === 'unknown' ? (
        <Button
          size="xs"
          variant="subtle"
          className={css.settle}
          disabled={!settle.may}
          title={settle.reason}
          onClick={() => setSettling(row)}
        >
          Settle by hand
        </Button>
      ) : row.conversation_id ? (
        <Link
          to="/inbox/$id"
          params={{ id: row.conversation_id }}
          aria-label={`Thread with ${row.contact_name}`}
        >
          Thread
        </Link>
      ) : null}
      <ActionIcon
        variant="subtle"
        aria-label={`History of the message to ${row.contact_name}`}
        title="History"
        onClick={() => setTold(row)}
      >
        <IconHistory size={16} stroke={1.75} />
      </ActionIcon>
      <Button
        size="compact-sm"
        variant="subtle"
        aria-label={`Why? ${row.contact_name}`}
        onClick={() => setAsked({ contactId: row.contact_id, deliveryId: row.id, name: row.contact_name })}
      >
        Why?
      </Button>
    </span>
  );

  const columns: Column<Delivery>[] = [
    {
      key: 'time',
      header: 'Time',
      width: 108,
      render: (row) => {
        const at = time(row);
        return at ? (
          <span className="t2" title={`${moment(at, zone)} ${zone}`}>
            {clockSeconds(at, zone)}
          </span>
        ) : (
          <span className="t3">–</span>
        );
      },
    },
    {
      key: 'person',
      header: 'Person',
      width: '22%',
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
    { key: 'state', header: 'State', width: 128, render: (row) => <DeliveryBadge state={row.state} /> },
    {
      key: 'detail',
      header: 'Detail',
      render: (row) => (
        <span className="ellipsis" style={{ display: 'block' }} title={detail(row)}>
          {detail(row)}
        </span>
      ),
    },
    { key: 'action', header: 'Action', quiet: true, width: 212, align: 'right', render: action },
  ];

  return (
    <section className="card" aria-label="Send log" id="send-log">
      <div className={css.logHead}>
        <h2>Send log</h2>
        <FilterTabs
          label="State"
          value={tab}
          onChange={(value) => put({ state: value === 'all' ? undefined : value, reason: undefined })}
          choices={[
            { value: 'all', label: 'All' },
            { value: 'sent', label: 'Sent', count: figure(report.sent) },
            { value: 'failed', label: 'Failed', count: figure(report.failed) },
            { value: 'skipped', label: 'Skipped', count: figure(report.skipped) },
            { value: 'unknown', label: 'Unknown', count: figure(report.unknown) },
            { value: 'queued', label: 'Queued', count: figure(report.queued + report.sending) },
            ...(report.cancelled > 0
              ? [{ value: 'cancelled', label: 'Cancelled', count: figure(report.cancelled) }]
              : []),
          ]}
        />
        {reason && (
          <Button
            variant="light"
            rightSection={<IconX size={14} stroke={1.75} />}
            aria-label={`Remove filter ${reasonWords(report, reason)}`}
            onClick={() => put({ reason: undefined })}
          >
            {reasonWords(report, reason)}
          </Button>
        )}
        <div className={css.logTools}>
          <SearchField
            label="Name or address"
            value={search.search ?? ''}
            width={phone ? '100%' : 200}
            onSearch={(text) => put({ search: text || undefined })}
          />
          <Button
            variant="default"
            component="a"
            href={api.href(`/campaigns/${campaign.id}/deliveries.csv`, chosen)}
            download
            leftSection={<IconDownload size={16} stroke={1.75} />}
          >
            Export CSV
          </Button>
        </div>
      </div>
      <div className={css.logBody}>
        {log.isPending ? (
          <RowSkeletons height={40} />
        ) : log.error && !log.rows ? (
          <ErrorState
            title="The send log could not be loaded"
            error={log.error}
            safe="No row is lost."
            onRetry={() => void log.refetch()}
          />
        ) : log.rows?.length === 0 ? (
          <EmptyState
            icon={null}
            title={filtered ? 'Nobody matches' : 'Nobody is planned yet'}
            actions={
              filtered && (
                <Button
                  variant="default"
                  onClick={() => put({ state: undefined, reason: undefined, search: undefined })}
                >
                  Clear filters
                </Button>
              )
            }
          >
            {filtered
              ? `The log is filtered by ${[tab !== 'all' && `state ${tab}`, reason && `cause ${reasonWords(report, reason)}`, search.search && `“${search.search}”`].filter(Boolean).join(' and ')}.`
              : 'Rows appear here as soon as the audience is written down, a moment after Send.'}
          </EmptyState>
        ) : (
          <DataTable
            label="Send log"
            columns={columns}
            rows={log.rows ?? []}
            rowKey={(row) => row.id}
            rowHeight={40}
            stale={log.isPlaceholderData}
            card={(row) => (
              <>
                <div className="row">
                  <Avatar name={row.contact_name} size="small" />
                  <span className="grow ellipsis">{person(row)}</span>
                  <DeliveryBadge state={row.state} />
                </div>
                <div className="row small t3" style={{ marginTop: 6 }}>
                  <span className="grow">
                    {time(row) ? `${clockSeconds(time(row) ?? '', zone)} ` : ''}
                    {detail(row)}
                  </span>
                  {action(row)}
                </div>
              </>
            )}
          />
        )}
      </div>
      {log.rows && log.rows.length > 0 && (
        <div className={css.logFoot}>
          <LoadMore
            shown={log.rows.length}
            total={log.total}
            totalIsMinimum={log.totalIsMinimum}
            one="row"
            many="rows"
            hasMore={log.hasNextPage}
            loading={log.isFetchingNextPage}
            onMore={() => void log.fetchNextPage()}
          />
          {!phone && <span className="t3 small">Times in {zone}</span>}
        </div>
      )}
      <SettleDialog
        campaignId={campaign.id}
        delivery={settling}
        wait={report.wait}
        onClose={() => setSettling(null)}
      />
      <DeliveryDrawer delivery={told} onClose={() => setTold(null)} />
      <WhyDrawer campaignId={campaign.id} runId={search.run} asked={asked} onClose={() => setAsked(null)} />
    </section>
  );
}

/** A group of causes, or one cause, in words. */
function reasonWords(report: Report, reason: string): string {
  const group = report.failures.find((row) => row.group === reason);
  const one = [...report.failures, ...report.skips].find((row) => row.code === reason);
  return group?.group_words ?? one?.reason ?? reason;
}
