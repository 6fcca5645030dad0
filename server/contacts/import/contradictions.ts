// Rows of one batch that became one person and say different things of them: the later one won, or was left out, and a person
// should know, for two people may have been given one id.
import type { ContactCreate } from '../../../contract/contacts.ts';
import type { ReadRow, RemarkedRow, WrittenRow } from './batch.ts';

/** One remark on each row that says other than a row before it. */
export function contradictions(read: ReadRow[], written: WrittenRow[]): RemarkedRow[] {
  const rows = new Map(read.map((row) => [row.line, row]));
  const before = new Map<string, ReadRow & { isLeft: boolean }>();
  const found: RemarkedRow[] = [];
  for (const { line, id, outcome } of written.toSorted((a, b) => a.line - b.line)) {
    const row = rows.get(line);
    const first = before.get(id);
    if (!row) continue;
    const others = first && !first.isLeft ? otherValues(first.contact, row.contact) : [];
    if (first && others.length > 0) {
      const why = `same ${sameKey(first.contact, row.contact)}, other ${inWords(others)}`;
      const reason =
        outcome === 'skipped'
          ? `This row was left out: line ${first.line} is the same person (${why}). If these are two people, give each an id of their own.`
          : `This row changed what line ${first.line} said: ${why}. If these are two people, give each an id of their own.`;
      found.push({ line, cells: row.cells, remarks: [{ column: null, reason }] });
    }
    // who was there already and stays lost nothing
    if (!first || outcome !== 'skipped')
      before.set(id, {
        ...row,
        contact: { ...first?.contact, ...row.contact },
        isLeft: outcome === 'skipped',
      });
  }
  return found;
}

/** What both say, each in its own way. */
function otherValues(a: ContactCreate, b: ContactCreate): string[] {
  const differ = (...fields: ('first_name' | 'last_name' | 'email' | 'phone')[]) =>
    fields.some((field) => a[field] && b[field] && a[field] !== b[field]);
  return [
    ...(differ('first_name', 'last_name') ? ['name'] : []),
    ...(differ('email') ? ['email'] : []),
    ...(differ('phone') ? ['phone'] : []),
  ];
}

function sameKey(a: ContactCreate, b: ContactCreate): string {
  if (a.external_id && a.external_id === b.external_id) return 'id';
  return a.email && a.email === b.email ? 'email' : 'person by id, address or email';
}

const inWords = (list: string[]) =>
  list.length > 1 ? `${list.slice(0, -1).join(', ')} and ${list.at(-1)}` : list.join();
