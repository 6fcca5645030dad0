// When it goes out.
import { ScheduleField } from '../ScheduleField.tsx';
import type { StepProps } from './step.ts';

export function ScheduleStep({ control, at }: StepProps) {
  const { draft, change } = control;
  return (
    <ScheduleField
      schedule={draft.schedule}
      missed={draft.settings.missed}
      onSchedule={(schedule) => change({ schedule })}
      onMissed={(missed) => change({ settings: { ...draft.settings, missed } })}
      problem={at('/schedule')}
      missedProblem={at('/settings/missed')}
    />
  );
}
