// The look of a status: colour, icon and word, always all three.
import type { ReactNode } from 'react';
import css from './Badge.module.css';

export type BadgeTone = 'mute' | 'info' | 'brand' | 'ok' | 'warn' | 'bad' | 'outline' | 'hatch';

export function Badge(props: { tone: BadgeTone; icon?: ReactNode; children: ReactNode; live?: boolean }) {
  return (
    <span className={css.badge} data-tone={props.tone}>
      {props.live ? <span className={css.live} /> : props.icon}
      {props.children}
    </span>
  );
}

/** A square grey label: a tag, a role, a count. */
export function Tag(props: { children: ReactNode; icon?: ReactNode }) {
  return (
    <span className={css.tag}>
      {props.icon}
      {props.children}
    </span>
  );
}
