// What went wrong and what to do about it, each with its way there.
import { Link } from '@tanstack/react-router';
import type { Report } from '../../../contract/campaigns.ts';
import { Note } from '../../ui/Note.tsx';
import css from './Course.module.css';

/** The note on unknown people stands above, with its own way. */
export function Findings({ report }: { report: Report }) {
  const found = report.findings.filter((one) => one.key !== 'unknown');
  if (found.length === 0) return null;
  return (
    <section className={css.findings} aria-label="What went wrong">
      {found.map((one) => (
        <Note key={one.key} tone="warn">
          {one.words}{' '}
          {one.remedy.href ? (
            <Link to={one.remedy.href}>{one.remedy.words}.</Link>
          ) : (
            <span>{one.remedy.words}.</span>
          )}
        </Note>
      ))}
    </section>
  );
}
