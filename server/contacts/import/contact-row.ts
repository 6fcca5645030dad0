// One row of a table → one contact as the API takes it, or the reasons why it cannot be one, each with its column. What is
// doubtful and kept is said as well.

import { isProof } from '../../../contract/consent.ts';
import { type ContactCreate, contactCreate } from '../../../contract/contacts.ts';
import type { ColumnTarget, DateOrder, RowRemark } from '../../../contract/imports.ts';
import type { AttributeType } from '../../../contract/rules.ts';
import type { ConsentProof } from './batch.ts';
import type { Row } from './row.ts';
import { readBoolean, readDate, readList, readNumber, readPhone, withoutGuard } from './values.ts';

/** Problems and doubts name the column and say what to do, without the value itself. */
export type RowReading =
  | { contact: ContactCreate; proof: ConsentProof | null; doubts: RowRemark[] }
  | { contact: null; problems: RowRemark[] };

export interface RowOptions {
  /** Two letters ("GB"): of phone numbers without country code. */
  defaultCountry?: string;
  /** Empty cells of mapped columns clear what is there; else they say nothing. */
  clearsEmpty?: boolean;
  /** Consents of later than now are refused. */
  now?: Date;
}

interface Draft {
  contact: ContactCreate;
  attributes: Record<string, string | number | boolean | string[] | null>;
  /** Null: no column of tags, or nothing in it that counts. */
  tags: string[] | null;
  proof: ConsentProof | null;
  doubt(reason: string): void;
  refuse(reason: string): void;
}

/** A reader for the rows of one table. */
export function contactReader(
  header: string[],
  mapping: ColumnTarget[],
  options: RowOptions = {},
): (row: Row) => RowReading {
  const columns = header
    .map((name, index) => ({ name, index, target: mapping[index] ?? { kind: 'ignore' as const } }))
    .filter(({ target }) => target.kind !== 'ignore');
  const columnOfField = new Map(columns.map((column) => [pathOf(column.target), column.name]));
  return (row) => {
    const problems: RowRemark[] = [];
    const doubts: RowRemark[] = [];
    if (row.cells.slice(header.length).some((cell) => cell.trim() !== ''))
      problems.push({
        column: null,
        reason: `The row has ${row.cells.length} cells, the header ${header.length}. Put values that hold the delimiter into quotation marks.`,
      });
    let column = '';
    const draft: Draft = {
      contact: {},
      attributes: {},
      tags: null,
      proof: null,
      doubt: (reason) => doubts.push({ column, reason }),
      refuse: (reason) => problems.push({ column, reason }),
    };
    for (const { name, index, target } of columns) {
      const text = withoutGuard(row.cells[index]?.trim() ?? '');
      column = name;
      if (text !== '') put(draft, target, text, options);
      else if (options.clearsEmpty) clear(draft, target);
    }
    const checked = contactCreate.safeParse(wholeOf(draft));
    if (checked.success && problems.length === 0)
      return { contact: checked.data, proof: draft.proof, doubts };
    for (const { path, message } of checked.error?.issues ?? []) {
      // a value that was refused already is no value that is missing
      if (path.length === 0 && problems.length > 0) continue;
      problems.push({
        column: columnOfField.get(path.slice(0, path[0] === 'attributes' ? 2 : 1).join('/')) ?? null,
        reason: wordsOf(path, message),
      });
    }
    return { contact: null, problems };
  };
}

function put(draft: Draft, target: ColumnTarget, text: string, options: RowOptions): void {
  if (target.kind === 'tags') draft.tags = [...(draft.tags ?? []), ...readList(text)];
  else if (target.kind === 'identity') putIdentity(draft, target.connection_id, text);
  else if (target.kind === 'attribute') putAttribute(draft, target, text);
  else if (target.kind === 'consent_wording') putWording(draft, text);
  else if (target.kind === 'consent_at') putConsentTime(draft, text, target.order ?? 'ymd', options.now);
  else if (target.kind === 'field') putField(draft, target.field, text, options);
}

function clear(draft: Draft, target: ColumnTarget): void {
  if (target.kind === 'tags') draft.tags ??= [];
  else if (target.kind === 'attribute') draft.attributes[target.name] = null;
  else if (target.kind === 'field' && target.field === 'full_name')
    Object.assign(draft.contact, { first_name: null, last_name: null });
  else if (target.kind === 'field' && target.field !== 'external_id')
    Object.assign(draft.contact, { [target.field]: null });
}

function putField(draft: Draft, field: string, text: string, options: RowOptions): void {
  if (field === 'full_name') Object.assign(draft.contact, namesOf(text));
  else if (field === 'email') draft.contact.email = text.replace(/^mailto:/i, '');
  else if (field === 'phone') putPhone(draft, text, options.defaultCountry);
  else Object.assign(draft.contact, { [field]: text });
}

