// The next ten dates of a series as the server will send them, each of which can be left out, and what the clocks do.
import { Button, Skeleton } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import {
  type RecurringSchedule,
  type SchedulePreview,
  scheduleInput,
} from '../../../../contract/schedules.ts';
import { inWords, zoneCity } from '../../../../contract/zones.ts';
import { api } from '../../../api.ts';
import { problemText } from '../../../ui/FieldProblem.tsx';
import { figure } from '../../../ui/numbers.ts';
import css from './Schedule.module.css';

/** What a schedule means; nothing while it cannot be read. */
export function useSchedulePreview(schedule: RecurringSchedule) {
  const isReadable = scheduleInput.safeParse(schedule).success;
  return useQuery({
    queryKey: ['schedule_preview', schedule],
    queryFn: () => api.post<SchedulePreview>('/schedules/preview', { schedule, limit: 10 }),
    enabled: isReadable,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function NextDates(props: {
  schedule: RecurringSchedule;
  preview: ReturnType<typeof useSchedulePreview>;
  onSchedule: (schedule: RecurringSchedule) => void;
}) {
  const { schedule, preview, onSchedule } = props;
  const { data } = preview;
  const leave = (day: string) =>
    onSchedule({ ...schedule, exceptions: [...schedule.exceptions, day].sort() });
  const put = (day: string) =>
    onSchedule({ ...schedule, exceptions: schedule.exceptions.filter((one) => one !== day) });
  if (preview.error) return <p className="small bad">{problemText(preview.error)}</p>;
  if (!data) return <Skeleton height={180} mt={12} />;
  return (
    <section className={css.dates} aria-label="Next dates">
      <p className="strong">{data.words}</p>
      <p className="small t2">{totalWords(data, schedule.time_zone)}</p>
      <ol>
        {data.next.map(({ at, local, change }) => (
          <li key={at}>
            <span>
              {inWords(new Date(at), schedule.time_zone)}
              {change === 'skipped' && (
                <span className="t2"> moved forward: the clocks jump over {local.slice(11)}</span>
              )}
              {change === 'twice' && <span className="t2"> the first of two: the clocks are set back</span>}
            </span>
            <Button
              variant="subtle"
              size="compact-xs"
              aria-label={`Leave out ${inWords(new Date(at), schedule.time_zone)}`}
              onClick={() => leave(local.slice(0, 10))}
            >
              Leave out
            </Button>
          </li>
        ))}
      </ol>
      {schedule.exceptions.length > 0 && (
        <div className="row wrap small" style={{ gap: 6 }}>
          <span className="t2">Left out:</span>
          {schedule.exceptions.map((day) => (
            <Button
              key={day}
              variant="default"
              size="compact-xs"
              onClick={() => put(day)}
              aria-label={`Put ${day} back`}
            >
              {day} ×
            </Button>
          ))}
        </div>
      )}
      {data.policy && <p className="small t2">{data.policy}</p>}
    </section>
  );
}

function totalWords({ total, last, next }: SchedulePreview, zone: string): string {
  if (next.length === 0) return 'No date is left.';
  const shown = next.length < 10 && total !== null ? 'All dates to come' : `The next ${next.length} dates`;
  if (total === null || !last) return `${shown}, in ${zoneCity(zone)} time. It has no end.`;
  return `${shown}, in ${zoneCity(zone)} time. ${figure(total)} in all, the last on ${inWords(new Date(last), zone)}.`;
}
