// The rows of a table into contacts, a thousand at a time. Each batch and the mark how far it got are one transaction, so an
// import that was killed goes on behind the mark and nobody is written twice. A row that is refused does not hold up others.
import { setImmediate as othersFirst } from 'node:timers/promises';
import { sql } from 'kysely';
import type { ContactCreate } from '../../../contract/contacts.ts';
import type { ColumnTarget, ImportPolicy } from '../../../contract/imports.ts';
import { type Ctx, inTransaction } from '../../platform/context.ts';
import { isUniqueViolation } from '../../platform/db/db.ts';
import { AppError } from '../../platform/errors.ts';
import { upsertContacts } from '../upsert.ts';
import { type CellRemark, contactReader } from './contact-row.ts';
import { findKnown, type Known } from './find-known.ts';
import type { Table } from './table.ts';

export interface ImportOptions {
  mapping: ColumnTarget[];
  policy: ImportPolicy;
  defaultCountry?: string;
  /** The mark: rows up to this line are done. */
  afterLine?: number;
}

export interface BatchResult {
  /** The new mark. */
  line: number;
  rows: number;
  created: number;
  updated: number;
  skipped: number;
  rejected: number;
  /** Why rows were rejected, and what was doubtful in others. */
  problems: CellRemark[];
  doubts: CellRemark[];
}

interface Line {
  line: number;
  contact: ContactCreate;
}

const batchSize = 1000;
/** About a millisecond of reading. */
const rowsPerTurn = 50;
/** So many rows of a batch are taken out one by one; with more, each goes alone. */
const refusalsTogether = 10;

/** `save` runs in the transaction of each batch: what it writes stands exactly if the batch does. */
export async function importRows(
  ctx: Ctx,
  table: Pick<Table, 'header' | 'rows'>,
  options: ImportOptions,
  save: (ctx: Ctx, batch: BatchResult) => Promise<void>,
): Promise<void> {
  const read = contactReader(table.header, options.mapping, {
    defaultCountry: options.defaultCountry,
    clearsEmpty: options.policy === 'overwrite',
  });
  let lines: Line[] = [];
  let batch = emptyBatch();
  // while the database writes one batch, the next one is read
  let writing: Promise<void> = Promise.resolve();
  const flush = async () => {
    const [full, about] = [lines, batch];
    lines = [];
    batch = emptyBatch();
    await writing;
    writing = writeBatch(ctx, full, about, options.policy, save);
    // its failure is thrown where it is waited for
    writing.catch(() => {});
  };
  for await (const row of table.rows) {
    if (row.line <= (options.afterLine ?? 0)) continue;
    const reading = read(row);
    batch.line = row.line;
    batch.rows++;
    if (reading.contact) {
      lines.push({ line: row.line, contact: reading.contact });
      batch.doubts.push(...reading.doubts);
    } else {
      batch.rejected++;
      batch.problems.push(...reading.problems);
    }
    if (batch.rows === batchSize) await flush();
    // the database's answers and everybody else of this process get their turn
    else if (batch.rows % rowsPerTurn === 0) await othersFirst();
  }
  if (batch.rows > 0) await flush();
  await writing;
}

const emptyBatch = (): BatchResult => ({ line: 0, rows: 0, created: 0, updated: 0, skipped: 0, rejected: 0, problems: [], doubts: [] }); // biome-ignore format: one row

async function writeBatch(
  ctx: Ctx,
  lines: Line[],
  about: BatchResult,
  policy: ImportPolicy,
  save: (ctx: Ctx, batch: BatchResult) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(ctx, async (ctx) => {
        const result = { ...about, problems: [...about.problems] };
        await writeLines(ctx, lines, policy, result);
        await save(ctx, result);
      });
    } catch (error) {
      // somebody took an id between our look and our write: look again
      if (!isUniqueViolation(error) || attempt === 3) throw error;
    }
  }
}

