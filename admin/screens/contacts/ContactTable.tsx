// The rows of the contact list: who, where they can be reached, their tags, when they were seen, what they bought.

import { Link, useNavigate } from '@tanstack/react-router';
import type { Contact } from '../../../contract/contacts.ts';
import { useMe } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { Tag } from '../../ui/Badge.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { counted, money } from '../../ui/numbers.ts';
import { phoneText } from '../../ui/phones.ts';
import { day, moment, since } from '../../ui/times.ts';
import css from './Contacts.module.css';
import { contactName } from './contact-name.ts';
import { Reach } from './Reach.tsx';
import type { Selection } from './use-selection.ts';

type Sorted = 'name' | 'last_seen_at' | 'orders_value' | 'created_at';

interface Props {
  rows: Contact[];
  stale: boolean;
  sort: string;
  onSort: (sort: string) => void;
  onTag: (tag: string) => void;
  selection: Selection;
  /** Why nobody can be chosen here; undefined: they can. */
  mayChoose: boolean;
}

export function ContactTable({ rows, stale, sort, onSort, onTag, selection, mayChoose }: Props) {
  const navigate = useNavigate();
  const { time_zone: zone, currency } = useMe().workspace;
  const sortBy = (column: Sorted, first: 'up' | 'down'): NonNullable<Column<Contact>['sort']> => {
    const direction = sort === column ? 'up' : sort === `-${column}` ? 'down' : null;
    const next = direction === null ? first : direction === 'up' ? 'down' : 'up';
    return { direction, onSort: () => onSort(next === 'up' ? column : `-${column}`) };
  };
  const name = (row: Contact) => (
    <Link
      to="/contacts/$id"
      params={{ id: row.id }}
      className={`ellipsis ${css.name}`}
      dir="auto"
      title={contactName(row)}
    >
      {phoneText(contactName(row))}
    </Link>
  );
  const seen = (row: Contact) =>
    row.last_seen_at ? (
      <span className="t2 nowrap" title={moment(row.last_seen_at, zone)}>
        {since(row.last_seen_at, zone)}
      </span>
    ) : (
      <span className="t3">–</span>
    );
  const bought = (row: Contact) =>
    row.orders_count > 0 ? (
      <div className={css.bought}>
        <span>{money(row.orders_value, currency)}</span>
        <span className="small t3">{counted(row.orders_count, 'order', 'orders')}</span>
      </div>
    ) : (
      <span className="t3">–</span>
    );
  const columns: Column<Contact>[] = [
    {
      key: 'name',
      header: 'Name',
      sort: sortBy('name', 'up'),
      render: (row) => (
        <div className="col">
          {name(row)}
          <span className="small t3 ellipsis">{lineBelow(row)}</span>
        </div>
      ),
    },
    { key: 'reach', header: 'Reach', width: 176, render: (row) => <Reach contact={row} /> },
    { key: 'tags', header: 'Tags', width: '20%', render: (row) => <Tags row={row} onTag={onTag} /> },
    { key: 'seen', header: 'Last seen', width: 104, sort: sortBy('last_seen_at', 'down'), render: seen },
    {
      key: 'orders',
      header: 'Orders',
      width: 112,
      align: 'right',
      sort: sortBy('orders_value', 'down'),
      render: bought,
    },
    {
      key: 'created',
      header: 'Created',
      width: 112,
      from: 1200,
      sort: sortBy('created_at', 'down'),
      render: (row) => <span className="t2 nowrap">{day(row.created_at, zone)}</span>,
    },
  ];
  return (
    <DataTable
      label="Contacts"
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      stale={stale}
      headCovered={selection.count !== 0}
      onOpen={(row) => void navigate({ to: '/contacts/$id', params: { id: row.id } })}
      choice={
        mayChoose
          ? {
              has: (row) => selection.has(row.id),
              toggle: (row, withShift) => selection.toggle(row.id, withShift),
              page: selection.page,
              togglePage: selection.togglePage,
              nameOf: contactName,
            }
          : undefined
      }
      card={(row) => (
        <>
          <div className="row" style={{ gap: 12 }}>
            <Avatar name={contactName(row)} />
            <span className="grow">
              {name(row)}
              <span className="small t3 ellipsis" style={{ display: 'block' }}>
                {lineBelow(row) || `Created ${day(row.created_at, zone)}`}
              </span>
            </span>
          </div>
          <div className="row wrap" style={{ marginTop: 8 }}>
            <Reach contact={row} />
            <Tags row={row} onTag={onTag} />
          </div>
          {(row.last_seen_at || row.orders_count > 0) && (
            <p className="small t3" style={{ marginTop: 8 }}>
              {[
                row.last_seen_at && `Last seen ${moment(row.last_seen_at, zone)}`,
                row.orders_count > 0 &&
                  `${counted(row.orders_count, 'order', 'orders')}, ${money(row.orders_value, currency)}`,
              ]
                .filter(Boolean)
                .join(' · ')}
            </p>
          )}
        </>
      )}
    />
  );
}

/** What else tells people apart, beside the name. */
function lineBelow(row: Contact): string {
  const name = phoneText(contactName(row));
  const username = row.identities.find((identity) => identity.username)?.username;
  return (
    [row.email, row.phone && phoneText(row.phone), username && `@${username}`].filter(
      (one) => one && one !== name,
    )[0] ?? ''
  );
}

function Tags({ row, onTag }: { row: Contact; onTag: (tag: string) => void }) {
  return (
    <span className={css.tags}>
      {row.tags.slice(0, 2).map((tag) => (
        <button
          key={tag}
          type="button"
          className={`plain-button ${css.tag}`}
          title={`Show only ${tag}`}
          onClick={() => onTag(tag)}
        >
          <Tag>
            <span className="ellipsis">{tag}</span>
          </Tag>
        </button>
      ))}
      {row.tags.length > 2 && (
        <span className="t3 small nowrap" title={row.tags.slice(2).join(', ')}>
          +{row.tags.length - 2}
        </span>
      )}
    </span>
  );
}
