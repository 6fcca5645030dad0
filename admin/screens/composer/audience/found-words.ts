// What a pasted list comes to, in people: the button below says the same number.
import type { ContactsFound } from '../../../../contract/contact-lookup.ts';
import { counted, people } from '../../../ui/numbers.ts';

/** "2 people found; 1 line names somebody again": the button counts people, once each, with those chosen before. */
export function foundWords({ found }: Pick<ContactsFound, 'found'>, chosen: string[]): string {
  const ids = new Set(found.map((one) => one.contact_id));
  const again = found.length - ids.size;
  const before = chosen.filter((id) => !ids.has(id)).length;
  return [
    `${people(ids.size)} found`,
    again > 0 && `${counted(again, 'line names', 'lines name')} somebody again`,
    before > 0 && `${people(before)} chosen before ${before === 1 ? 'stays' : 'stay'}`,
  ]
    .filter(Boolean)
    .join('; ');
}