async function writeLines(ctx: Ctx, lines: Line[], policy: ImportPolicy, result: BatchResult): Promise<void> {
  const people = onePerPerson(lines, policy);
  result.skipped += policy === 'skip' ? lines.length - people.length : 0;
  const known = await findKnown(
    ctx,
    people.map(({ contact }) => contact),
  );
  const taken = new Map<string, number>();
  let wanted: { person: Line; known: Known | null }[] = [];
  for (const [index, person] of people.entries()) {
    const match = known[index] ?? null;
    const other = match && taken.get(match.id);
    if (match && policy === 'skip') result.skipped++;
    else if (other)
      reject(result, person.line, `This is the same contact as line ${other}. Put both into one row.`);
    else {
      if (match) taken.set(match.id, person.line);
      if (match && policy === 'update' && person.contact.tags)
        person.contact.tags = [...new Set([...match.tags, ...person.contact.tags])].slice(0, 100);
      wanted.push({ person, known: match });
    }
  }
  for (let refusals = 0; wanted.length > 0; refusals++) {
    if (refusals === refusalsTogether) {
      for (const one of wanted) await tryUpsert(ctx, [one], result);
      return;
    }
    const refused = await tryUpsert(ctx, wanted, result);
    if (refused === null) return;
    wanted = wanted.filter((_, index) => index !== refused);
  }
}

/** Null when all were written; else nothing was, the row at the index given is to blame, and it is rejected. */
async function tryUpsert(
  ctx: Ctx,
  wanted: { person: Line; known: Known | null }[],
  result: BatchResult,
): Promise<number | null> {
  await sql`SAVEPOINT import_rows`.execute(ctx.db);
  try {
    const written = await upsertContacts(
      ctx,
      wanted.map(({ person }) => person.contact),
      wanted.map(({ known }) => known?.id ?? null),
    );
    await sql`RELEASE SAVEPOINT import_rows`.execute(ctx.db);
    const created = written.filter((row) => row.created).length;
    result.created += created;
    result.updated += written.length - created;
    return null;
  } catch (error) {
    const pointer = error instanceof AppError ? error.errors[0]?.pointer : undefined;
    const index = Number(/^\/contacts\/(\d+)/.exec(pointer ?? '')?.[1] ?? Number.NaN);
    if (!(error instanceof AppError) || !wanted[index]) throw error;
    await sql`ROLLBACK TO SAVEPOINT import_rows`.execute(ctx.db);
    reject(result, wanted[index].person.line, error.message.replaceAll(/\/contacts\/(\d+)\S*/g, (_, n) => `line ${wanted[Number(n)]?.person.line}`)); // biome-ignore format: one thought
    return index;
  }
}

function reject(result: BatchResult, line: number, reason: string): void {
  result.rejected++;
  result.problems.push({ line, column: null, reason });
}

/** Rows of one batch that mean one person become one: the later ones add to the first, or are left out where people stay as they are. */
function onePerPerson(lines: Line[], policy: ImportPolicy): Line[] {
  const firsts = new Map<string, Line>();
  const people: Line[] = [];
  for (const { line, contact } of lines) {
    const keys = keysOf(contact);
    const first = keys
      .map((key) => firsts.get(key))
      .find((first) => first && !areTwo(first.contact, contact));
    if (!first) people.push({ line, contact: { ...contact } });
    else if (policy !== 'skip') add(first.contact, contact, policy);
    for (const key of keys) if (!firsts.has(key)) firsts.set(key, first ?? people.at(-1)!);
  }
  return people;
}

const areTwo = (a: ContactCreate, b: ContactCreate) =>
  Boolean(a.external_id && b.external_id && a.external_id !== b.external_id);

function keysOf({ external_id, identities = [], email }: ContactCreate): string[] {
  return [
    ...(external_id ? [`id ${external_id}`] : []),
    ...identities.map(({ connection_id, address }) => `at ${connection_id} ${address}`),
    ...(email ? [`email ${email}`] : []),
  ];
}

function add(first: ContactCreate, later: ContactCreate, policy: ImportPolicy): void {
  const { attributes, tags, identities, ...fields } = later;
  Object.assign(first, fields);
  if (attributes) first.attributes = { ...first.attributes, ...attributes };
  if (tags)
    first.tags = policy === 'update' ? [...new Set([...(first.tags ?? []), ...tags])].slice(0, 100) : tags;
  if (identities) {
    const all = [...(first.identities ?? []), ...identities];
    first.identities = [...new Map(all.map((one) => [`${one.connection_id} ${one.address}`, one])).values()];
  }
}
