// An empty place says what it is for, what is already true, and offers one way on (and a safe try).
import type { ReactNode } from 'react';
import css from './EmptyState.module.css';

interface Props {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  /** 1 where nothing else on the page is a heading. */
  level?: 1 | 2;
}

export function EmptyState(props: Props) {
  const Title = props.level === 1 ? 'h1' : 'h2';
  return (
    <div className={css.empty}>
      <div className={css.icon} aria-hidden>
        {props.icon}
      </div>
      <Title className={css.title}>{props.title}</Title>
      {props.children && <p className={css.text}>{props.children}</p>}
      {props.actions && <div className={css.actions}>{props.actions}</div>}
    </div>
  );
}
