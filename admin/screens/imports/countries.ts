// Countries for a select, by name, as this browser knows them.
const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
/** Two letters that are no country anybody has a telephone number of. */
const none = new Set(['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'ZZ']);

let list: { value: string; label: string }[] | null = null;

export const countryName = (code: string): string => names.of(code) ?? code;

/** "GB" with "United Kingdom (GB)", by name. */
export function countries(): { value: string; label: string }[] {
  if (list) return list;
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const byName = new Map<string, string>();
  for (const code of letters.flatMap((one) => letters.map((two) => one + two))) {
    const name = names.of(code);
    // a code of former times has the name of today's country: the one that came first has it
    const canonical = new Intl.Locale(`und-${code}`).region;
    if (name && canonical === code && !none.has(code) && !byName.has(name)) byName.set(name, code);
  }
  list = [...byName]
    .map(([name, code]) => ({ value: code, label: `${name} (${code})` }))
    .toSorted((a, b) => a.label.localeCompare(b.label, 'en'));
  return list;
}
