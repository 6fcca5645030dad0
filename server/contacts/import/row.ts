// One row of a table, as all formats give it.
/** Cells as text; `line` counts from 1 as an editor or a spreadsheet shows it. */
export interface Row {
  line: number;
  cells: string[];
}
