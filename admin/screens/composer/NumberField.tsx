// A number of the draft. What was typed stays, also beyond the limits and empty: the draft says what is wrong with it.
import { NumberInput, type NumberInputProps } from '@mantine/core';
import { useState } from 'react';

interface Props
  extends Pick<
    NumberInputProps,
    'label' | 'aria-label' | 'description' | 'w' | 'suffix' | 'min' | 'max' | 'disabled' | 'hideControls'
  > {
  /** NaN: nothing that can be read was typed. null: left empty on purpose. */
  value: number | null;
  error?: string | boolean | undefined;
  decimals?: number;
  onChange: (value: number) => void;
  /** Where an empty field means something. */
  onClear?: () => void;
}

export function NumberField({ value, decimals = 0, error, onChange, onClear, ...rest }: Props) {
  const [typed, setTyped] = useState<number | string>('');
  const read = (text: number | string) => (text === '' ? (onClear ? null : Number.NaN) : Number(text));
  const otherwise = value === null || Number.isNaN(value) ? '' : value;
  return (
    <NumberInput
      {...rest}
      allowDecimal={decimals > 0}
      decimalScale={decimals}
      clampBehavior="none"
      value={Object.is(read(typed), value) ? typed : otherwise}
      error={error}
      onChange={(text) => {
        setTyped(text);
        const number = read(text);
        if (number === null) onClear?.();
        else onChange(number);
      }}
    />
  );
}
