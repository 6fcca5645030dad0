// Where a consent came from, in words, and its history without the noise of repeats.
import type { ConsentChanged } from '../../../contract/consent.ts';

export const sourceWords: Record<string, string> = {
  message: 'By a message',
  operator: 'Recorded by an operator',
  api: 'Recorded over the API',
  import: 'From an import',
  undo: 'Opt-out undone',
  merge: 'By merging two contacts',
  merge_undone: 'By undoing a merge',
};

/** Neighbours that say the same in the same words are one line: the newest, how often, and since when. */
export function repeatsTogether(newestFirst: readonly ConsentChanged[]) {
  const lines: { row: ConsentChanged; times: number; first: string }[] = [];
  for (const row of newestFirst) {
    const line = lines.at(-1);
    if (line && isSame(line.row, row)) {
      line.times++;
      line.first = row.at;
    } else lines.push({ row, times: 1, first: row.at });
  }
  return lines;
}

const isSame = (a: ConsentChanged, b: ConsentChanged) =>
  (['channel', 'purpose', 'state', 'source', 'wording', 'reason', 'by'] as const).every(
    (key) => a[key] === b[key],
  );
