// What goes out when: a month of days on a desk, the days with something on them on a phone.
import { ActionIcon, Button, Popover } from '@mantine/core';
import { IconCalendar, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { CalendarEntry, CampaignCalendar } from '../../../../contract/calendar.ts';
import type { CampaignFilter } from '../../../../contract/campaign-list.ts';
import { localTimeOf } from '../../../../contract/zones.ts';
import { api, keys } from '../../../api.ts';
import { useZone } from '../../../session.ts';
import { usePhone } from '../../../ui/DataTable.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { Note } from '../../../ui/Note.tsx';
import { figure } from '../../../ui/numbers.ts';
import { RowSkeletons } from '../../../ui/Skeletons.tsx';
import { queryOf } from '../campaigns-search.ts';
import { isEditable, stateWord } from '../status.tsx';
import css from './Calendar.module.css';
import { besideMonth, dayWords, monthOf, monthWords, weeksOf } from './month.ts';

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const shownPerDay = 4;

interface Props {
  /** As in the address; undefined: this month. */
  month: string | undefined;
  filter: CampaignFilter;
  onMonth: (month: string | undefined) => void;
}

export function CalendarView({ month: given, filter, onMonth }: Props) {
  const phone = usePhone();
  const zone = useZone();
  const today = localTimeOf(new Date(), zone).slice(0, 10);
  const month = monthOf(given, today);
  const weeks = weeksOf(month);
  const days = weeks.flat();
  // the month decides which days: a filter by dates belongs to the list
  const { from: _from, until: _until, ...narrow } = queryOf(filter);
  const asked = { ...narrow, from: days[0], until: days.at(-1), time_zone: zone };
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keys.campaignCalendar(asked),
    queryFn: ({ signal }) => api.get<CampaignCalendar>('/campaigns/calendar', asked, signal),
    placeholderData: keepPreviousData,
  });
  const byDay = Map.groupBy(data?.data ?? [], ({ local }) => local.slice(0, 10));
  return (
    <section aria-label="Calendar">
      <div className={css.head}>
        <ActionIcon
          variant="default"
          size={32}
          aria-label="Month before"
          onClick={() => onMonth(besideMonth(month, -1))}
        >
          <IconChevronLeft size={16} stroke={1.75} />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size={32}
          aria-label="Month after"
          onClick={() => onMonth(besideMonth(month, 1))}
        >
          <IconChevronRight size={16} stroke={1.75} />
        </ActionIcon>
        <h2 aria-live="polite">{monthWords(month)}</h2>
        {month !== today.slice(0, 7) && (
          <Button variant="subtle" onClick={() => onMonth(undefined)}>
            This month
          </Button>
        )}
        <span className={`t3 small end ${css.legend}`}>
          {(['sent', 'planned', 'occurrence'] as const).map((kind) => (
            <span key={kind} className={css.entry} data-kind={kind}>
              {kindWords[kind]}
            </span>
          ))}
          <span>Times are shown in {zone}</span>
        </span>
      </div>
      {data?.more && (
        <Note tone="warn">Only the first {figure(data.data.length)} are shown. Choose a filter above.</Note>
      )}
      {isPending ? (
        <RowSkeletons />
      ) : error && !data ? (
        <ErrorState
          title="The calendar could not be loaded"
          error={error}
          safe="What is planned goes out all the same."
          onRetry={() => void refetch()}
        />
      ) : phone ? (
        <DayList days={days.filter((day) => day.startsWith(month))} byDay={byDay} month={month} />
      ) : (
        <table className={css.month} aria-label={monthWords(month)}>
          <thead>
            <tr>
              {weekdays.map((day) => (
                <th key={day} scope="col" abbr={day}>
                  {day.slice(0, 3)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeks.map((week) => (
              <tr key={week[0]}>
                {week.map((day) => (
                  <td
                    key={day}
                    data-outside={!day.startsWith(month) || undefined}
                    aria-current={day === today ? 'date' : undefined}
                  >
                    <Day day={day} entries={byDay.get(day) ?? []} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Day({ day, entries }: { day: string; entries: CalendarEntry[] }) {
  const rest = entries.length - shownPerDay;
  return (
    <>
      <span className={css.number}>
        <span aria-hidden>{Number(day.slice(8))}</span>
        <span className="sr-only">{dayWords(day)}</span>
      </span>
      <Entries entries={rest > 0 ? entries.slice(0, shownPerDay - 1) : entries} />
      {rest > 0 && (
        <Popover position="bottom" width={280} trapFocus returnFocus>
          <Popover.Target>
            <button type="button" className={`plain-button small ${css.more}`}>
              {figure(rest + 1)} more<span className="sr-only"> on {dayWords(day)}</span>
            </button>
          </Popover.Target>
          <Popover.Dropdown p={12} aria-label={dayWords(day)} style={{ maxHeight: 320, overflow: 'auto' }}>
            <h3 style={{ marginBottom: 8 }}>{dayWords(day)}</h3>
            <Entries entries={entries} />
          </Popover.Dropdown>
        </Popover>
      )}
    </>
  );
}

function Entries({ entries }: { entries: CalendarEntry[] }) {
  if (entries.length === 0) return null;
  return (
    <ul className={css.entries}>
      {entries.map((entry) => (
        <li key={`${entry.campaign_id}${entry.at}`}>
          <Entry entry={entry} />
        </li>
      ))}
    </ul>
  );
}

const kindWords: Record<CalendarEntry['kind'], string> = {
  sent: 'sent',
  planned: 'scheduled',
  occurrence: 'repeats',
  recipient_local: 'in each person’s own zone',
};

function Entry({ entry }: { entry: CalendarEntry }) {
  const editable = entry.kind !== 'sent' && isEditable(entry);
  return (
    <Link
      to={editable ? '/campaigns/$id/edit' : '/campaigns/$id'}
      params={{ id: entry.campaign_id }}
      search={entry.run_id ? { run: entry.run_id } : {}}
      className={css.entry}
      data-kind={entry.kind}
      data-status={entry.status}
      title={entry.name}
    >
      <span className={css.time}>{entry.local.slice(11, 16)}</span>{' '}
      <span className="ellipsis">{entry.name}</span>
      <span className="sr-only">
        , {kindWords[entry.kind]}, {stateWord(entry.status)}
      </span>
    </Link>
  );
}

function DayList({
  days,
  byDay,
  month,
}: {
  days: string[];
  byDay: Map<string, CalendarEntry[]>;
  month: string;
}) {
  const busy = days.filter((day) => byDay.has(day));
  if (busy.length === 0)
    return (
      <EmptyState icon={<IconCalendar size={32} stroke={1.5} />} title={`Nothing in ${monthWords(month)}`}>
        No campaign went out or is planned in this month.
      </EmptyState>
    );
  return (
    <ul className={css.days}>
      {busy.map((day) => (
        <li key={day}>
          <h3>{dayWords(day)}</h3>
          <Entries entries={byDay.get(day) ?? []} />
        </li>
      ))}
    </ul>
  );
}
