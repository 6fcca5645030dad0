// What becomes of a message whose answer was lost and of which WhatsApp tells nothing: sent again after a while, or a person decides.
import { Switch } from '@mantine/core';
import { receiptWindowSeconds } from '../../../../contract/receipts.ts';
import css from '../Composer.module.css';
import { NumberField } from '../NumberField.tsx';

interface Props {
  /** null: a person decides; undefined: as the channel does it. */
  after: number | null | undefined;
  problem: string | undefined;
  onChange: (after: number | null) => void;
}

export function ResendUnknown({ after, problem, onChange }: Props) {
  const seconds = after === undefined ? receiptWindowSeconds : after;
  return (
    <>
      <Switch
        label="Send again where no status comes"
        description={
          seconds === null
            ? 'A person decides: such messages stay unknown until somebody settles them.'
            : 'When WhatsApp’s answer was lost and no status came while others did, it never left. Off: a person decides.'
        }
        checked={seconds !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? receiptWindowSeconds : null)}
      />
      {seconds !== null && (
        <div className={css.batch} data-field="/settings/unknown/resend_after_seconds">
          <NumberField
            label="If no status comes, send again after (minutes)"
            w={320}
            min={1}
            max={10_080}
            value={seconds / 60}
            error={problem}
            onChange={(minutes) => onChange(Math.round(minutes * 60))}
          />
        </div>
      )}
    </>
  );
}
