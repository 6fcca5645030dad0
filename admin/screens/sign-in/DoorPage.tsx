// The page in front of the door: sign-in, invitation, first set-up. One card, the bell above it.
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { Logo } from '../../ui/Logo.tsx';
import css from './DoorPage.module.css';

export function DoorPage(props: { title: string; text?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${props.title} – Carillon`;
  }, [props.title]);
  return (
    <main className={css.page}>
      <div className={css.brand}>
        <Logo size={28} />
        Carillon
      </div>
      <div className={css.card}>
        <h1 className={css.title}>{props.title}</h1>
        {props.text && <p className={css.text}>{props.text}</p>}
        {props.children}
      </div>
    </main>
  );
}
