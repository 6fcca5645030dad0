// An A/B test: further wordings of the message, how many people try them, and who says which one everybody else gets. Of an
// automation, which has no end, nobody waits for a winner, and only a person chooses one: in the report.
import { Button, Select, Switch } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { FieldProblem } from '../../../../contract/errors.ts';
import type { Content } from '../../../../contract/message.ts';
import type { AbTest } from '../../../../contract/variants.ts';
import { Note } from '../../../ui/Note.tsx';
import css from '../Composer.module.css';
import { NumberField } from '../NumberField.tsx';
import {
  mostVariants,
  nextName,
  shareWords,
  type WinnerBy,
  winnerBy,
  withOneMore,
  without,
} from './ab-test.ts';
import own from './Settings.module.css';
import { type Viewed, Wording } from './Wording.tsx';

interface Props {
  ab: AbTest | null;
  /** What the switch begins with. */
  suggested: () => AbTest;
  /** The campaign's own message: variant A. */
  content: Content;
  automated?: boolean;
  onChange: (ab: AbTest | null) => void;
  /** Of the whole campaign. */
  problems: FieldProblem[];
  /** With whose eyes the wordings are previewed. */
  viewed: Viewed;
  disabled?: boolean;
}

const winners: { value: WinnerBy; label: string }[] = [
  { value: 'clicks', label: 'Most clicks' },
  { value: 'replies', label: 'Most replies' },
  { value: 'conversions', label: 'Most orders' },
  { value: 'hand', label: 'I choose by hand' },
];

const switchWords = {
  sent: 'A share of the people gets them in equal parts. Everybody else waits and gets the one that did best.',
  automated:
    'Each person gets one of them, the same each time, and nobody waits. Its report compares them; there you choose the best whenever you like, and from then on everybody gets that.',
};

export function VariantOptions(props: Props) {
  const { ab, suggested, content, automated = false, viewed, onChange, problems, disabled = false } = props;
  const at = (field: string) => {
    const pointer = `/settings/ab${field}`;
    return problems.find((one) => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`))?.detail;
  };
  // what is said at a field of its own is not said twice
  const fields = [
    '/test_percent',
    '/winner',
    ...(ab?.variants ?? []).map((_, index) => `/variants/${index}`),
  ];
  const whole = fields.some((field) => at(field) === at('')) ? undefined : at('');
  return (
    <div className={css.canary} data-field="/settings/ab">
      <Switch
        label="Try several wordings (A/B test)"
        description={automated ? switchWords.automated : switchWords.sent}
        checked={ab !== null}
        disabled={disabled}
        error={whole}
        onChange={(event) => onChange(event.currentTarget.checked ? suggested() : null)}
      />
      {ab && (
        <fieldset className={css.canaryFields} aria-label="A/B test" disabled={disabled}>
          <p className="t2">Variant A is the message as you wrote it.</p>
          {ab.variants.map((variant, index) => (
            <Wording
              key={variant.key}
              name={variant.key.toUpperCase()}
              place={`/settings/ab/variants/${index}`}
              content={variant.content}
              first={content}
              before={[{ key: 'a', content }, ...ab.variants.slice(0, index)].map((one) => ({
                name: one.key.toUpperCase(),
                content: one.content,
              }))}
              viewed={viewed}
              problems={problems}
              disabled={disabled}
              onChange={(next) =>
                onChange({ ...ab, variants: ab.variants.with(index, { ...variant, content: next }) })
              }
              onRemove={ab.variants.length > 1 ? () => onChange(without(ab, index)) : undefined}
            />
          ))}
          {ab.variants.length < mostVariants && (
            <div>
              <Button
                variant="default"
                size="xs"
                disabled={disabled}
                leftSection={<IconPlus size={14} stroke={1.75} />}
                onClick={() => onChange(withOneMore(ab, content))}
              >
                Add variant {nextName(ab)}
              </Button>
            </div>
          )}
          {automated ? (
            <EndlessTest ab={ab} onChange={onChange} at={at} />
          ) : (
            <Test ab={ab} onChange={onChange} at={at} />
          )}
        </fieldset>
      )}
    </div>
  );
}

interface TestProps {
  ab: AbTest;
  onChange: Props['onChange'];
  at: (field: string) => string | undefined;
}

function Test({ ab, onChange, at }: TestProps) {
  const { winner } = ab;
  return (
    <div className={own.row}>
      <People ab={ab} onChange={onChange} at={at} />
      {ab.test_percent === 100 ? (
        <p className="t2">
          Everybody is part of the test: it has figures, and nobody is left to send a winner to.
        </p>
      ) : (
        <>
          <Select
            label="Who wins"
            w={190}
            allowDeselect={false}
            data={winners}
            value={winner.by}
            onChange={(by) => by && onChange({ ...ab, winner: winnerBy(by as WinnerBy, winner) })}
          />
          {winner.by !== 'hand' && (
            <div data-field="/settings/ab/winner">
              <NumberField
                label="Decide after, minutes"
                description="From the last message of the test."
                w={210}
                min={5}
                max={10_080}
                value={winner.after_minutes}
                error={at('/winner')}
                onChange={(after_minutes) => onChange({ ...ab, winner: { by: winner.by, after_minutes } })}
              />
            </div>
          )}
        </>
      )}
    </div>
  );
}

/** Of an automation. What says that figures choose came over the API: the server refuses it once the automation is on. */
function EndlessTest({ ab, onChange, at }: TestProps) {
  return (
    <>
      <div className={own.row}>
        <People ab={ab} onChange={onChange} at={at} />
        <p className="t2">
          {shareWords(ab)} Another wording or share is a new test, with figures of its own.
        </p>
      </div>
      {ab.winner.by !== 'hand' && (
        <div data-field="/settings/ab/winner">
          <Note
            tone="warn"
            actions={
              <button
                type="button"
                className="plain-button"
                onClick={() => onChange({ ...ab, winner: { by: 'hand' } })}
              >
                I choose by hand
              </button>
            }
          >
            {at('/winner') ?? 'The figures of an automation never end, so they cannot choose the winner.'}
          </Note>
        </div>
      )}
    </>
  );
}

function People({ ab, onChange, at }: TestProps) {
  return (
    <div data-field="/settings/ab/test_percent">
      <NumberField
        label="People in the test"
        suffix=" %"
        w={140}
        min={1}
        max={100}
        value={ab.test_percent}
        error={at('/test_percent')}
        onChange={(test_percent) => onChange({ ...ab, test_percent })}
      />
    </div>
  );
}
