// When the campaign goes out: now, or at a time in a zone, with the exact instant in words; and what happens when that hour
// was missed because Carillon was stopped.
import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { type Missed, onTimeMinutes, type Schedule } from '../../../contract/schedules.ts';
import { instantOf, inWords, lengthInWords, nextPossible, readLocalTime } from '../../../contract/zones.ts';
import { useZone } from '../../session.ts';
import { clock, zoneCity, zones } from '../../ui/times.ts';
import css from './Composer.module.css';
import { NumberField } from './NumberField.tsx';

interface Props {
  schedule: Schedule;
  missed: Missed;
  onSchedule: (schedule: Schedule) => void;
  onMissed: (missed: Missed) => void;
  problem: string | undefined;
  missedProblem: string | undefined;
}

export function ScheduleField({ schedule, missed, onSchedule, onMissed, problem, missedProblem }: Props) {
  const zone = useZone();
  const lastAt = useRef<At | null>(null);
  if (schedule.mode === 'at') lastAt.current = schedule;
  const choose = (mode: string) =>
    onSchedule(
      mode === 'now'
        ? { mode: 'now' }
        : (lastAt.current ?? { mode: 'at', local: tomorrowAtNine(zone), time_zone: zone }),
    );
  return (
    <fieldset className={css.fieldset} data-field="/schedule">
      <div className={css.labelRow}>
        <legend>When</legend>
      </div>
      <SegmentedControl
        aria-label="When"
        value={schedule.mode}
        data={[
          { value: 'now', label: 'Send now' },
          { value: 'at', label: 'At a time' },
        ]}
        onChange={choose}
      />
      {schedule.mode === 'at' && (
        <>
          <div className={css.pair} style={{ marginTop: 12 }}>
            <TextInput
              type="datetime-local"
              label="Date and time"
              data-field="/schedule/local"
              value={schedule.local}
              error={Boolean(problem)}
              onChange={(event) => onSchedule({ ...schedule, local: event.currentTarget.value.slice(0, 16) })}
            />
            <Select
              label="Time zone"
              data-field="/schedule/time_zone"
              searchable
              limit={80}
              allowDeselect={false}
              data={[...new Set([schedule.time_zone, ...zones()])]}
              value={schedule.time_zone}
              onChange={(time_zone) => time_zone && onSchedule({ ...schedule, time_zone })}
            />
          </div>
          {problem ? (
            <Problem schedule={schedule} words={problem} onSchedule={onSchedule} />
          ) : (
            <Exactly schedule={schedule} zone={zone} />
          )}
          <MissedFields missed={missed} onMissed={onMissed} problem={missedProblem} />
        </>
      )}
    </fieldset>
  );
}

function tomorrowAtNine(zone: string): string {
  return `${nextPossible(new Date(Date.now() + 86_400_000), zone).slice(0, 10)}T09:00`;
}

/** The present minute, so that "in 2 h" stays true while the page is open. */
export function useMinute(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

type At = Extract<Schedule, { mode: 'at' }>;

/** "Goes out on Tue, 1 Dec 2026, 09:00 in Tokyo, which is 00:00 in London. In 9 d 18 h." */
function Exactly({ schedule, zone }: { schedule: At; zone: string }) {
  const now = useMinute();
  if (readLocalTime(schedule.local) === null) return null;
  const { at, change } = instantOf(schedule.local, schedule.time_zone);
  const here = schedule.time_zone === zone ? '' : `, which is ${inWords(at, zone)} in ${zoneCity(zone)}`;
  return (
    <p className="small t2" style={{ marginTop: 6 }} role="status">
      {change === 'skipped' &&
        `The clocks in ${zoneCity(schedule.time_zone)} jump over this time that day, so it is moved forward. `}
      {change === 'twice' &&
        `This time comes twice in ${zoneCity(schedule.time_zone)} that day, because the clocks are set back; it goes out at the first (${clock(at.toISOString(), 'UTC')} UTC). `}
      Goes out on {inWords(at, schedule.time_zone)} in {zoneCity(schedule.time_zone)}
      {here}. In {lengthInWords(at.getTime() - now)}.
    </p>
  );
}

function Problem({
  schedule,
  words,
  onSchedule,
}: {
  schedule: At;
  words: string;
  onSchedule: (schedule: Schedule) => void;
}) {
  const next = nextPossible(new Date(), schedule.time_zone);
  return (
    <p className="small bad" style={{ marginTop: 6 }} role="alert">
      {words}{' '}
      <button type="button" className="plain-button" onClick={() => onSchedule({ ...schedule, local: next })}>
        Use {next.replace('T', ', ')}
      </button>
    </p>
  );
}

function MissedFields({
  missed,
  onMissed,
  problem,
}: {
  missed: Missed;
  onMissed: (missed: Missed) => void;
  problem: string | undefined;
}) {
  const minutes = missed.mode === 'send_if_late_less_than' ? missed.minutes : 60;
  return (
    <div className={css.pair} style={{ marginTop: 12 }} data-field="/settings/missed">
      <Select
        label="If Carillon is stopped at that time"
        description={`Up to ${onTimeMinutes} minutes late counts as on time. What is held waits for your word.`}
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        allowDeselect={false}
        data={[
          { value: 'send_if_late_less_than', label: 'Send if it is not too late, else hold' },
          { value: 'send', label: 'Send, however late' },
          { value: 'hold', label: 'Hold it' },
        ]}
        value={missed.mode}
        onChange={(mode) =>
          mode &&
          onMissed(mode === 'send_if_late_less_than' ? { mode, minutes } : { mode: mode as 'send' | 'hold' })
        }
      />
      {missed.mode === 'send_if_late_less_than' && (
        <NumberField
          label="Too late after, minutes"
          min={onTimeMinutes}
          max={10_080}
          value={minutes}
          error={problem}
          onChange={(value) => onMissed({ mode: 'send_if_late_less_than', minutes: value })}
        />
      )}
    </div>
  );
}
