// What the properties of an event must be for it to count: up to five tests, all of which hold.
import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { Choice, Count, put, type ValueProps } from './RuleControls.tsx';
import css from './Rules.module.css';
import type { Draft } from './rule-tree.ts';

const most = 5;
const operators = [
  { value: 'equals', label: 'is' },
  { value: 'contains', label: 'contains' },
  { value: 'starts_with', label: 'starts with' },
  { value: 'greater_than', label: 'is more than' },
  { value: 'less_than', label: 'is less than' },
];
const kinds = [
  { value: 'text', label: 'the text' },
  { value: 'number', label: 'the number' },
  { value: 'boolean', label: 'yes or no' },
];
type Test = Record<string, unknown>;

export function PropertyTests({ draft, disabled, isWrong, onChange }: ValueProps) {
  const tests = Array.isArray(draft.where) ? (draft.where as Test[]) : [];
  const change = (next: Test[]) => onChange(put(draft, 'where', next.length > 0 ? next : undefined) as Draft);
  return (
    <div className={css.where}>
      {tests.map((test, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a test has nothing else to be told by
        <fieldset key={index} aria-label={`Property ${index + 1}`} className={css.test}>
          <span className={css.word}>{index === 0 ? 'where' : 'and'}</span>
          <TextInput
            className={css.middle}
            aria-label="Property"
            placeholder="Property, like page"
            value={String(test.property ?? '')}
            error={isWrong(`where/${index}/property`)}
            disabled={disabled}
            onChange={(event) => change(tests.with(index, { ...test, property: event.currentTarget.value }))}
          />
          <Choice
            label="How it is tested"
            data={operators}
            value={test.op}
            error={isWrong(`where/${index}/op`)}
            disabled={disabled}
            onChange={(op) => op && change(tests.with(index, withOp(test, op)))}
          />
          <TestedValue
            test={test}
            error={isWrong(`where/${index}/value`)}
            disabled={disabled}
            onChange={(next) => change(tests.with(index, next))}
          />
          <Tooltip label="Remove this property">
            <ActionIcon
              variant="subtle"
              size={32}
              aria-label={`Remove property ${index + 1}`}
              disabled={disabled}
              onClick={() => change(tests.toSpliced(index, 1))}
            >
              <IconX size={16} stroke={1.75} />
            </ActionIcon>
          </Tooltip>
        </fieldset>
      ))}
      {tests.length < most && !disabled && (
        <Button
          variant="subtle"
          size="xs"
          className={css.addTest}
          leftSection={<IconPlus size={14} stroke={1.75} />}
          onClick={() => change([...tests, { property: '', op: 'equals', value: '' }])}
        >
          {tests.length === 0 ? 'Only events with a certain property' : 'Another property'}
        </Button>
      )}
    </div>
  );
}

const isNumeric = (op: unknown) => op === 'less_than' || op === 'greater_than';

/** What was typed stays where the other operator can take it. */
function withOp(test: Test, op: string): Test {
  const fits = isNumeric(op)
    ? typeof test.value === 'number'
    : op === 'equals' || typeof test.value === 'string';
  const { value, ...rest } = test;
  return {
    ...rest,
    op,
    ...(fits ? { value } : op === 'contains' || op === 'starts_with' ? { value: '' } : {}),
  };
}

function TestedValue(props: {
  test: Test;
  error: boolean;
  disabled: boolean;
  onChange: (test: Test) => void;
}) {
  const { test, error, disabled } = props;
  const kind =
    isNumeric(test.op) || typeof test.value === 'number' || test.value === undefined
      ? 'number'
      : typeof test.value;
  const set = (value: unknown) => {
    const { value: _, ...rest } = test;
    props.onChange(typeof value === 'number' && Number.isNaN(value) ? rest : { ...rest, value });
  };
  return (
    <>
      {test.op === 'equals' && (
        <Choice
          label="Kind of value"
          data={kinds}
          value={kind === 'string' ? 'text' : kind}
          error={false}
          disabled={disabled}
          onChange={(next) => set(next === 'text' ? '' : next === 'boolean' ? true : Number.NaN)}
        />
      )}
      {kind === 'number' ? (
        <Count
          label="Value"
          unit={undefined}
          decimals={6}
          value={typeof test.value === 'number' ? test.value : Number.NaN}
          error={error}
          disabled={disabled}
          onChange={set}
        />
      ) : kind === 'boolean' ? (
        <Choice
          label="Value"
          data={[
            { value: 'yes', label: 'yes' },
            { value: 'no', label: 'no' },
          ]}
          value={test.value === true ? 'yes' : 'no'}
          error={error}
          disabled={disabled}
          onChange={(value) => set(value === 'yes')}
        />
      ) : (
        <TextInput
          className={css.middle}
          aria-label="Value"
          placeholder="Value"
          value={String(test.value ?? '')}
          error={error}
          disabled={disabled}
          onChange={(event) => set(event.currentTarget.value)}
        />
      )}
    </>
  );
}
