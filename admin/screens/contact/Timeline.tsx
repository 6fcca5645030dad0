// Everything that happened with one person, newest first, by day; filters by kind stand in the address.
import { IconHistory } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { TimelineEntry, TimelineKind } from '../../../contract/timeline.ts';
import { keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { useZone } from '../../session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { FilterTabs } from '../../ui/FilterTabs.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { clock, day, dayHeading } from '../../ui/times.ts';
import css from './Contact.module.css';
import { foldEvents } from './fold-events.ts';
import { NoteField } from './NoteField.tsx';
import { TimelineRow } from './TimelineRow.tsx';

const shows = {
  all: { label: 'All', kinds: [], nothing: 'Nothing happened yet' },
  messages: { label: 'Messages', kinds: ['message', 'delivery'], nothing: 'No messages yet' },
  events: { label: 'Events', kinds: ['event'], nothing: 'No events yet' },
  orders: { label: 'Orders and carts', kinds: ['order', 'cart'], nothing: 'No orders and no carts yet' },
  consent: { label: 'Consent', kinds: ['consent'], nothing: 'Nothing was recorded about consent yet' },
  notes: { label: 'Notes', kinds: ['note'], nothing: 'No notes yet' },
} satisfies Record<string, { label: string; kinds: TimelineKind[]; nothing: string }>;
type Show = keyof typeof shows;

export function Timeline({ contactId }: { contactId: string }) {
  const zone = useZone();
  const { show } = useSearch({ from: '/inside/contacts/$id' });
  const navigate = useNavigate({ from: '/contacts/$id' });
  const at: Show = show && show in shows ? (show as Show) : 'all';
  const list = usePages<TimelineEntry>(
    keys.timeline(contactId, at),
    `/contacts/${contactId}/timeline`,
    { limit: 50, kinds: shows[at].kinds.join(',') },
    true,
    false,
  );
  const rows = list.rows ?? [];
  const folded = foldEvents(rows, zone);
  return (
    <section className={`card ${css.timeline}`} aria-labelledby="contact-timeline">
      <div className={css.timelineHead}>
        <h2 id="contact-timeline">Timeline</h2>
        <span className="small t3 end">Times in {zone}</span>
      </div>
      <div className={css.filters}>
        <FilterTabs
          label="Show"
          value={at}
          choices={Object.entries(shows).map(([value, { label }]) => ({ value: value as Show, label }))}
          onChange={(value) =>
            void navigate({ search: value === 'all' ? {} : { show: value }, replace: true })
          }
        />
      </div>
      <NoteField contactId={contactId} />
      {list.isPending ? (
        <RowSkeletons rows={6} />
      ) : list.error && !list.rows ? (
        <ErrorState
          title="The timeline could not be loaded"
          error={list.error}
          safe="Nothing of it is lost."
          onRetry={() => void list.refetch()}
        />
      ) : rows.length === 0 ? (
        <EmptyState icon={<IconHistory size={28} stroke={1.5} />} title={shows[at].nothing}>
          Messages, events and orders of your shop, consent and notes appear here by themselves.
        </EmptyState>
      ) : (
        <ol className={css.entries} data-stale={list.isPlaceholderData || undefined}>
          {folded.map(({ entry, times }, index) => {
            const before = folded[index - 1]?.entry;
            const isNewDay = !before || day(before.at, zone) !== day(entry.at, zone);
            return (
              <li key={`${entry.kind}${entry.id}`} className={css.slot}>
                {isNewDay && <h3 className={css.day}>{heading(entry.at, zone)}</h3>}
                <TimelineRow contactId={contactId} entry={entry} times={times} time={clock(entry.at, zone)} />
              </li>
            );
          })}
        </ol>
      )}
      {list.hasNextPage && (
        <div className={css.more}>
          <LoadMore
            shown={rows.length}
            one="entry"
            many="entries"
            hasMore
            loading={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
          />
        </div>
      )}
    </section>
  );
}

/** "Today", "Yesterday", else with the year: a timeline goes back for years. */
function heading(at: string, zone: string): string {
  const words = dayHeading(at, zone);
  return words === 'Today' || words === 'Yesterday' ? words : `${words.split(' ')[0]}, ${day(at, zone)}`;
}
