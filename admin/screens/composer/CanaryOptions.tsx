// A campaign that tries itself on a few people first: how many, how long to wait, what may happen to them.
import { SegmentedControl, Switch } from '@mantine/core';
import { type Canary, suggestedCanary } from '../../../contract/canary.ts';
import { whoIsBlocked } from '../../../contract/deliveries.ts';
import css from './Composer.module.css';
import { NumberField } from './NumberField.tsx';

interface Props {
  channel: string | null;
  canary: Canary | null;
  onChange: (canary: Canary | null) => void;
  /** What is wrong at a JSON pointer of the campaign. */
  problemAt: (pointer: string) => string | undefined;
}

export function CanaryOptions({ channel, canary, onChange, problemAt }: Props) {
  const at = (field: string) => problemAt(`/settings/canary${field}`);
  return (
    <div className={css.canary} data-field="/settings/canary">
      <Switch
        label="Try it on a few people first"
        description={`They are drawn by lot. Everybody else gets it once these people had time to react, and only if few of them block ${whoIsBlocked(channel)} or opt out.`}
        checked={canary !== null}
        error={at('')}
        onChange={(event) => onChange(event.currentTarget.checked ? suggestedCanary : null)}
      />
      {canary && (
        <fieldset className={css.canaryFields} aria-label="A few people first">
          <Size
            canary={canary}
            onChange={onChange}
            problem={at('/size') ?? at('/size/people') ?? at('/size/percent')}
          />
          <NumberField
            label="Wait after the last of them, minutes"
            min={1}
            max={2880}
            w={260}
            value={canary.wait_minutes}
            error={at('/wait_minutes')}
            onChange={(wait_minutes) => onChange({ ...canary, wait_minutes })}
          />
          <fieldset className={css.limits}>
            <legend>Stop if more than</legend>
            {limits.map(([field, words]) => (
              <NumberField
                key={field}
                label={field === 'blocked_percent' ? `block ${whoIsBlocked(channel)}` : words}
                suffix=" %"
                w={140}
                min={0}
                max={100}
                decimals={2}
                value={canary.limits[field]}
                error={at(`/limits/${field}`)}
                onChange={(value) => onChange({ ...canary, limits: { ...canary.limits, [field]: value } })}
              />
            ))}
          </fieldset>
          <div>
            <span className={css.limitsTitle}>If all is well</span>
            <SegmentedControl
              aria-label="If all is well"
              value={canary.when_passed}
              onChange={(value) => onChange({ ...canary, when_passed: value as Canary['when_passed'] })}
              data={[
                { value: 'continue', label: 'Go on by itself' },
                { value: 'ask', label: 'Wait for me' },
              ]}
            />
          </div>
        </fieldset>
      )}
    </div>
  );
}

const limits = [
  ['failed_percent', 'fail'],
  ['blocked_percent', 'block'],
  ['opted_out_percent', 'opt out'],
] as const;

function Size(props: { canary: Canary; onChange: (canary: Canary) => void; problem: string | undefined }) {
  const { canary, onChange } = props;
  const { size } = canary;
  const isShare = 'percent' in size;
  return (
    <div className={css.canarySize}>
      <NumberField
        key={isShare ? 'percent' : 'people'}
        label="How many first"
        w={140}
        min={isShare ? 0.01 : 1}
        max={isShare ? 50 : 100_000}
        decimals={isShare ? 2 : 0}
        value={isShare ? size.percent : size.people}
        error={props.problem}
        onChange={(value) => onChange({ ...canary, size: isShare ? { percent: value } : { people: value } })}
      />
      <SegmentedControl
        aria-label="Counted in"
        value={isShare ? 'percent' : 'people'}
        onChange={(unit) =>
          onChange({ ...canary, size: unit === 'percent' ? { percent: 1 } : { people: 100 } })
        }
        data={[
          { value: 'people', label: 'people' },
          { value: 'percent', label: '% of them' },
        ]}
      />
    </div>
  );
}
