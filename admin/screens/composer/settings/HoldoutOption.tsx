// A share of the people gets nothing, so that the report can say what the message brought beyond what people do anyway.
import { Switch } from '@mantine/core';
import css from '../Composer.module.css';
import { NumberField } from '../NumberField.tsx';

const usual = 5;

export function HoldoutOption(props: {
  percent: number | null;
  onChange: (percent: number | null) => void;
  problem: string | undefined;
}) {
  const { percent, onChange, problem } = props;
  return (
    <div className={css.canary} data-field="/settings/holdout_percent">
      <Switch
        label="Leave some people without it, to compare"
        description="The report then says how many more of the others ordered. They are chosen by chance, and stay the same people if the campaign repeats."
        checked={percent !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? usual : null)}
      />
      {percent !== null && (
        <fieldset className={css.canaryFields} aria-label="People without the message">
          <NumberField
            label="Without the message"
            suffix=" %"
            w={160}
            min={0.1}
            max={50}
            decimals={1}
            value={percent}
            error={problem}
            onChange={onChange}
          />
        </fieldset>
      )}
    </div>
  );
}
