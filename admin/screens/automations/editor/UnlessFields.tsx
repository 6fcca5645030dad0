// What keeps a message from going out after all, asked anew at the moment of sending.
import { Checkbox } from '@mantine/core';
import type { Draft } from '../../composer/draft.ts';
import css from '../Automations.module.css';
import type { AutomationKind } from '../automation-words.ts';

type Trigger = NonNullable<Draft['trigger']>;
type Unless = Trigger['unless'];
type Row =
  | { key: keyof Unless; label: string; help?: string }
  /** Always so, and why. */
  | { key: null; label: string; why: string };

const offerToday: Row = {
  key: 'messaged_today',
  label: 'They got an offer today',
  help: 'A promotion on this day, as it is where they live',
};
const rows: Record<AutomationKind, Row[]> = {
  abandoned_cart: [
    { key: 'bought', label: 'They bought it' },
    {
      key: null,
      label: 'The cart is empty',
      why: 'Always: nothing is left to remind of',
    },
    { key: 'sold_out', label: 'An item sold out' },
    offerToday,
  ],
  back_in_stock: [
    { key: 'bought', label: 'They bought it' },
    {
      key: null,
      label: 'It sold out again',
      why: 'Always: nobody is told of what is gone',
    },
    offerToday,
  ],
  post_purchase: [
    {
      key: null,
      label: 'The order came back',
      why: 'Always: nobody is asked about what they returned',
    },
    offerToday,
  ],
};

interface Props {
  kind: AutomationKind;
  trigger: Trigger;
  disabled: boolean;
  onChange: (trigger: Trigger) => void;
}

export function UnlessFields({ kind, trigger, disabled, onChange }: Props) {
  return (
    <fieldset className={css.fieldset} data-field="/trigger/unless">
      <legend className={css.legend}>Don’t send if, by then</legend>
      <div className={css.checks}>
        {rows[kind].map((row) =>
          row.key === null ? (
            <Checkbox key={row.label} size="xs" label={row.label} description={row.why} checked disabled />
          ) : (
            <Checkbox
              key={row.label}
              size="xs"
              label={row.label}
              title={row.help}
              disabled={disabled}
              checked={trigger.unless[row.key]}
              onChange={(
                (key) => (event) =>
                  onChange({
                    ...trigger,
                    unless: { ...trigger.unless, [key]: event.currentTarget.checked },
                  })
              )(row.key)}
            />
          ),
        )}
      </div>
    </fieldset>
  );
}
