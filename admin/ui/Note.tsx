// A sentence beside what it concerns: information, warning or problem, with room for the way out.
import { IconAlertCircle, IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import css from './Note.module.css';

const icons = { info: IconInfoCircle, warn: IconAlertTriangle, bad: IconAlertCircle, ok: IconCircleCheck };

export function Note(props: { tone: keyof typeof icons; children: ReactNode; actions?: ReactNode }) {
  const Icon = icons[props.tone];
  return (
    <div className={css.note} data-tone={props.tone} role={props.tone === 'bad' ? 'alert' : undefined}>
      <Icon size={16} stroke={1.75} aria-hidden />
      <div className="grow">{props.children}</div>
      {props.actions && <div className={css.actions}>{props.actions}</div>}
    </div>
  );
}
