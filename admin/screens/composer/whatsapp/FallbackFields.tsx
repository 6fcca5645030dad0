// For each variable in a value of a template: what who lacks it reads instead.
import { TextInput } from '@mantine/core';
import { fallbacksIn, withFallback } from './fallbacks.ts';
import css from './WhatsApp.module.css';

interface Props {
  /** The place, in words. */
  of: string;
  value: string;
  disabled: boolean;
  onChange: (value: string) => void;
}

export function FallbackFields({ of, value, disabled, onChange }: Props) {
  return fallbacksIn(value).map(({ name, label, text }, at) => (
    <div key={`${name}${String(at)}`} className={css.fallback}>
      <span className="t2 small" aria-hidden>
        If there is no {label}
      </span>
      <TextInput
        className="grow"
        aria-label={`Instead in ${of}, if there is no ${label}`}
        placeholder="Nothing: they get no message"
        maxLength={200}
        value={text}
        disabled={disabled}
        dir="auto"
        onChange={(event) => onChange(withFallback(value, at, event.currentTarget.value))}
      />
    </div>
  ));
}
