// The orders of the contact list, each served by an index from both ends. Whoever has no value in an order comes after all who
// have one, newest first: so an order is one or two stretches, each with an index of its own.
import { type RawBuilder, sql } from 'kysely';
import type { ContactQuery, ContactSort } from '../../contract/contact-filter.ts';

export type Direction = 'asc' | 'desc';

export interface Stretch {
  /** In cursors. */
  name: string;
  /** What it is sorted by, of the contact `c`; its id decides between equals. */
  value: RawBuilder<unknown>;
  type: 'timestamptz' | 'text' | 'numeric';
  direction: Direction;
  /** Who stands in it, of the contact `c`. */
  where: RawBuilder<boolean>;
  /** The same as it stands in `contact_ranks r`, where that has the index. */
  ranks?: RawBuilder<unknown>;
  /** Has no index of its own: its people lie scattered among those of the index of `created_at`. */
  isScattered?: boolean;
}

// word for word the index contacts_by_name
const nameOf = sql<string>`left(translate(lower(normalize(btrim(coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '')), NFD)), U&'\\0300\\0301\\0302\\0303\\0304\\0306\\0307\\0308\\030A\\030B\\030C\\0323\\0327\\0328', ''), 100)`;
const isNamed = sql<boolean>`(coalesce(c.first_name, '') <> '' OR coalesce(c.last_name, '') <> '')`;

const byCreation = (name: string, where: RawBuilder<boolean>, direction: Direction): Stretch => ({
  name,
  value: sql`c.created_at`,
  type: 'timestamptz',
  direction,
  where,
});

const stretches: Record<ContactSort, (direction: Direction) => Stretch[]> = {
  created_at: (direction) => [byCreation('created_at', sql`true`, direction)],
  name: (direction) => [
    { name: 'name', value: nameOf, type: 'text', direction, where: isNamed },
    byCreation('nameless', sql`NOT ${isNamed}`, 'desc'),
  ],
  last_seen_at: (direction) => [
    {
      name: 'last_seen_at',
      value: sql`c.last_seen_at`,
      type: 'timestamptz',
      direction,
      where: sql`c.last_seen_at IS NOT NULL`,
      ranks: sql`r.last_seen_at`,
    },
    { ...byCreation('unseen', sql`c.last_seen_at IS NULL`, 'desc'), isScattered: true },
  ],
  orders_value: (direction) => [
    {
      name: 'orders_value',
      value: sql`c.orders_value`,
      type: 'numeric',
      direction,
      where: sql`c.orders_count > 0`,
      ranks: sql`r.orders_value`,
    },
    { ...byCreation('orderless', sql`c.orders_count = 0`, 'desc'), isScattered: true },
  ],
};

/** From the first to the last. */
export function stretchesOf(sort: ContactQuery['sort']): Stretch[] {
  const direction = sort.startsWith('-') ? 'desc' : 'asc';
  return stretches[sort.replace('-', '') as ContactSort](direction);
}

/** The same order read from its end. */
export const reversed = (order: Stretch[]): Stretch[] =>
  order
    .map((stretch): Stretch => ({ ...stretch, direction: stretch.direction === 'asc' ? 'desc' : 'asc' }))
    .reverse();
