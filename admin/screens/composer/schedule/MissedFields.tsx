// What happens when the hour was missed because Carillon was stopped.
import { Select } from '@mantine/core';
import { type Missed, onTimeMinutes } from '../../../../contract/schedules.ts';
import css from '../Composer.module.css';
import { NumberField } from '../NumberField.tsx';

export function MissedFields({
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
