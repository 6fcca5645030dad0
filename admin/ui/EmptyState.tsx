// An empty place says what it is for, what is already true, and offers one way on (and a safe try).
import type { ReactNode } from 'react';
import css from './EmptyState.module.css';

interface Props {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}

export function EmptyState(props: Props) {
  return (
    <div className={css.empty}>
      <div className={css.icon} aria-hidden>
        {props.icon}
      </div>
      <h2 className={css.title}>{props.title}</h2>
      {props.children && <p className={css.text}>{props.children}</p>}
      {props.actions && <div className={css.actions}>{props.actions}</div>}
    </div>
  );
}
