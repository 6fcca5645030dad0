// What an attribute is called that comes from a column of a table.

/** A name as attributes have them; other scripts than Latin leave nothing of theirs, so those are numbered. */
export function attributeNameOf(name: string, column: number): string {
  const latin = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  const named = latin === '' ? `column_${column + 1}` : /^[a-z]/.test(latin) ? latin : `a_${latin}`;
  return named.slice(0, 56).replace(/_+$/, '');
}
