// What undoing a merge needs: both people as they were. Kept in contact_merges.snapshot until it cannot be undone any more.
import type { Row } from './merge-values.ts';
import type { MovedAddresses } from './move-addresses.ts';
import type { MovedConsent } from './move-consent.ts';
import type { MovedDeliveries } from './move-deliveries.ts';
import type { KeyedTable } from './person-tables.ts';

export interface Snapshot {
  survivor: Row;
  merged: Row;
  absorbed: Row;
  /** The ids that moved stand in contact_merge_rows, by table. */
  deliveries: Omit<MovedDeliveries, 'moved'>;
  addresses: MovedAddresses;
  consent: MovedConsent;
  keyed: Partial<Record<KeyedTable, { had: Row[]; came: Row[] }>>;
}
