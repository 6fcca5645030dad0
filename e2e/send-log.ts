// Reading an exported send log: RFC 4180 with quotes, a byte order mark and Windows line ends, as spreadsheets want it.

/** The rows as objects named by the header. */
export function parseCsv(text: string): Record<string, string>[] {
  const cells = [...text.replace(/^\uFEFF/, '').matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n|$)/g)];
  const rows: string[][] = [[]];
  for (const [whole, cell, end] of cells) {
    if (whole === '') break;
    rows.at(-1)?.push(cell!.startsWith('"') ? cell!.slice(1, -1).replaceAll('""', '"') : cell!);
    if (end === '\r\n') rows.push([]);
  }
  const [header = [], ...body] = rows.filter((row) => row.length > 0);
  return body.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])));
}
