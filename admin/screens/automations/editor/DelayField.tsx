// How long an automation waits after what it answers to: in minutes, or by a press.
import { FilterTabs } from '../../../ui/FilterTabs.tsx';
import { NumberField } from '../../composer/NumberField.tsx';
import css from '../Automations.module.css';
import { type AutomationKind, lengthWords, wordsOf } from '../automation-words.ts';

interface Props {
  kind: AutomationKind;
  minutes: number;
  disabled: boolean;
  problem: string | undefined;
  onChange: (minutes: number) => void;
}

export function DelayField({ kind, minutes, disabled, problem, onChange }: Props) {
  const { presets, countedFrom } = wordsOf[kind];
  return (
    <div data-field="/trigger/delay_minutes">
      <div className={css.delay}>
        <NumberField
          label="Delay"
          suffix=" min"
          w={112}
          min={0}
          max={525_600}
          disabled={disabled}
          hideControls
          value={minutes}
          error={problem}
          onChange={onChange}
        />
        <FilterTabs
          label="Usual delays"
          value={String(minutes)}
          choices={presets.map((preset) => ({ value: String(preset), label: lengthWords(preset) }))}
          onChange={(value) => !disabled && onChange(Number(value))}
        />
      </div>
      <p className={css.help}>
        {countedFrom}
        {presets.includes(minutes) || Number.isNaN(minutes) || minutes < 60
          ? ''
          : `: ${wholeLength(minutes)}`}
      </p>
    </div>
  );
}

/** "1 h 30 min", "2 days 1 h": what many minutes are. */
function wholeLength(minutes: number): string {
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const rest = minutes % 60;
  return [
    days > 0 && (days === 1 ? '1 day' : `${days} days`),
    hours > 0 && `${hours} h`,
    rest > 0 && `${rest} min`,
  ]
    .filter(Boolean)
    .join(' ');
}
