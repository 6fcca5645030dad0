// When it goes out.
import { ScheduleField } from '../schedule/ScheduleField.tsx';
import type { StepProps } from './step.ts';

export function ScheduleStep({ campaign, control, at }: StepProps) {
  const { draft, change } = control;
  return (
    <ScheduleField
      campaign={campaign}
      schedule={draft.schedule}
      missed={draft.settings.missed}
      onSchedule={(schedule) => change({ schedule })}
      onMissed={(missed) => change({ settings: { ...draft.settings, missed } })}
      at={at}
    />
  );
}
