// When the campaign goes out: now, at a time in a zone, at that time in everybody's own zone, or again and again; with what
// that comes to in dates and instants, and what happens when an hour was missed because Carillon was stopped.
import { Radio, Select } from '@mantine/core';
import { useRef } from 'react';
import type { Campaign } from '../../../../contract/campaigns.ts';
import type { Missed, RecurringSchedule, Schedule } from '../../../../contract/schedules.ts';
import { nextPossible } from '../../../../contract/zones.ts';
import { useZone } from '../../../session.ts';
import kinds from '../audience/Audience.module.css';
import css from '../Composer.module.css';
import { MissedFields } from './MissedFields.tsx';
import { NextDates, useSchedulePreview } from './NextDates.tsx';
import { RepeatFields } from './RepeatFields.tsx';
import { ruleFor } from './repeat-form.ts';
import { ClockPolicy, Exactly, type Timed, TimeFields, TimeProblem } from './TimeFields.tsx';
import { ZonePlanTable } from './ZonePlanTable.tsx';

const modes = [
  { value: 'now', label: 'Send now', description: 'As soon as you press Send' },
  { value: 'at', label: 'At a time', description: 'Once, on one day' },
  {
    value: 'recipient_local',
    label: 'In their own time zone',
    description: 'The same hour where each lives',
  },
  { value: 'recurring', label: 'Repeat', description: 'Again and again by a rule' },
];

interface Props {
  campaign: Campaign;
  schedule: Schedule;
  missed: Missed;
  onSchedule: (schedule: Schedule) => void;
  onMissed: (missed: Missed) => void;
  /** What is wrong at a pointer or beneath it. */
  at: (pointer: string) => string | undefined;
}

export function ScheduleField(props: Props) {
  const { campaign, schedule, missed, onSchedule, onMissed, at } = props;
  const zone = useZone();
  const before = useRef<Timed | null>(null);
  if (schedule.mode !== 'now') before.current = schedule;
  const choose = (mode: string) => onSchedule(inMode(mode as Schedule['mode'], before.current, zone));
  const problem = at('/schedule/local') ?? at('/schedule/time_zone');
  return (
    <fieldset className={css.fieldset} data-field="/schedule">
      <div className={css.labelRow}>
        <legend>When</legend>
      </div>
      <Radio.Group aria-label="When" value={schedule.mode} onChange={choose}>
        <div className={kinds.kinds}>
          {modes.map((mode) => (
            <Radio key={mode.value} className={kinds.kind} {...mode} />
          ))}
        </div>
      </Radio.Group>
      {schedule.mode === 'at' && (
        <>
          <TimeFields schedule={schedule} problem={problem} onSchedule={onSchedule} />
          {problem ? (
            <TimeProblem
              schedule={schedule}
              words={problem}
              onLocal={(local) => onSchedule({ ...schedule, local })}
            />
          ) : (
            <Exactly schedule={schedule} zone={zone} />
          )}
        </>
      )}
      {schedule.mode === 'recipient_local' && (
        <>
          <TimeFields schedule={schedule} problem={problem} onSchedule={onSchedule} />
          {problem && (
            <TimeProblem
              schedule={schedule}
              words={problem}
              onLocal={(local) => onSchedule({ ...schedule, local })}
            />
          )}
          <Select
            mt={12}
            label="Where that time is over when sending begins"
            data-field="/schedule/passed"
            error={at('/schedule/passed')}
            allowDeselect={false}
            data={[
              { value: 'next_day', label: 'Send it there on the next day' },
              { value: 'skip', label: 'Leave those people out' },
            ]}
            value={schedule.passed}
            onChange={(passed) =>
              passed && onSchedule({ ...schedule, passed: passed as 'next_day' | 'skip' })
            }
          />
          {!problem && <ZonePlanTable campaign={campaign} schedule={schedule} zone={zone} />}
          <ClockPolicy />
        </>
      )}
      {schedule.mode === 'recurring' && (
        <Recurring schedule={schedule} onSchedule={onSchedule} at={at} problem={problem} />
      )}
      {schedule.mode !== 'now' && (
        <MissedFields missed={missed} onMissed={onMissed} problem={at('/settings/missed')} />
      )}
    </fieldset>
  );
}

function Recurring(props: {
  schedule: RecurringSchedule;
  onSchedule: (schedule: Schedule) => void;
  at: Props['at'];
  problem: string | undefined;
}) {
  const { schedule, onSchedule, at, problem } = props;
  const preview = useSchedulePreview(schedule);
  return (
    <>
      <TimeFields schedule={schedule} problem={problem} onSchedule={onSchedule} />
      {problem && (
        <TimeProblem
          schedule={schedule}
          words={problem}
          next={preview.data?.next[0]?.local}
          onLocal={(local) => onSchedule({ ...schedule, local })}
        />
      )}
      <RepeatFields
        schedule={schedule}
        onSchedule={onSchedule}
        ruleProblem={at('/schedule/rrule')}
        untilProblem={at('/schedule/until')}
      />
      <NextDates schedule={schedule} preview={preview} onSchedule={onSchedule} />
    </>
  );
}

/** What was chosen in another mode is kept as far as this one has it. */
function inMode(mode: Schedule['mode'], before: Timed | null, zone: string): Schedule {
  if (mode === 'now') return { mode };
  if (before?.mode === mode) return before;
  const local = before?.local ?? tomorrowAtNine(zone);
  const time_zone = before?.time_zone ?? zone;
  if (mode === 'at') return { mode, local, time_zone };
  if (mode === 'recipient_local') return { mode, local, time_zone, passed: 'next_day' };
  return { mode, rrule: ruleFor('weekly', null, local), local, time_zone, until: null, exceptions: [] };
}

function tomorrowAtNine(zone: string): string {
  return `${nextPossible(new Date(Date.now() + 86_400_000), zone).slice(0, 10)}T09:00`;
}
