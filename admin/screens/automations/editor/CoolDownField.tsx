// For how long a person who got one message of an automation gets no other; what that means of its kind stands below.
import type { ReactNode } from 'react';
import { NumberField } from '../../composer/NumberField.tsx';
import css from '../Automations.module.css';

interface Props {
  hours: number;
  problem: string | undefined;
  disabled: boolean;
  onChange: (hours: number) => void;
  children: ReactNode;
}

export function CoolDownField({ hours, problem, disabled, onChange, children }: Props) {
  return (
    <div data-field="/trigger/cool_down_hours">
      <NumberField
        label="Not again for"
        suffix=" h"
        w={112}
        min={0}
        max={720}
        disabled={disabled}
        hideControls
        value={hours}
        error={problem}
        onChange={onChange}
      />
      <p className={css.help}>{children}</p>
    </div>
  );
}
