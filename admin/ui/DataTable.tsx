// A table on a desk, cards on a phone, the same words in both. Sorting, paging and what is chosen belong to the caller.
import { Checkbox } from '@mantine/core';
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
  from?: 1200 | 1360 | 1600;
  sort?: { direction: 'up' | 'down' | null; onSort: () => void };
  render: (row: Row) => ReactNode;
}

/** Rows that can be chosen by a box before each: with shift a range, with X the row that has the focus. */
export interface RowChoice<Row> {
  has(row: Row): boolean;
  toggle(row: Row, withShift: boolean): void;
  /** Of all rows on screen. */
  page: 'all' | 'some' | 'none';
  togglePage(): void;
  /** "Select Ann Lee". */
  nameOf(row: Row): string;
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
  choice?: RowChoice<Row>;
  /** Something lies on the head beside the box of the page: its buttons are not reached by Tab meanwhile. */
  headCovered?: boolean;
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

/** X: the row that has the focus. */
function rowAtFocus(): number {
  if (document.querySelector('[role="dialog"]')) return -1;
  return [...document.querySelectorAll('[data-steps] > tr')].findIndex((row) =>
    row.contains(document.activeElement),
  );
}

export function DataTable<Row>(props: Props<Row>) {
  const phone = usePhone();
  const { choice } = props;
  useHotkeys([
    ['J', () => stepRow(1)],
    ['K', () => stepRow(-1)],
    [
      'X',
      () => {
        const row = props.rows[rowAtFocus()];
        if (row !== undefined) choice?.toggle(row, false);
      },
    ],
  ]);
  const box = (row: Row) => choice && <RowBox choice={choice} row={row} />;
  if (phone)
    return (
      <ul className={css.cards} aria-label={props.label} data-stale={props.stale || undefined}>
        {props.rows.map((row) => (
          <li key={props.rowKey(row)} className={css.card} data-chosen={choice?.has(row) || undefined}>
            {choice ? (
              <div className={css.chooses}>
                {box(row)}
                <div className="grow">{props.card(row)}</div>
              </div>
            ) : (
              props.card(row)
            )}
          </li>
        ))}
      </ul>
    );
  return (
    <table className={css.table} aria-label={props.label} data-stale={props.stale || undefined}>
      <thead>
        <tr>
          {choice && (
            <th style={{ width: 36 }}>
              <Checkbox
                size="xs"
                aria-label="Select all rows of this page"
                checked={choice.page === 'all'}
                indeterminate={choice.page === 'some'}
                onChange={choice.togglePage}
              />
            </th>
          )}
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
                <button
                  type="button"
                  className={css.sort}
                  tabIndex={props.headCovered ? -1 : undefined}
                  onClick={column.sort.onSort}
                >
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
            data-chosen={choice?.has(row) || undefined}
            onClick={(event) => {
              if ((event.target as HTMLElement).closest(interactive)) return;
              if (!window.getSelection()?.isCollapsed) return;
              props.onOpen?.(row);
            }}
          >
            {choice && <td className={css.box}>{box(row)}</td>}
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

function RowBox<Row>({ choice, row }: { choice: RowChoice<Row>; row: Row }) {
  return (
    <Checkbox
      size="xs"
      aria-label={`Select ${choice.nameOf(row)}`}
      checked={choice.has(row)}
      // the range is from a click: the keyboard has none
      onChange={(event) => choice.toggle(row, (event.nativeEvent as MouseEvent).shiftKey === true)}
    />
  );
}
