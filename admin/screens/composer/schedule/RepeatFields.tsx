// How a campaign repeats: every day, week or month, or a rule of one's own; and when it ends.
import { Chip, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { countAtMost, type Rule, ruleText, type Weekday } from '../../../../contract/recurrence.ts';
import type { RecurringSchedule } from '../../../../contract/schedules.ts';
import css from '../Composer.module.css';
import { NumberField } from '../NumberField.tsx';
import {
  type Ends,
  endsOf,
  type MonthDay,
  monthDayOf,
  nthWords,
  onMonthDay,
  type Repeat,
  repeatOf,
  ruleFor,
  ruleOf,
  weekdayNames,
} from './repeat-form.ts';

interface Props {
  schedule: RecurringSchedule;
  onSchedule: (schedule: RecurringSchedule) => void;
  ruleProblem: string | undefined;
  untilProblem: string | undefined;
}

const units: Record<Rule['freq'], string> = {
  DAILY: 'days',
  WEEKLY: 'weeks',
  MONTHLY: 'months',
  YEARLY: 'years',
};

export function RepeatFields(props: Props) {
  const { schedule, onSchedule, ruleProblem } = props;
  const rule = ruleOf(schedule);
  const [own, setOwn] = useState(repeatOf(rule) === 'custom');
  const repeat = own ? 'custom' : repeatOf(rule);
  const write = (rrule: string) => onSchedule({ ...schedule, rrule });
  const choose = (next: Repeat) => {
    setOwn(next === 'custom');
    if (next !== 'custom') write(ruleFor(next, rule, schedule.local));
  };
  return (
    <>
      <div className={css.pair} style={{ marginTop: 12 }}>
        <Select
          label="Repeats"
          allowDeselect={false}
          data={[
            { value: 'daily', label: 'Daily' },
            { value: 'weekly', label: 'Weekly' },
            { value: 'monthly', label: 'Monthly' },
            { value: 'custom', label: 'Custom' },
          ]}
          value={repeat}
          onChange={(value) => value && choose(value as Repeat)}
        />
        {repeat === 'custom' ? (
          <TextInput
            label="Rule (RFC 5545)"
            description="For example FREQ=MONTHLY;BYDAY=-1FR: the last Friday of each month."
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            data-field="/schedule/rrule"
            maxLength={300}
            value={schedule.rrule}
            error={ruleProblem}
            onChange={(event) => write(event.currentTarget.value)}
          />
        ) : (
          rule && (
            <NumberField
              label={`Every so many ${units[rule.freq]}`}
              min={1}
              max={1000}
              value={rule.interval}
              error={ruleProblem}
              onChange={(interval) => write(ruleText({ ...rule, interval }))}
            />
          )
        )}
      </div>
      {repeat === 'weekly' && rule && <Weekdays rule={rule} onRule={(next) => write(ruleText(next))} />}
      {repeat === 'monthly' && rule && (
        <Select
          mt={12}
          label="On"
          allowDeselect={false}
          data={[
            { value: 'date', label: `Day ${Number(schedule.local.slice(8, 10))} of the month` },
            { value: 'weekday', label: `The ${nthWords(schedule.local)}` },
            { value: 'last', label: 'The last day of the month' },
          ]}
          value={monthDayOf(rule)}
          onChange={(day) => day && write(onMonthDay(rule, day as MonthDay, schedule.local))}
        />
      )}
      <EndFields {...props} rule={rule} />
    </>
  );
}

function Weekdays({ rule, onRule }: { rule: Rule; onRule: (rule: Rule) => void }) {
  const days = rule.byDay.map(({ day }) => day);
  return (
    <fieldset className={css.fieldset} style={{ marginTop: 12 }}>
      <div className={css.labelRow}>
        <legend>On these days</legend>
      </div>
      <Chip.Group
        multiple
        value={days}
        onChange={(chosen) =>
          // a week without days would go by the weekday of the start, unseen
          chosen.length > 0 &&
          onRule({
            ...rule,
            byDay: weekdayNames
              .filter(([day]) => chosen.includes(day))
              .map(([day]) => ({ nth: null, day: day as Weekday })),
          })
        }
      >
        <div className="row wrap" style={{ gap: 6 }}>
          {weekdayNames.map(([day, name]) => (
            <Chip key={day} value={day} size="sm">
              {name}
            </Chip>
          ))}
        </div>
      </Chip.Group>
    </fieldset>
  );
}

function EndFields({ schedule, rule, onSchedule, untilProblem }: Props & { rule: Rule | null }) {
  const ends = endsOf(schedule);
  const choose = (next: Ends) => {
    const rrule = rule
      ? ruleText({ ...rule, count: next === 'after' ? (rule.count ?? 10) : null })
      : schedule.rrule;
    onSchedule({ ...schedule, rrule, until: next === 'on' ? monthsLater(schedule.local) : null });
  };
  return (
    <div className={css.pair} style={{ marginTop: 12 }}>
      <Select
        label="Ends"
        allowDeselect={false}
        data={[
          { value: 'never', label: 'Never' },
          { value: 'on', label: 'On a date' },
          { value: 'after', label: 'After a number of times' },
        ]}
        value={ends}
        onChange={(value) => value && choose(value as Ends)}
      />
      {ends === 'on' && (
        <TextInput
          type="date"
          label="End date"
          data-field="/schedule/until"
          value={schedule.until?.slice(0, 10) ?? ''}
          error={untilProblem}
          onChange={(event) => onSchedule({ ...schedule, until: event.currentTarget.value })}
        />
      )}
      {ends === 'after' && rule && (
        <NumberField
          label="Times"
          min={1}
          max={countAtMost}
          value={rule.count ?? 1}
          onChange={(count) => onSchedule({ ...schedule, rrule: ruleText({ ...rule, count }) })}
        />
      )}
    </div>
  );
}

const monthsLater = (local: string) => {
  const date = new Date(`${local.slice(0, 10)}T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + 3);
  return date.toISOString().slice(0, 10);
};
