// A screen: title bar of 56 px with one primary action, then the work area that scrolls.
import type { ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import css from './Page.module.css';

interface Props {
  title: string;
  /** Beside the title: a count, a badge. */
  aside?: ReactNode;
  /** Before the title: a way back. */
  before?: ReactNode;
  actions?: ReactNode;
  footer?: ReactNode;
  /** Frame colour behind cards instead of the white work area. */
  sunken?: boolean;
  flush?: boolean;
  children: ReactNode;
}

export function Page(props: Props) {
  useEffect(() => {
    document.title = `${props.title} – Carillon`;
  }, [props.title]);
  return (
    <div className={css.page}>
      <header className={css.top}>
        {props.before}
        <h1 className={css.title} title={props.title} tabIndex={-1} dir="auto">
          {props.title}
        </h1>
        {props.aside && <div className={css.aside}>{props.aside}</div>}
        <div className={css.actions}>{props.actions}</div>
      </header>
      <div className={css.body} data-sunken={props.sunken || undefined} data-flush={props.flush || undefined}>
        {props.children}
      </div>
      {props.footer && <footer className={css.footer}>{props.footer}</footer>}
    </div>
  );
}

/** A card with a heading, as settings and reports use them. */
export function Section(props: {
  title: string;
  aside?: ReactNode;
  help?: string;
  /** Its heading is read first where it takes the place of what had the focus. */
  takesFocus?: boolean;
  children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { takesFocus } = props;
  useEffect(() => {
    if (takesFocus && document.activeElement === document.body) heading.current?.focus();
  }, [takesFocus]);
  return (
    <section className={css.section}>
      <div className={css.sectionHead}>
        <h2 ref={heading} tabIndex={takesFocus ? -1 : undefined}>
          {props.title}
        </h2>
        {props.aside && <div className={`end t3 ${css.sectionAside}`}>{props.aside}</div>}
      </div>
      {props.help && <p className={css.help}>{props.help}</p>}
      {props.children}
    </section>
  );
}
