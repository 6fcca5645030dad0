// How a contact is called on screen.
import type { Contact } from '../../../contract/contacts.ts';

/** First and last name, else whatever tells people apart. */
export function contactName(contact: Contact): string {
  const name = [contact.first_name, contact.last_name].filter(Boolean).join(' ');
  if (name) return name;
  const identity = contact.identities[0];
  return (
    (identity?.username && `@${identity.username}`) ||
    contact.email ||
    contact.phone ||
    identity?.address ||
    contact.external_id ||
    'Unnamed contact'
  );
}
