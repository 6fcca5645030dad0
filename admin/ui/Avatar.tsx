// Initials on one of six soft colours, the same for the same name everywhere.
import type { ReactNode } from 'react';
import css from './Avatar.module.css';

function initials(name: string): string {
  // Letters only: no emoji, no bracket, no mark that turns the direction of writing. A number where there is no letter.
  const words = name.split(/\s+/);
  const of = (kind: RegExp) =>
    words.map((word) => kind.exec(word)?.[0]).filter((found) => found !== undefined);
  const letters = of(/\p{L}/u);
  const found = letters.length > 0 ? letters : of(/\p{N}/u);
  const first = found[0] ?? '?';
  const last = found.length > 1 ? (found.at(-1) ?? '') : '';
  return (first + last).toLocaleUpperCase();
}
function face(name: string): number {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return sum % 6;
}

export function Avatar(props: { name: string; size?: 'small' | 'medium' | 'large'; corner?: ReactNode }) {
  const index = face(props.name);
  return (
    <span
      className={css.avatar}
      data-size={props.size ?? 'medium'}
      style={{ background: `var(--c-face-${index})`, color: `var(--c-face-${index}-text)` }}
      aria-hidden
    >
      {initials(props.name)}
      {props.corner && <span className={css.corner}>{props.corner}</span>}
    </span>
  );
}
