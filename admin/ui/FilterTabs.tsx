// A row of choices with counts, one of them on: channels of a list, states of a log.
import { type ReactNode, useEffect, useRef } from 'react';
import css from './FilterTabs.module.css';

interface Choice<T extends string> {
  value: T;
  label: ReactNode;
  count?: number | string | undefined;
}

export function FilterTabs<T extends string>(props: {
  label: string;
  value: T;
  choices: Choice<T>[];
  onChange: (value: T) => void;
}) {
  const row = useRef<HTMLDivElement>(null);
  // The one that is on may lie outside a narrow screen. Scrolls the row only, never the page.
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the choice
  useEffect(() => {
    const on = row.current?.querySelector<HTMLElement>('[aria-pressed="true"]');
    if (on && row.current) row.current.scrollLeft = on.offsetLeft - row.current.offsetLeft - 16;
  }, [props.value]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one line in every browser
    <div ref={row} className={css.tabs} role="group" aria-label={props.label}>
      {props.choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          className={css.tab}
          aria-pressed={choice.value === props.value}
          onClick={() => props.onChange(choice.value)}
        >
          {choice.label}
          {choice.count !== undefined && <span className={css.count}>{choice.count}</span>}
        </button>
      ))}
    </div>
  );
}
