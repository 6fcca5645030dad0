// Pure rules of a contact: what it is called, and what a change makes of it. No database here.
import type { Selectable } from 'kysely';
import type { ContactPatch } from '../../contract/contacts.ts';
import type { DB } from '../platform/db/tables.gen.ts';
import { normalPhone, phoneFacts } from './phone.ts';
import { zoneOfPhone } from './phone-zone.ts';

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
  'browser_time_zone',
] as const;
/** What is stored of a contact: what was set, where a zone that nobody gave was guessed from, and what the phone number says. */
export type ContactFields = Pick<
  ContactRow,
  (typeof plainFields)[number] | 'tags' | 'time_zone_guessed_from' | 'phone_check' | 'phone_country'
> & {
  attributes: Record<string, unknown>;
};
export const noFields: ContactFields = {
  external_id: null,
  first_name: null,
  last_name: null,
  email: null,
  phone: null,
  phone_check: null,
  phone_country: null,
  language: null,
  time_zone: null,
  time_zone_guessed_from: null,
  browser_time_zone: null,
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
  const after: ContactFields = { ...before, time_zone: givenZone(before) };
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
  return { ...after, ...knownZone(after), ...phoneFacts(after.phone) };
}

type Zone = Pick<ContactFields, 'time_zone' | 'time_zone_guessed_from'>;

/** The zone that a person or a program has set; null where the stored one is a guess. */
export const givenZone = (row: Zone): string | null =>
  row.time_zone_guessed_from === null ? row.time_zone : null;

/** The best that is known: `time_zone` if it was given, else what their browser said, else what the phone number speaks for. */
export function knownZone(given: Pick<ContactFields, 'time_zone' | 'browser_time_zone' | 'phone'>): Zone {
  if (given.time_zone !== null) return { time_zone: given.time_zone, time_zone_guessed_from: null };
  if (given.browser_time_zone !== null)
    return { time_zone: given.browser_time_zone, time_zone_guessed_from: 'browser' };
  const time_zone = zoneOfPhone(given.phone);
  return { time_zone, time_zone_guessed_from: time_zone === null ? null : 'phone' };
}

/** One spelling per value, so that search and variables need not know the others. */
const normal: Partial<Record<(typeof plainFields)[number], (value: string) => string>> = {
  phone: normalPhone,
  language: (value) => value.replaceAll('_', '-'),
};
export const maxAttributes = 200;
/** contract/contacts.ts says the same to whoever sends them. */
export const tagsAtMost = 100;
