// Columns of an export, in words.
import { attributePrefix, type ExportColumn } from '../../../contract/exports.ts';

export const columnWords: Record<ExportColumn, string> = {
  id: 'Id here',
  external_id: 'Id in your shop',
  first_name: 'First name',
  last_name: 'Last name',
  email: 'Email',
  phone: 'Phone',
  language: 'Language',
  time_zone: 'Time zone',
  time_zone_guess: 'Time zone, guessed',
  tags: 'Tags',
  addresses: 'Addresses',
  consent: 'Consent',
  created_at: 'Added',
  last_seen_at: 'Last seen',
  orders_count: 'Orders',
  orders_value: 'Value of orders',
  last_order_at: 'Last order',
};

/** "Email, Phone, city and 3 more", or "All columns". */
export function columnsInWords(columns: string[] | null): string {
  if (!columns) return 'All columns';
  const words = columns.map((column) =>
    column.startsWith(attributePrefix)
      ? column.slice(attributePrefix.length)
      : (columnWords[column as ExportColumn] ?? column),
  );
  if (words.length <= 4) return words.join(', ');
  return `${words.slice(0, 3).join(', ')} and ${words.length - 3} more`;
}
