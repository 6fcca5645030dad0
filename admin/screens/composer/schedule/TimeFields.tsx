// A local time and its zone, and in words what that means.
import { Button, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { clockPolicy, type Schedule } from '../../../../contract/schedules.ts';
import {
  instantOf,
  inWords,
  lengthInWords,
  nextPossible,
  readLocalTime,
  zoneCity,
} from '../../../../contract/zones.ts';
import { clock } from '../../../ui/times.ts';
import { ZoneField } from '../../../ui/ZoneField.tsx';
import css from '../Composer.module.css';

export type Timed = Exclude<Schedule, { mode: 'now' }>;

const labels: Record<Timed['mode'], [local: string, zone: string]> = {
  at: ['Date and time', 'Time zone'],
  recipient_local: ['Date and time, everywhere', 'Time zone of people whose own is not known'],
  recurring: ['First date and time', 'Time zone'],
};

export function TimeFields<T extends Timed>(props: {
  schedule: T;
  problem: string | undefined;
  onSchedule: (schedule: T) => void;
}) {
  const { schedule, problem, onSchedule } = props;
  const [local, zone] = labels[schedule.mode];
  return (
    <div className={css.pair} style={{ marginTop: 12 }}>
      <TextInput
        type="datetime-local"
        label={local}
        data-field="/schedule/local"
        value={schedule.local}
        error={Boolean(problem)}
        onChange={(event) => onSchedule({ ...schedule, local: event.currentTarget.value.slice(0, 16) })}
      />
      <ZoneField
        label={zone}
        data-field="/schedule/time_zone"
        value={schedule.time_zone}
        onChange={(time_zone) => time_zone && onSchedule({ ...schedule, time_zone })}
      />
    </div>
  );
}

/** The present minute, so that "in 2 h" stays true while the page is open. */
function useMinute(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** "Goes out on Tue, 1 Dec 2026, 09:00 in Tokyo, which is 00:00 in London. In 9 d 18 h." */
export function Exactly({ schedule, zone }: { schedule: Extract<Schedule, { mode: 'at' }>; zone: string }) {
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

/** What is wrong with the time, and the next one that can be chosen. */
export function TimeProblem(props: {
  schedule: Timed;
  words: string;
  /** Of a series: the next date by its rule, where that is known. */
  next?: string | undefined;
  onLocal: (local: string) => void;
}) {
  const next = props.next ?? nextPossible(new Date(), props.schedule.time_zone);
  return (
    <div style={{ marginTop: 6 }}>
      <p className="small bad" role="alert">
        {props.words}
      </p>
      <Button size="xs" variant="default" mt={6} onClick={() => props.onLocal(next)}>
        {/* a local time is the same day and hour in every zone's words */}
        Use {inWords(new Date(`${next}Z`), 'UTC')} {zoneCity(props.schedule.time_zone)}
      </Button>
    </div>
  );
}

export function ClockPolicy() {
  return (
    <p className="small t2" style={{ marginTop: 8 }}>
      {clockPolicy}
    </p>
  );
}
