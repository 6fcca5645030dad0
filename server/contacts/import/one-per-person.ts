// Rows of one batch that mean one person become one: later rows add to the first, or are left out where people stay as they
// are.
import type { ContactCreate } from '../../../contract/contacts.ts';
import type { ImportPolicy } from '../../../contract/imports.ts';
import type { ReadRow } from './batch.ts';

export interface Person {
  /** At least one, in the order of the table. */
  rows: ReadRow[];
  contact: ContactCreate;
}

/** The contacts are copies: what is done to them leaves the rows as they were read. */
export function onePerPerson(rows: ReadRow[], policy: ImportPolicy): Person[] {
  const known = new Map<string, Person>();
  const people: Person[] = [];
  for (const row of rows) {
    const keys = keysOf(row.contact);
    let person = keys.map((key) => known.get(key)).find((one) => one && !areTwo(one.contact, row.contact));
    if (person) {
      person.rows.push(row);
      if (policy !== 'skip') add(person.contact, row.contact, policy);
    } else {
      person = { rows: [row], contact: { ...row.contact } };
      people.push(person);
    }
    for (const key of keys) if (!known.has(key)) known.set(key, person);
  }
  return people;
}

const areTwo = (a: ContactCreate, b: ContactCreate) =>
  Boolean(a.external_id && b.external_id && a.external_id !== b.external_id);

function keysOf({ external_id, identities, email }: ContactCreate): string[] {
  const keys: string[] = [];
  if (external_id) keys.push(`id ${external_id}`);
  for (const { connection_id, address } of identities ?? []) keys.push(`at ${connection_id} ${address}`);
  if (email) keys.push(`email ${email}`);
  return keys;
}

function add(first: ContactCreate, later: ContactCreate, policy: ImportPolicy): void {
  const { attributes, tags, identities, ...fields } = later;
  Object.assign(first, fields);
  if (attributes) first.attributes = { ...first.attributes, ...attributes };
  if (tags) first.tags = policy === 'update' ? joinedTags(first.tags ?? [], tags) : tags;
  if (identities) {
    const all = [...(first.identities ?? []), ...identities];
    first.identities = [...new Map(all.map((one) => [`${one.connection_id} ${one.address}`, one])).values()];
  }
}

const tagsAtMost = 100;
export const joinedTags = (some: string[], more: string[]) =>
  [...new Set([...some, ...more])].slice(0, tagsAtMost);
