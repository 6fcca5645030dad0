// Who did what and when. Read only, newest first.
import type { AuditEvent } from '../../../contract/workspaces.ts';
import { keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { useZone } from '../../session.ts';
import { Tag } from '../../ui/Badge.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { Section } from '../../ui/Page.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { moment } from '../../ui/times.ts';

/** "campaign.launched" → "Campaign launched". */
function words(action: string): string {
  const text = action.replaceAll(/[._]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
function detail(event: AuditEvent): string {
  return Object.entries(event.detail)
    .map(
      ([key, value]) =>
        `${key.replaceAll('_', ' ')}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    .join(', ');
}

export function AuditLog() {
  const zone = useZone();
  const list = usePages<AuditEvent>(keys.audit, '/audit_events', { limit: 50 });
  const columns: Column<AuditEvent>[] = [
    {
      key: 'at',
      header: 'Time',
      width: 150,
      render: (event) => <span className="t2 nowrap">{moment(event.at, zone)}</span>,
    },
    {
      key: 'actor',
      header: 'Who',
      width: 180,
      render: (event) => (
        <span className="row">
          <span className="ellipsis">{event.actor.name}</span>
          {event.actor.kind === 'token' && <Tag>token</Tag>}
        </span>
      ),
    },
    { key: 'action', header: 'What', width: 190, render: (event) => words(event.action) },
    {
      key: 'detail',
      header: 'Detail',
      render: (event) => (
        <span className="ellipsis t2" style={{ display: 'block' }} title={detail(event)}>
          {detail(event) || '–'}
        </span>
      ),
    },
  ];
  return (
    <Section title="Audit log" aside={`Times in ${zone}`}>
      {list.isPending ? (
        <RowSkeletons height={40} />
      ) : list.error && !list.rows ? (
        <ErrorState
          title="The audit log could not be loaded"
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : list.rows?.length === 0 ? (
        <p className="t3">Nothing was recorded yet.</p>
      ) : (
        <>
          <DataTable
            label="Audit log"
            columns={columns}
            rows={list.rows ?? []}
            rowKey={(event) => event.id}
            rowHeight={40}
            card={(event) => (
              <>
                <div className="row">
                  <span className="strong grow">{words(event.action)}</span>
                  <span className="small t3">{moment(event.at, zone)}</span>
                </div>
                <div className="small t2">{event.actor.name}</div>
                {detail(event) && <div className="small t3 ellipsis">{detail(event)}</div>}
              </>
            )}
          />
          <div style={{ paddingTop: 12 }}>
            <LoadMore
              shown={list.rows?.length ?? 0}
              one="entry"
              many="entries"
              hasMore={list.hasNextPage}
              loading={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
            />
          </div>
        </>
      )}
    </Section>
  );
}
