// The rows of one batch: as they were read, and what became of them.
import type { ContactCreate } from '../../../contract/contacts.ts';
import type { RowRemark } from '../../../contract/imports.ts';

/** A row that can be a contact. */
export interface ReadRow {
  line: number;
  cells: string[];
  contact: ContactCreate;
  /** What this row says of its own consent. */
  proof: ConsentProof | null;
}
export interface ConsentProof {
  wording: string | null;
  at: Date | null;
}

/** A row with what is to be said of it. */
export interface RemarkedRow {
  line: number;
  cells: string[];
  remarks: RowRemark[];
}

/** Who a row became. */
export interface WrittenRow {
  line: number;
  cells: string[];
  /** uuid */
  id: string;
  outcome: 'created' | 'updated' | 'skipped';
  proof: ConsentProof | null;
}

export interface BatchResult {
  /** The new mark. */
  line: number;
  rows: number;
  rejected: RemarkedRow[];
  /** Taken, though something was doubtful. */
  doubted: RemarkedRow[];
  /** All others, those with doubts included. */
  written: WrittenRow[];
}
