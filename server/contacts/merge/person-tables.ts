// Every table that knows a contact, and what a merge does with it. Merge, undo, export and erase go by this list, and a test
// holds it against the schema: a table that is made later and forgotten here fails it.

/** Rows with an id of their own: they change hands, and come back by their ids. */
export const movedTables = [
  'messages',
  'events',
  'orders',
  'carts',
  'shop_customers',
  'consent_changes',
  'contact_notes',
  'contact_merges',
] as const;
export type MovedTable =
  | (typeof movedTables)[number]
  | 'identities'
  | 'spare_identities'
  | 'conversations'
  | 'deliveries';

/** Rows that a person has once per key: what only the other has comes over, and the other's are put back by what they were. */
export const keyedTables = {
  segment_members: ['segment_id'],
  segment_changes: ['segment_id', 'check_id'],
  product_interest: ['product_id', 'kind', 'variant_id'],
} as const;
export type KeyedTable = keyof typeof keyedTables;

/** Handled in words of their own (move-addresses.ts, move-deliveries.ts, move-consent.ts). */
export const ownWays = ['identities', 'spare_identities', 'conversations', 'deliveries', 'consents'] as const;

/** Whom long work is about, as it was written down: who reads them follows merges (segments/chosen-people.ts). */
export const passingTables = ['work_people'] as const;

/** Sums and ranks that triggers keep with the contact. */
export const keptByTriggers = ['contact_ranks'] as const;
