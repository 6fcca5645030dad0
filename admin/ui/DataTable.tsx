// A table on a desk, cards on a phone, the same words in both. Sorting and paging belong to the caller.
import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import css from './DataTable.module.css';

export interface Column<Row> {
  key: string;
  header: string;
  width?: number | string;
  align?: 'right';
  /** Hidden for the eye only, e.g. a column of menus. */
  quiet?: boolean;
  /** Shown only on screens of at least this width, px. */
  from?: 1200 | 1360;
  sort?: { direction: 'up' | 'down' | null; onSort: () => void };
  render: (row: Row) => ReactNode;
}

interface Props<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** The row as a card under 768 px. */
  card: (row: Row) => ReactNode;
  rowHeight?: 40 | 48;
  onOpen?: (row: Row) => void;
  /** Old rows stay in view, dimmed, while new ones come. */
  stale?: boolean;
}

/** True under 768 px, where tables become cards and drawers full screens. */
export function usePhone(): boolean {
  return useMediaQuery('(max-width: 767px)', undefined, { getInitialValueInEffect: false }) ?? false;
}

const interactive = 'a, button, input, label, [role="menuitem"], [data-no-open]';

/** J and K: the first link of the next or previous row gets the focus, so that Enter opens it. */
function stepRow(by: 1 | -1): void {
  if (document.querySelector('[role="dialog"]')) return;
  const rows = [...document.querySelectorAll<HTMLElement>('[data-steps] > tr')];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
  const link = next?.querySelector<HTMLElement>('a');
  link?.focus();
  link?.scrollIntoView({ block: 'nearest' });
}

export function DataTable<Row>(props: Props<Row>) {
  const phone = usePhone();
  useHotkeys([
    ['J', () => stepRow(1)],
    ['K', () => stepRow(-1)],
  ]);
  if (phone)
    return (
      <ul className={css.cards} aria-label={props.label} data-stale={props.stale || undefined}>
        {props.rows.map((row) => (
          <li key={props.rowKey(row)} className={css.card}>
            {props.card(row)}
          </li>
        ))}
      </ul>
    );
  return (
    <table className={css.table} aria-label={props.label} data-stale={props.stale || undefined}>
      <thead>
        <tr>
          {props.columns.map((column) => (
            <th
              key={column.key}
              style={{ width: column.width }}
              data-align={column.align}
              data-from={column.from}
              aria-sort={
                column.sort?.direction
                  ? column.sort.direction === 'up'
                    ? 'ascending'
                    : 'descending'
                  : undefined
              }
            >
              {column.sort ? (
                <button type="button" className={css.sort} onClick={column.sort.onSort}>
                  {column.header}
                  {column.sort.direction === 'up' && <IconArrowUp size={13} aria-hidden />}
                  {column.sort.direction === 'down' && <IconArrowDown size={13} aria-hidden />}
                </button>
              ) : (
                <span className={column.quiet ? 'sr-only' : undefined}>{column.header}</span>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody data-steps>
        {props.rows.map((row) => (
          <tr
            key={props.rowKey(row)}
            data-opens={props.onOpen ? true : undefined}
            onClick={(event) => {
              if ((event.target as HTMLElement).closest(interactive)) return;
              if (!window.getSelection()?.isCollapsed) return;
              props.onOpen?.(row);
            }}
          >
            {props.columns.map((column) => (
              <td
                key={column.key}
                data-align={column.align}
                data-from={column.from}
                style={{ height: props.rowHeight ?? 48 }}
              >
                {column.render(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
