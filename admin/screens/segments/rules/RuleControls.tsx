// The small controls of which conditions are made.
import { Select } from '@mantine/core';
import { NumberField } from '../../composer/NumberField.tsx';
import css from './Rules.module.css';
import type { Draft } from './rule-tree.ts';
import type { Wording } from './rule-words.ts';

export interface ValueProps {
  draft: Draft;
  disabled: boolean;
  wording: Wording;
  /** Whether something is wrong with this part of the condition. */
  isWrong: (key: string) => boolean;
  onChange: (draft: Draft) => void;
}

export const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
export const numberOf = (value: unknown) => (typeof value === 'number' ? value : Number.NaN);
/** The draft without an answer is the draft without its key. */
export function put(draft: Draft, key: string, value: unknown): Draft {
  const { [key]: _, ...rest } = draft;
  const isNothing = value === undefined || (typeof value === 'number' && Number.isNaN(value));
  return isNothing ? (rest as Draft) : { ...draft, [key]: value };
}

/** A number with its unit in the field. */
export function Count(props: {
  label: string;
  unit: string | undefined;
  decimals?: number;
  value: number;
  error: boolean;
  disabled: boolean;
  onChange: (value: number) => void;
}) {
  const { label, unit, error, ...rest } = props;
  return (
    <div className={css.number}>
      <NumberField {...rest} hideControls aria-label={label} suffix={unit} error={error} />
    </div>
  );
}

const nothing = '';
/** A select of few; `none` is the choice that leaves the question out. */
export function Choice(props: {
  label: string;
  none?: string | undefined;
  data: { value: string; label: string }[];
  value: unknown;
  error: boolean;
  disabled: boolean;
  onChange: (value: string | undefined) => void;
}) {
  const { none, data, value } = props;
  return (
    <Select
      className={css.choice}
      aria-label={props.label}
      data={none === undefined ? data : [{ value: nothing, label: none }, ...data]}
      value={typeof value === 'string' ? value : none === undefined ? null : nothing}
      error={props.error}
      disabled={props.disabled}
      onChange={(next) => next !== null && props.onChange(next === nothing ? undefined : next)}
    />
  );
}
