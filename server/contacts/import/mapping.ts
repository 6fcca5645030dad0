// What each column of a table becomes: a field of the contact, an attribute, a tag, an address on a connection, or nothing.
// Suggested from the column's name, in the languages people write them in, and from its first values; a person decides.
import { attributeNameOf } from '../../../contract/attribute-names.ts';
import type { ColumnTarget, ContactColumn, DateOrder } from '../../../contract/imports.ts';
import type { AttributeType } from '../../../contract/rules.ts';
import { words } from './header-words.ts';
import { ownTable } from './own-tables.ts';
import { looksLikeEmail, looksLikePhone, readBoolean, readDate, readNumber } from './values.ts';

export interface MappingOptions {
  /** The connection whose addresses a column "Telegram id" holds; without it such a column is not suggested as one. */
  connectionId?: string;
  /** Two letters; for a date like 03/04/2026 it says which is the month. */
  country?: string;
  /** Types of the attributes that were declared: they hold whatever the cells look like. */
  declared?: ReadonlyMap<string, AttributeType>;
}

/** One target per column; no field is suggested twice. `sample`: cells of the first rows. */
export function suggestMapping(
  header: string[],
  sample: string[][],
  options: MappingOptions = {},
): ColumnTarget[] {
  const taken = new Set<string>();
  const names = new Set<string>();
  const own = ownTable(header, sample);
  const valuesOf = (column: number) =>
    sample.map((cells) => cells[column]?.trim() ?? '').filter((value) => value !== '');
  const targets = header.map((name, column): ColumnTarget => {
    if (own?.isOurs(name, column)) return { kind: 'ignore' };
    const values = valuesOf(column);
    const ownAttribute = own?.attributeOf(name);
    if (ownAttribute)
      return { kind: 'attribute', name: freeName(ownAttribute, names), ...typeOf(values, options.country) };
    const known = words.get(spelling(name));
    if (known === 'tags') return { kind: 'tags' };
    if (
      known === 'telegram_id' &&
      options.connectionId &&
      values.every((value) => /^-?\d{1,20}$/.test(value))
    )
      return { kind: 'identity', connection_id: options.connectionId };
    const field = known === 'telegram_id' || known === undefined ? fieldByValues(values) : known;
    if (field && !taken.has(field)) {
      taken.add(field);
      return { kind: 'field', field };
    }
    if (values.length === 0 && known === undefined && sample.length > 0) return { kind: 'ignore' };
    return {
      kind: 'attribute',
      name: freeName(attributeNameOf(name, column), names),
      ...typeOf(values, options.country),
    };
  });
  return withoutDoubleName(targets).map((target, column) => {
    const type = target.kind === 'attribute' && options.declared?.get(target.name);
    return type
      ? { kind: 'attribute', name: target.name, ...formOf(type, valuesOf(column), options.country) }
      : target;
  });
}

/** Where first or last names have columns of their own, a column "Name" adds nothing but doubt: it is kept as an attribute. */
function withoutDoubleName(targets: ColumnTarget[]): ColumnTarget[] {
  const has = (field: ContactColumn) =>
    targets.some((target) => target.kind === 'field' && target.field === field);
  if (!has('full_name') || !(has('first_name') || has('last_name'))) return targets;
  const isFull = (target: ColumnTarget) => target.kind === 'field' && target.field === 'full_name';
  // "Vorname", "Name": the second one is the last name
  const other: ColumnTarget = has('last_name')
    ? { kind: 'attribute', name: 'full_name', type: 'text' }
    : has('first_name')
      ? { kind: 'field', field: 'last_name' }
      : { kind: 'ignore' };
  return targets.map((target) => (isFull(target) ? other : target));
}

/** "E-Mail-Adresse *" and "e_mail adresse" are the same word. */
export function spelling(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ı', 'i')
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function fieldByValues(values: string[]): ContactColumn | undefined {
  if (values.length === 0) return undefined;
  const most = values.length * 0.8;
  if (values.filter(looksLikeEmail).length >= most) return 'email';
  if (values.filter(looksLikePhone).length >= most) return 'phone';
  return undefined;
}

function freeName(name: string, names: Set<string>): string {
  let free = name;
  for (let n = 2; names.has(free); n++) free = `${name}_${n}`;
  names.add(free);
  return free;
}

interface Form {
  type: AttributeType;
  decimal?: '.' | ',';
  order?: DateOrder;
}

/** The narrowest type that every value of the sample has. Digits with a leading zero or plus are codes, not numbers. */
function typeOf(values: string[], country?: string): Form {
  const all = (fits: (value: string) => boolean) => values.length > 0 && values.every(fits);
  if (all((value) => readBoolean(value) !== null && !/^\d$/.test(value))) return { type: 'boolean' };
  for (const order of ordersIn(country))
    if (all((value) => readDate(value, order) !== null)) return { type: 'date', order };
  if (values.some((value) => /^[+0]\d/.test(value) || /^\d{16,}$/.test(value))) return { type: 'text' };
  const decimal = decimalOf(values);
  if (all((value) => readNumber(value, decimal) !== null)) return { type: 'number', decimal };
  return { type: 'text' };
}

/** How values of a type that is given are written: as most of them can be read. */
function formOf(type: AttributeType, values: string[], country?: string): Form {
  if (type === 'number') return { type, decimal: decimalOf(values) };
  if (type !== 'date') return { type };
  const fitting = (order: DateOrder) => values.filter((value) => readDate(value, order) !== null).length;
  const order = ordersIn(country).reduce((best, next) => (fitting(next) > fitting(best) ? next : best));
  return { type, order };
}

const ordersIn = (country?: string): DateOrder[] =>
  country === 'US' ? ['ymd', 'mdy', 'dmy'] : ['ymd', 'dmy', 'mdy'];

/** "1,50" or "1.234,5" anywhere: the comma. "1,234" alone says nothing, and is taken as people with points write it. */
function decimalOf(values: string[]): '.' | ',' {
  const isComma = (value: string) => /,\d{1,2}$|,\d{4,}$/.test(value) || /\.\d{3},\d+$/.test(value) || /^-?0,\d+$/.test(value) || /\.\d{3}\.\d{3}/.test(value); // biome-ignore format: one list
  return values.some(isComma) && !values.some((value) => /\.\d{1,2}$/.test(value)) ? ',' : '.';
}
