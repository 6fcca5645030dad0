// What the list of contacts shows, as it stands in the address: so a filter can be shared, reloaded and gone back from.
import type { ContactFilter } from '../../../contract/contact-filter.ts';

export type ContactsSearch = ContactFilter & {
  sort?: string | undefined;
  /** Where the page begins, and which one it is (to be shown). */
  cursor?: string | undefined;
  page?: number | undefined;
};

type Read = (value: unknown) => unknown;
const text: Read = (value) =>
  (typeof value === 'string' || typeof value === 'number') && value !== '' ? String(value) : undefined;
const id: Read = (value) => (typeof value === 'string' && /^[a-z]{3}_\w+$/.test(value) ? value : undefined);
const oneOf =
  (...words: string[]): Read =>
  (value) =>
    words.includes(value as string) ? value : undefined;
const readers: Record<keyof ContactFilter | 'sort', Read> = {
  search: text,
  tags: (value) => {
    const tags = [value].flat().map(text).filter(Boolean);
    return tags.length > 0 ? tags : undefined;
  },
  connection_id: id,
  segment_id: id,
  reachable: (value) => (typeof value === 'boolean' ? value : undefined),
  consent: oneOf('opted_in', 'opted_out', 'none'),
  rule: (value) => (typeof value === 'object' && value !== null ? value : undefined),
  sort: oneOf(
    'created_at',
    'name',
    '-name',
    'last_seen_at',
    '-last_seen_at',
    'orders_value',
    '-orders_value',
  ),
};

/** Keeps what is a filter, name by name; what is not one is dropped: a mistyped address should not break the page. */
export function readContactsSearch(given: Record<string, unknown>): ContactsSearch {
  const kept: Record<string, unknown> = {};
  // an address of before had one tag
  for (const [name, read] of Object.entries(readers)) {
    const value = read(name === 'tags' ? (given.tags ?? given.tag) : given[name]);
    if (value !== undefined) kept[name] = value;
  }
  const page = Number(given.page);
  return {
    ...kept,
    ...(typeof given.cursor === 'string' && Number.isInteger(page) && page > 0
      ? { cursor: given.cursor, page }
      : {}),
  };
}

/** The filter alone, as bodies take it. */
export function filterOf({
  sort: _sort,
  cursor: _cursor,
  page: _page,
  ...filter
}: ContactsSearch): ContactFilter {
  return filter;
}

/** The same as an address of the API takes it. */
export const queryOf = ({ rule, ...filter }: ContactFilter) => ({
  ...filter,
  rule: rule && JSON.stringify(rule),
});

export const isFiltered = (filter: ContactFilter): boolean =>
  Object.values(filter).some((value) => value !== undefined);
