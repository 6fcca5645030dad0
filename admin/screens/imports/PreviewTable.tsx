// The first rows as they would be written: who is new, who is there already, what is refused and why. Nothing is written.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { PreviewRow } from '../../../contract/imports.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import css from './Imports.module.css';
import { OutcomeBadge } from './Outcomes.tsx';
import { fieldWords } from './target-words.ts';

const fields = ['external_id', 'first_name', 'last_name', 'email', 'phone', 'language', 'time_zone'] as const;

interface Shown {
  key: string;
  header: string;
  value: (row: PreviewRow) => string;
}

/** Only what some row has: empty columns tell nothing. */
function columnsOf(rows: PreviewRow[]): Shown[] {
  const contacts = rows.flatMap(({ contact }) => contact ?? []);
  const names = [...new Set(contacts.flatMap((contact) => Object.keys(contact.attributes)))];
  return [
    ...fields
      .filter((field) => contacts.some((contact) => contact[field]))
      .map((field) => ({
        key: field,
        header: fieldWords[field],
        value: (row: PreviewRow) => row.contact?.[field] ?? '',
      })),
    ...(contacts.some(({ tags }) => tags.length > 0)
      ? [{ key: 'tags', header: 'Tags', value: (row: PreviewRow) => row.contact?.tags.join(', ') ?? '' }]
      : []),
    ...names.map((name) => ({
      key: `attribute ${name}`,
      header: name,
      value: (row: PreviewRow) => valueInWords(row.contact?.attributes[name]),
    })),
  ];
}

function valueInWords(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

export function PreviewTable({ rows, stale }: { rows: PreviewRow[]; stale: boolean }) {
  const phone = usePhone();
  const columns = columnsOf(rows);
  if (phone) return <PreviewCards rows={rows} columns={columns} stale={stale} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={css.preview} tabIndex={0} aria-label="First rows as they will be written">
      <table className={css.previewTable} data-stale={stale || undefined}>
        <thead>
          <tr>
            <th className={css.fixed}>Line</th>
            <th className={css.fixedSecond}>Becomes</th>
            {columns.map(({ key, header }) => (
              <th key={key} title={header}>
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.line} data-outcome={row.outcome}>
              <td className={css.fixed}>{row.line}</td>
              <td className={css.fixedSecond}>
                <Becomes row={row} />
              </td>
              {row.contact ? (
                columns.map(({ key, value }) => (
                  <td key={key} title={value(row)} dir="auto">
                    {value(row)}
                  </td>
                ))
              ) : (
                <td colSpan={Math.max(1, columns.length)} className={css.reasons}>
                  <Reasons row={row} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function PreviewCards(props: { rows: PreviewRow[]; columns: Shown[]; stale: boolean }) {
  return (
    <ul
      className={css.previewCards}
      aria-label="First rows as they will be written"
      data-stale={props.stale || undefined}
    >
      {props.rows.map((row) => (
        <li key={row.line} className={css.previewCard}>
          <div className="row">
            <span className="strong">Line {row.line}</span>
            <span className="end">
              <Becomes row={row} />
            </span>
          </div>
          {row.contact && (
            <dl className={css.previewFacts}>
              {props.columns
                .filter(({ value }) => value(row) !== '')
                .map(({ key, header, value }) => (
                  <div key={key}>
                    <dt>{header}</dt>
                    <dd dir="auto">{value(row)}</dd>
                  </div>
                ))}
            </dl>
          )}
          <Reasons row={row} />
        </li>
      ))}
    </ul>
  );
}

function Becomes({ row }: { row: PreviewRow }): ReactNode {
  const badge = <OutcomeBadge outcome={row.outcome} />;
  if (!row.contact_id) return badge;
  return (
    <Link to="/contacts/$id" params={{ id: row.contact_id }} title="Open the contact" target="_blank">
      {badge}
      <span className="sr-only">Opens the contact in a new tab</span>
    </Link>
  );
}

function Reasons({ row }: { row: PreviewRow }) {
  return (
    <>
      {row.problems.map(({ column, reason }) => (
        <div key={`${column}${reason}`} className="small bad">
          {column && `${column}: `}
          {reason}
        </div>
      ))}
      {row.contact &&
        row.remarks.map(({ column, reason }) => (
          <div key={`${column}${reason}`} className="small warn">
            {column && `${column}: `}
            {reason}
          </div>
        ))}
    </>
  );
}
