// The rows of a table into contacts, a thousand at a time. Each batch and the mark how far it got are one transaction, so an
// import that was killed goes on behind the mark and nobody is written twice. A row that is refused does not hold up others.
import { setImmediate as othersFirst } from 'node:timers/promises';
import type { ColumnTarget, ImportPolicy } from '../../../contract/imports.ts';
import type { Ctx } from '../../platform/context.ts';
import { isConflict } from '../../platform/db/db.ts';
import type { BatchResult, ReadRow, RemarkedRow } from './batch.ts';
import { contactReader } from './contact-row.ts';
import { contradictions } from './contradictions.ts';
import type { Table } from './table.ts';
import { writeBatch } from './write-batch.ts';

export interface ImportOptions {
  mapping: ColumnTarget[];
  policy: ImportPolicy;
  defaultCountry?: string;
  /** Given to everybody who is written. */
  tags?: string[];
  /** Consents of later than this are refused. */
  now?: Date;
  /** The mark: rows up to this line are done. */
  afterLine?: number;
  /** Aborted: no further batch is begun. */
  signal?: AbortSignal;
}

/** Runs `write` in a transaction together with keeping the mark; what it returns stands exactly if the transaction does. */
export type Commit = (write: (ctx: Ctx) => Promise<BatchResult>) => Promise<void>;

const batchSize = 1000;
/** About a millisecond of reading. */
const rowsPerTurn = 50;

interface Batch {
  line: number;
  rows: number;
  read: ReadRow[];
  rejected: RemarkedRow[];
  doubted: RemarkedRow[];
}
const emptyBatch = (): Batch => ({ line: 0, rows: 0, read: [], rejected: [], doubted: [] });

export async function importRows(
  table: Pick<Table, 'header' | 'rows'>,
  options: ImportOptions,
  commit: Commit,
): Promise<void> {
  const read = contactReader(table.header, options.mapping, {
    defaultCountry: options.defaultCountry,
    clearsEmpty: options.policy === 'overwrite',
    now: options.now,
  });
  let batch = emptyBatch();
  // while the database writes one batch, the next one is read
  let writing: Promise<void> = Promise.resolve();
  const flush = async () => {
    const full = batch;
    batch = emptyBatch();
    await writing;
    writing = commitBatch(full, options, commit);
    // its failure is thrown where it is waited for
    writing.catch(() => {});
  };
  try {
    for await (const row of table.rows) {
      if (row.line <= (options.afterLine ?? 0)) continue;
      const { cells } = row;
      const reading = read(row);
      batch.line = row.line;
      batch.rows++;
      if (reading.contact) {
        batch.read.push({ line: row.line, cells, contact: reading.contact, proof: reading.proof });
        if (reading.doubts.length > 0) batch.doubted.push({ line: row.line, cells, remarks: reading.doubts });
      } else batch.rejected.push({ line: row.line, cells, remarks: reading.problems });
      if (batch.rows === batchSize) await flush();
      // the database's answers and everybody else of this process get their turn
      else if (batch.rows % rowsPerTurn === 0) await othersFirst();
      if (options.signal?.aborted) batch = emptyBatch();
      options.signal?.throwIfAborted();
    }
  } finally {
    // where reading fails, what was read before it is still written
    if (batch.rows > 0) await flush();
    await writing;
  }
}

async function commitBatch(batch: Batch, options: ImportOptions, commit: Commit): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await commit(async (ctx) => {
        const result: BatchResult = { ...batch, rejected: [...batch.rejected], written: [] };
        await writeBatch(ctx, batch.read, options, result);
        result.rejected.sort((a, b) => a.line - b.line);
        result.doubted = [...batch.doubted, ...contradictions(batch.read, result.written)];
        return result;
      });
    } catch (error) {
      // somebody took an id between our look and our write: look again
      if (!isConflict(error) || attempt === 10) throw error;
    }
  }
}
