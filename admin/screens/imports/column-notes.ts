// What the first rows say about each column: why values are refused, and what to look at, with the lines.
import type { PreviewRow } from '../../../contract/imports.ts';

export interface ColumnNote {
  /** A class of the panel's: red for what is refused, amber for what is taken with doubt. */
  tone: 'bad' | 'warn';
  /** "Lines 3 and 7: This is not a phone number." */
  text: string;
}

/** By column; of rows as a whole under "". Reasons that are the same stand once, most lines first. */
export function columnNotes(rows: PreviewRow[]): Map<string, ColumnNote[]> {
  const found = new Map<string, Map<string, { tone: ColumnNote['tone']; reason: string; lines: number[] }>>();
  for (const row of rows)
    for (const tone of ['bad', 'warn'] as const)
      for (const { column, reason } of tone === 'bad' ? row.problems : row.remarks) {
        const name = column ?? '';
        const of = found.get(name) ?? new Map();
        found.set(name, of);
        const same = of.get(tone + reason) ?? { tone, reason, lines: [] };
        of.set(tone + reason, same);
        same.lines.push(row.line);
      }
  return new Map(
    [...found].map(([name, of]) => [
      name,
      [...of.values()]
        .toSorted((a, b) => a.tone.localeCompare(b.tone) || b.lines.length - a.lines.length)
        .map(({ tone, reason, lines }) => ({ tone, text: `${linesInWords(lines)}: ${reason}` })),
    ]),
  );
}

/** "Line 3", "Lines 3 and 7", "Lines 3, 7 and 12 more". */
export function linesInWords(lines: number[]): string {
  const [first, second] = lines;
  if (lines.length <= 1) return `Line ${first}`;
  if (lines.length === 2) return `Lines ${first} and ${second}`;
  return `Lines ${first}, ${second} and ${lines.length - 2} more`;
}
