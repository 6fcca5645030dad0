// Back in stock: who is taken to wait for a product, and how soon they may be told of it again.
import { Checkbox } from '@mantine/core';
import { FieldProblem } from '../../../ui/FieldProblem.tsx';
import type { Draft } from '../../composer/draft.ts';
import css from '../Automations.module.css';
import { CoolDownField } from './CoolDownField.tsx';

type Trigger = NonNullable<Draft['trigger']>;
type Interest = Trigger['waiting'][number];

const interests: { kind: Interest; label: string; help: string }[] = [
  { kind: 'subscribed', label: 'Asked to be told', help: 'On the waiting list of the product' },
  { kind: 'carted', label: 'Had it in their cart', help: 'Before it sold out' },
  { kind: 'viewed', label: 'Looked at it', help: 'Before it came back' },
];

interface Props {
  trigger: Trigger;
  disabled: boolean;
  at: (pointer: string) => string | undefined;
  onChange: (trigger: Trigger) => void;
}

export function WaitingFields({ trigger, disabled, at, onChange }: Props) {
  const { waiting, cool_down_hours } = trigger;
  const set = (kind: Interest, on: boolean) =>
    onChange({
      ...trigger,
      waiting: interests.map((one) => one.kind).filter((one) => (one === kind ? on : waiting.includes(one))),
    });
  return (
    <>
      <fieldset className={css.fieldset} data-field="/trigger/waiting">
        <legend className={css.legend}>Who is told</legend>
        <div className={css.checks}>
          {interests.map(({ kind, label, help }) => (
            <Checkbox
              key={kind}
              size="xs"
              label={label}
              description={help}
              disabled={disabled}
              checked={waiting.includes(kind)}
              onChange={(event) => set(kind, event.currentTarget.checked)}
            />
          ))}
        </div>
        <FieldProblem>{at('/trigger/waiting')}</FieldProblem>
      </fieldset>
      <CoolDownField
        hours={cool_down_hours}
        problem={at('/trigger/cool_down_hours')}
        disabled={disabled}
        onChange={(hours) => onChange({ ...trigger, cool_down_hours: hours })}
      >
        Whoever was told of a product is not told of it again for so long, however often it comes and goes,
        unless they ask anew
      </CoolDownField>
    </>
  );
}
