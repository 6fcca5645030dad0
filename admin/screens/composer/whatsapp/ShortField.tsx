// One line of a WhatsApp message that may hold variables: a title, a footer, the value of a template's place.
import { TextInput } from '@mantine/core';
import { type ReactNode, useRef } from 'react';
import { typeInto } from '../text-marks.ts';
import { VariableMenu } from '../VariableMenu.tsx';
import css from './WhatsApp.module.css';

interface Props {
  label: string;
  /** The label is read out only. */
  quiet?: boolean;
  description?: ReactNode;
  placeholder?: string;
  pointer: string;
  value: string;
  /** What stands before it for everybody. */
  before?: string;
  most: number;
  problem: string | undefined;
  disabled?: boolean;
  onChange: (value: string) => void;
  onLeave?: () => void;
}

export function ShortField(props: Props) {
  const { label, quiet, value, most, pointer, problem } = props;
  const field = useRef<HTMLInputElement>(null);
  const isPlain = !/\{\{|\{%/.test(value);
  return (
    <div className={css.short}>
      <TextInput
        ref={field}
        className="grow"
        data-field={pointer}
        {...(quiet ? { 'aria-label': label } : { label })}
        description={props.description}
        placeholder={props.placeholder}
        value={value}
        error={problem}
        disabled={props.disabled}
        leftSection={props.before && <span className={css.before}>{props.before}</span>}
        leftSectionWidth={props.before ? Math.min(240, 20 + props.before.length * 6.2) : undefined}
        rightSectionWidth={64}
        rightSection={
          isPlain && most <= 100 ? (
            <span className="t3 small" aria-hidden>
              {[...value].length} / {most}
            </span>
          ) : undefined
        }
        dir="auto"
        onChange={(event) => props.onChange(event.currentTarget.value)}
        onBlur={props.onLeave}
      />
      <span className={css.menu}>
        <VariableMenu
          compact
          disabled={props.disabled ?? false}
          onPick={(snippet) => field.current && typeInto(field.current, snippet)}
        />
      </span>
    </div>
  );
}
