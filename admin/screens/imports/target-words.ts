// What a column can become, as the select shows it: each target has a value there, and words.
import { attributeNameOf } from '../../../contract/attribute-names.ts';
import { type ColumnTarget, type ContactColumn, contactColumns } from '../../../contract/imports.ts';
import type { AttributeType } from '../../../contract/rules.ts';

export interface Declared {
  name: string;
  type: AttributeType;
}
/** A connection whose addresses a column can hold. */
export interface Address {
  id: string;
  label: string;
}

export const fieldWords: Record<ContactColumn, string> = {
  external_id: 'Id in your shop',
  full_name: 'Full name',
  first_name: 'First name',
  last_name: 'Last name',
  email: 'Email',
  phone: 'Phone',
  language: 'Language',
  time_zone: 'Time zone',
};
export const typeWords: Record<AttributeType, string> = {
  text: 'Text',
  number: 'Number',
  boolean: 'Yes or no',
  date: 'Date',
  list: 'List',
};

/** The value in the select. A new attribute is "new", whatever its name, so that typing its name keeps the choice. */
export function targetValue(target: ColumnTarget, declared: Declared[]): string {
  switch (target.kind) {
    case 'field':
      return `field:${target.field}`;
    case 'attribute':
      return declared.some(({ name }) => name === target.name) ? `attribute:${target.name}` : 'new';
    case 'identity':
      return `identity:${target.connection_id}`;
    default:
      return target.kind;
  }
}

/** Null: the value is none of ours. `column` names a new attribute. */
export function targetOf(
  value: string,
  column: { name: string; index: number; suggestion: ColumnTarget },
  declared: Declared[],
): ColumnTarget | null {
  const [kind, rest = ''] = value.split(/:(.*)/s);
  const { suggestion } = column;
  switch (kind) {
    case 'field':
      return { kind, field: rest as ContactColumn };
    case 'identity':
      return { kind, connection_id: rest };
    case 'tags':
    case 'ignore':
    case 'consent_wording':
      return { kind };
    case 'consent_at':
      return {
        kind,
        ...(suggestion.kind === 'attribute' && suggestion.order && { order: suggestion.order }),
      };
    case 'attribute': {
      const type = declared.find(({ name }) => name === rest)?.type ?? 'text';
      // how numbers and dates are written was seen in the values, whatever the attribute is called
      return suggestion.kind === 'attribute' && suggestion.type === type
        ? { ...suggestion, name: rest }
        : { kind, name: rest, type };
    }
    case 'new':
      return suggestion.kind === 'attribute'
        ? suggestion
        : { kind: 'attribute', name: attributeNameOf(column.name, column.index), type: 'text' };
    default:
      return null;
  }
}

/** What a column becomes, in a sentence of the review: "Email", "city, a new attribute (text)". */
export function targetWords(target: ColumnTarget, declared: Declared[], addresses: Address[]): string {
  switch (target.kind) {
    case 'field':
      return fieldWords[target.field];
    case 'attribute':
      return declared.some(({ name }) => name === target.name)
        ? target.name
        : `${target.name}, a new attribute (${typeWords[target.type].toLowerCase()})`;
    case 'identity':
      return addresses.find(({ id }) => id === target.connection_id)?.label ?? 'Address on a connection';
    case 'tags':
      return 'Tags';
    case 'consent_wording':
      return 'Words they agreed to';
    case 'consent_at':
      return 'When they agreed';
    case 'ignore':
      return 'Left out';
  }
}

export function sameTarget(one: ColumnTarget, other: ColumnTarget): boolean {
  const plain = (target: ColumnTarget) =>
    JSON.stringify(Object.entries(target).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return plain(one) === plain(other);
}

/** Only one column can be this; null: any number can. */
export function exclusive(target: ColumnTarget): string | null {
  if (target.kind === 'field') return `field:${target.field}`;
  if (target.kind === 'consent_wording' || target.kind === 'consent_at') return target.kind;
  if (target.kind === 'attribute') return `attribute:${target.name}`;
  return null;
}

/** Groups of the select. What another column is already is shown, and cannot be chosen again. */
export function targetChoices(
  target: ColumnTarget,
  declared: Declared[],
  addresses: Address[],
  takenBy: ReadonlyMap<string, string>,
) {
  const choice = (value: string, label: string) => {
    const other = takenBy.get(value);
    return other === undefined
      ? { value, label }
      : { value, label: `${label}, taken by “${other}”`, disabled: true };
  };
  return [
    {
      group: 'Profile',
      items: contactColumns.map((field) => choice(`field:${field}`, fieldWords[field])),
    },
    {
      group: 'Attributes',
      items: [
        ...declared.map(({ name, type }) =>
          choice(`attribute:${name}`, `${name} (${typeWords[type].toLowerCase()})`),
        ),
        { value: 'new', label: 'New attribute' },
      ],
    },
    { group: 'Address', items: addresses.map(({ id, label }) => choice(`identity:${id}`, label)) },
    {
      group: 'Other',
      items: [
        { value: 'tags', label: 'Tags' },
        { value: 'ignore', label: 'Leave out' },
        // chosen beside the consent they prove; here they can only be taken back
        ...(target.kind === 'consent_wording' || target.kind === 'consent_at'
          ? [{ value: target.kind, label: targetWords(target, declared, addresses) }]
          : []),
      ],
    },
  ].filter(({ items }) => items.length > 0);
}
