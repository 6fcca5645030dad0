// Whom each row of a batch means: somebody who is there already, or whom a row before it made or changed. Rows that mean one
// person become one: later rows add to the first, or are left out where people stay as they are. What comes of it is what
// rows written one after the other would give, so it does not matter where a batch ends.
import type { ContactCreate } from '../../../contract/contacts.ts';
import type { ImportPolicy } from '../../../contract/imports.ts';
import type { ContactRow } from '../contact.ts';
import type { ReadRow } from './batch.ts';
import type { Holders } from './find-known.ts';

export interface Person {
  /** At least one, in the order of the table. */
  rows: ReadRow[];
  /** Who is there already; null: a new person. */
  known: ContactRow | null;
  /** What is to be written: a copy, the rows stay as they were read. */
  contact: ContactCreate;
}

/** `found` has one entry per row. */
export function onePerPerson(rows: ReadRow[], found: Holders[], policy: ImportPolicy): Person[] {
  const people: Person[] = [];
  const holders = new Map<string, Person>();
  for (const [n, row] of rows.entries()) {
    const person = whoIsMeant(row.contact, found[n]!, holders) ?? { rows: [], known: null, contact: {} };
    if (person.rows.length === 0) people.push(person);
    if (person.known) holders.set(knownKey(person.known), person);
    const stays = policy === 'skip' && (person.known !== null || person.rows.length > 0);
    person.rows.push(row);
    if (stays) continue;
    add(person.contact, row.contact, policy);
    for (const key of keysOf(row.contact)) if (!isHeld(key, holders)) holders.set(key, person);
  }
  return people;
}

/** By external id, else by an address, else by email. Two ids are two people, though they share a mailbox. */
function whoIsMeant(
  contact: ContactCreate,
  found: Holders,
  holders: Map<string, Person>,
): Person | undefined {
  const ofKnown = (known: ContactRow): Person =>
    holders.get(knownKey(known)) ?? { rows: [], known, contact: {} };
  const { external_id, identities = [], email } = contact;
  const byId = (external_id && holders.get(idKey(external_id))) || found.byId.map(ofKnown)[0];
  if (byId) return byId;
  // an address that is somebody else's is refused where it is written
  const others = [...identities.map((one) => holders.get(addressKey(one))), ...found.byAddress.map(ofKnown)];
  if (email) {
    const sharing = [...found.byEmail.map(ofKnown), holders.get(emailKey(email))];
    // a row before this one may have given them another
    others.push(...sharing.filter((one) => one && emailOf(one) === email));
  }
  return others.find((one) => one && !isAnother(one, external_id));
}

function isAnother(person: Person, externalId: ContactCreate['external_id']): boolean {
  const own = person.known?.external_id ?? person.contact.external_id;
  return Boolean(own && externalId && own !== externalId);
}

const emailOf = ({ contact, known }: Person) => (contact.email === undefined ? known?.email : contact.email);

const knownKey = ({ id }: ContactRow) => `contact ${id}`;
const idKey = (externalId: string) => `id ${externalId}`;
const emailKey = (email: string) => `email ${email}`;
const addressKey = (one: { connection_id: string; address: string }) =>
  `at ${one.connection_id} ${one.address}`;

function keysOf({ external_id, identities = [], email }: ContactCreate): string[] {
  const keys = identities.map(addressKey);
  if (external_id) keys.push(idKey(external_id));
  if (email) keys.push(emailKey(email));
  return keys;
}

/** The first holder of a mailbox keeps it until a row gives them another. */
function isHeld(key: string, holders: Map<string, Person>): boolean {
  const holder = holders.get(key);
  return holder !== undefined && (!key.startsWith('email ') || key === emailKey(emailOf(holder) ?? ''));
}

function add(first: ContactCreate, later: ContactCreate, policy: ImportPolicy): void {
  const { attributes, tags, identities, ...fields } = later;
  Object.assign(first, fields);
  if (attributes) first.attributes = { ...first.attributes, ...attributes };
  if (tags) first.tags = policy === 'update' ? joinedTags(first.tags ?? [], tags) : tags;
  if (identities) {
    const all = [...(first.identities ?? []), ...identities];
    first.identities = [...new Map(all.map((one) => [addressKey(one), one])).values()];
  }
}

export const joinedTags = (some: string[], more: string[]): string[] => [...new Set([...some, ...more])];
