// Who came into a segment and who left it: how many were in it over time, and the people, newest first.
import { IconDoorEnter, IconDoorExit } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Page } from '../../../contract/lists.ts';
import type { Segment, SegmentChange, SegmentCheck } from '../../../contract/segments.ts';
import { api, keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { useZone } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { Badge } from '../../ui/Badge.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { FilterTabs } from '../../ui/FilterTabs.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { Section } from '../../ui/Page.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { momentShort } from '../../ui/times.ts';
import { CourseChart } from './CourseChart.tsx';
import css from './Segments.module.css';

const shown = ['all', 'entered', 'left'] as const;

export function Changes({ segment }: { segment: Segment }) {
  const zone = useZone();
  const [which, setWhich] = useState<(typeof shown)[number]>('all');
  const checks = useQuery({
    queryKey: [...keys.segment(segment.id), 'checks'],
    queryFn: ({ signal }) =>
      api.get<Page<SegmentCheck>>(`/segments/${segment.id}/checks`, { limit: 200 }, signal),
  });
  const list = usePages<SegmentChange>(
    [...keys.segment(segment.id), 'changes', which],
    `/segments/${segment.id}/changes`,
    { limit: 50, change: which === 'all' ? undefined : which },
  );
  return (
    <>
      {checks.data && checks.data.data.length > 1 && (
        <Section title="Over time">
          <CourseChart checks={checks.data.data} until={segment.counted_at} zone={zone} />
        </Section>
      )}
      <Section
        title="Entered and left"
        help={
          segment.kind === 'rule'
            ? 'Noticed each time the segment is counted. Whoever came and went between two counts is not in it. Kept for 90 days.'
            : 'Each change that was made to the list. Kept for 90 days.'
        }
      >
        <div className={css.tools}>
          <FilterTabs
            label="Show"
            value={which}
            choices={[
              { value: 'all', label: 'All' },
              { value: 'entered', label: 'Entered' },
              { value: 'left', label: 'Left' },
            ]}
            onChange={setWhich}
          />
        </div>
        {list.isPending ? (
          <RowSkeletons rows={5} height={44} />
        ) : list.error && !list.rows ? (
          <ErrorState
            title="The changes could not be loaded"
            error={list.error}
            onRetry={() => void list.refetch()}
          />
        ) : list.rows?.length === 0 ? (
          <p className="t2">
            {which === 'left'
              ? 'Nobody has left'
              : which === 'entered'
                ? 'Nobody has come'
                : 'Nobody has come or left'}{' '}
            since it was first counted.
          </p>
        ) : (
          <ul aria-label="Entered and left" style={{ opacity: list.isPlaceholderData ? 0.6 : 1 }}>
            {list.rows?.map((row) => (
              <li key={`${row.contact_id}${row.at}${row.change}`} className={css.person}>
                {row.change === 'entered' ? (
                  <Badge tone="ok" icon={<IconDoorEnter aria-hidden />}>
                    Entered
                  </Badge>
                ) : (
                  <Badge tone="mute" icon={<IconDoorExit aria-hidden />}>
                    Left
                  </Badge>
                )}
                <Avatar name={row.name} size="small" />
                <Link
                  to="/contacts/$id"
                  params={{ id: row.contact_id }}
                  className="ellipsis strong grow"
                  dir="auto"
                >
                  {row.name}
                </Link>
                <span className="t2 small">
                  {row.since
                    ? `between ${momentShort(row.since, zone)} and ${momentShort(row.at, zone)}`
                    : momentShort(row.at, zone)}
                </span>
              </li>
            ))}
          </ul>
        )}
        {list.hasNextPage && (
          <div style={{ marginTop: 12 }}>
            <LoadMore
              shown={list.rows?.length ?? 0}
              total={list.total}
              totalIsMinimum={list.totalIsMinimum}
              one="change"
              many="changes"
              hasMore
              loading={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
            />
          </div>
        )}
      </Section>
    </>
  );
}
