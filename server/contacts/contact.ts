// Pure rules of a contact: what it is called, and what a change makes of it. No database here.
import type { Selectable } from 'kysely';
import type { ContactPatch } from '../../contract/contacts.ts';
import type { DB } from '../platform/db/tables.gen.ts';

export type ContactRow = Selectable<DB['contacts']>;

/** The columns a person or a program may set; attributes apart. */
export const plainFields = [
  'external_id',
  'first_name',
  'last_name',
  'email',
  'phone',
  'language',
  'time_zone',
] as const;
export type ContactFields = Pick<ContactRow, (typeof plainFields)[number] | 'tags'> & {
  attributes: Record<string, unknown>;
};
export const noFields: ContactFields = {
  external_id: null,
  first_name: null,
  last_name: null,
  email: null,
  phone: null,
  language: null,
  time_zone: null,
  attributes: {},
  tags: [],
};

/** What a list, a thread or a log calls this person; never empty. */
export function contactName(row: {
  first_name?: string | null;
  last_name?: string | null;
  username?: string | null;
  email?: string | null;
  phone?: string | null;
  external_id?: string | null;
}): string {
  const full = [row.first_name, row.last_name].filter(Boolean).join(' ');
  if (full) return full;
  if (row.username) return `@${row.username}`;
  return row.email || row.phone || row.external_id || 'Unnamed contact';
}

/**
 * Fields after a change: absent ones stay, null and '' clear. Attributes are merged by name (null removes one), so that two
 * programs that each keep their own do not wipe the other's; tags are replaced as a whole.
 */
export function changedFields(before: ContactFields, change: Omit<ContactPatch, 'version'>): ContactFields {
  const after: ContactFields = { ...before };
  for (const field of plainFields) {
    const value = change[field];
    if (value !== undefined)
      after[field] = value === null || value === '' ? null : (normal[field]?.(value) ?? value);
  }
  if (change.attributes) {
    const merged = { ...before.attributes, ...change.attributes };
    after.attributes = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  }
  if (change.tags) after.tags = [...new Set(change.tags)];
  return after;
}

/** One spelling per value, so that search and variables need not know the others. */
const normal: Partial<Record<(typeof plainFields)[number], (value: string) => string>> = {
  phone: (value) => value.replace(/[^+\d]/g, ''),
  language: (value) => value.replaceAll('_', '-'),
};
export const maxAttributes = 200;