function putPhone(draft: Draft, text: string, country: string | undefined): void {
  const read = readPhone(text, country);
  if (read.phone === null) draft.refuse(read.reason);
  else draft.contact.phone = read.phone;
  if (read.phone !== null && read.doubt) draft.doubt(read.doubt);
}

function putIdentity(draft: Draft, connection_id: string, text: string): void {
  if (/^-?\d{1,20}$/.test(text))
    draft.contact.identities = [...(draft.contact.identities ?? []), { connection_id, address: text }];
  else draft.refuse('A Telegram address is the chat id, digits only.');
}

const proofOf = ({ proof }: Draft): ConsentProof => proof ?? { wording: null, at: null };
const wordingAtMost = 400;

function putWording(draft: Draft, text: string): void {
  if (text.length > wordingAtMost || /\0/.test(text) || !text.isWellFormed())
    draft.refuse(`The words of a consent may have up to ${wordingAtMost} characters.`);
  else if (isProof(text)) draft.proof = { ...proofOf(draft), wording: text };
  else
    draft.doubt(
      'These are no words that prove anything: fewer than three letters or digits. The wording for all is kept instead.',
    );
}

/** With a time and zone to the second; anything less is the first moment of its day. */
function putConsentTime(draft: Draft, text: string, order: DateOrder, now?: Date): void {
  const date = readDate(text, order);
  const isExact = date !== null && /T.*(Z|[+-]..:..)$/.test(date);
  const at = date === null ? Number.NaN : Date.parse(isExact ? date : date.slice(0, 10));
  if (Number.isNaN(at)) draft.refuse(`${noDate(order)}.`);
  else if (now && at > now.getTime())
    draft.refuse('This date lies in the future: nobody can have agreed then.');
  else draft.proof = { ...proofOf(draft), at: new Date(at) };
}

function putAttribute(draft: Draft, target: ColumnTarget & { kind: 'attribute' }, text: string): void {
  const value = attributeValue(target, text);
  if (value === null) draft.refuse(expected(target));
  else draft.attributes[target.name] = value;
}

/** Says how the column is read: a value that is right in another way is one choice away. */
function expected(target: { type: AttributeType; decimal?: '.' | ','; order?: DateOrder }): string {
  switch (target.type) {
    case 'number':
      return `This is no number. Write it like ${target.decimal === ',' ? '1.234,50' : '1,234.50'}, or change what the column becomes.`;
    case 'boolean':
      return 'This is neither yes nor no. Write one of the two, or change what the column becomes.';
    case 'date':
      return `${noDate(target.order)}, or change what the column becomes.`;
    default:
      return `This is no ${target.type}.`;
  }
}

const dateLooks: Record<DateOrder, string> = {
  ymd: '2026-11-21',
  dmy: '21.11.2026 (day first) or 2026-11-21',
  mdy: '11/21/2026 (month first) or 2026-11-21',
};
const noDate = (order: DateOrder = 'ymd') => `This is no date. Write it like ${dateLooks[order]}`;

function attributeValue(target: ColumnTarget & { kind: 'attribute' }, text: string) {
  switch (target.type) {
    case 'number':
      return readNumber(text, target.decimal ?? '.');
    case 'boolean':
      return readBoolean(text);
    case 'date':
      return readDate(text, target.order ?? 'ymd');
    case 'list':
      return readList(text);
    case 'text':
      return text;
  }
}

/** "Lee, Ann" and "Ann Lee" are the same person; a single word is the first name. */
export function namesOf(text: string): { first_name: string; last_name?: string } {
  const [last, first, ...more] = text.split(',').map((part) => part.trim());
  if (last && first && more.length === 0) return { first_name: first, last_name: last };
  const [given = text, ...family] = text.split(/\s+/);
  return family.length > 0 ? { first_name: given, last_name: family.join(' ') } : { first_name: given };
}

function wholeOf({ contact, attributes, tags }: Draft): ContactCreate {
  return {
    ...contact,
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(tags && { tags: [...new Set(tags)] }),
  };
}

/** Where a column's value stands in the contact, as the schema names it when it refuses. */
function pathOf(target: ColumnTarget): string {
  if (target.kind === 'attribute') return `attributes/${target.name}`;
  if (target.kind === 'identity') return 'identities';
  if (target.kind === 'tags') return 'tags';
  if (target.kind !== 'field') return target.kind;
  return target.field === 'full_name' ? 'first_name' : target.field;
}

/** The schema speaks to programs of what is missing; to people it is said in the words of the table. */
function wordsOf(path: PropertyKey[], message: string): string {
  if (path.length === 0)
    return 'Nobody could tell who this is: the row has neither a name, an email address, a phone number nor an id.';
  return message;
}
