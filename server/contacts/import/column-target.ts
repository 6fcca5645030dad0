// What a column of a table can become.
export const contactColumns = [
  'external_id',
  'full_name',
  'first_name',
  'last_name',
  'email',
  'phone',
  'language',
  'time_zone',
] as const;
export type ContactColumn = (typeof contactColumns)[number];
export type AttributeType = 'text' | 'number' | 'boolean' | 'date' | 'list';
export type DateOrder = 'ymd' | 'dmy' | 'mdy';

export type ColumnTarget =
  | { kind: 'field'; field: ContactColumn }
  | {
      kind: 'attribute';
      name: string;
      type: AttributeType;
      /** Of numbers: the sign before the fraction. */
      decimal?: '.' | ',';
      /** Of dates written in digits. */
      order?: DateOrder;
    }
  /** Each value, divided at commas, semicolons and bars, is a tag. */
  | { kind: 'tags' }
  /** The person's address on that connection (wire id), a chat id on Telegram. */
  | { kind: 'identity'; connection_id: string }
  | { kind: 'ignore' };
