// What the list of contacts shows, as it stands in the address: so a filter can be shared, reloaded and gone back from.
import type { ContactFilter } from '../../../contract/contact-filter.ts';
import type { Rule } from '../../../contract/rules.ts';

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

const channels = ['telegram', 'whatsapp', 'website'] as const;

/** What a segment with these people would ask; the text of a search is no condition. Null: nothing is asked. */
export function ruleOf(filter: ContactFilter): Rule | null {
  const { tags, connection_id, reachable, segment_id, consent, rule } = filter;
  const all: Rule[] = [];
  if (tags) all.push({ field: 'tag', op: 'all_of', values: tags });
  if (connection_id)
    all.push({ field: 'identity', connection_id, ...(reachable === undefined ? {} : { reachable }) });
  else if (reachable !== undefined) {
    const can: Rule = { field: 'identity', reachable: true };
    all.push(reachable ? can : { not: can });
  }
  if (segment_id) all.push({ field: 'segment', segment_id });
  if (consent) {
    const onEach = channels.map(
      (channel): Rule => ({ field: 'consent', channel, purpose: 'marketing', state: consent }),
    );
    all.push(consent === 'none' ? { all: onEach } : { any: onEach });
  }
  if (rule) all.push(rule);
  return all.length > 1 ? { all } : (all[0] ?? null);
}
