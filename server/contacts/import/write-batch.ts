// The people of one batch into contacts: who is there already, what becomes of them, and which row is to blame where the
// database or a rule refuses.
import { sql } from 'kysely';
import type { ImportPolicy } from '../../../contract/imports.ts';
import type { Ctx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { tagsAtMost } from '../contact.ts';
import { lockUpserts, upsertContacts } from '../upsert.ts';
import type { BatchResult, ReadRow, WrittenRow } from './batch.ts';
import { findKnown } from './find-known.ts';
import { joinedTags, onePerPerson, type Person } from './one-per-person.ts';

interface WriteOptions {
  policy: ImportPolicy;
  tags?: string[];
}
interface Refusal {
  person: Person;
  reason: string;
}

/** So many times a batch is divided at the row to blame; with more, each row goes alone. */
const divisionsAtMost = 10;

/** In a transaction. Adds to `result.written` and `result.rejected`. */
export async function writeBatch(
  ctx: Ctx,
  rows: ReadRow[],
  options: WriteOptions,
  result: BatchResult,
): Promise<void> {
  await lockUpserts(ctx);
  let divisions = 0;
  const write = async (rows: ReadRow[]): Promise<void> => {
    if (rows.length === 0) return;
    const refusal = await tryRows(ctx, rows, options, result);
    if (!refusal) return;
    if (rows.length === 1) reject(result, rows[0]!, refusal.reason);
    else if (divisions++ < divisionsAtMost) {
      // what comes before it is written before it, so that it is judged as if it stood alone
      const at = rows.indexOf(refusal.person.rows.at(-1)!);
      await write(rows.slice(0, at));
      await write([rows[at]!]);
      await write(rows.slice(at + 1));
    } else for (const row of rows) await write([row]);
  };
  await write(rows);
}

/** Null when all were written; else nothing was, and this one is to blame. */
async function tryRows(
  ctx: Ctx,
  rows: ReadRow[],
  options: WriteOptions,
  result: BatchResult,
): Promise<Refusal | null> {
  const found = await findKnown(
    ctx,
    rows.map(({ contact }) => contact),
  );
  const { left = [], wanted = [] } = Object.groupBy(onePerPerson(rows, found, options.policy), ({ known }) =>
    known && options.policy === 'skip' ? 'left' : 'wanted',
  );
  for (const person of wanted) {
    setTags(person, options);
    const tags = person.contact.tags?.length ?? 0;
    if (tags > tagsAtMost) return { person, reason: tooManyTags(tags) };
  }
  const refusal = wanted.length > 0 ? await tryUpsert(ctx, wanted, options.policy, result) : null;
  if (refusal) return refusal;
  for (const { rows, known } of left)
    for (const row of rows) result.written.push(writtenRow(row, known!.id, 'skipped'));
  return null;
}

const tooManyTags = (tags: number) =>
  `With these tags the contact would have ${tags}, and may have ${tagsAtMost}. Remove some first, or leave tags out.`;

/** Tags of a column replace where the policy says so; those for everybody are added in any case. */
function setTags({ contact, known }: Person, { policy, tags = [] }: WriteOptions): void {
  if (!contact.tags && tags.length === 0) return;
  const isReplaced = policy === 'overwrite' && contact.tags !== undefined;
  contact.tags = joinedTags(joinedTags(isReplaced ? [] : (known?.tags ?? []), contact.tags ?? []), tags);
}

async function tryUpsert(
  ctx: Ctx,
  wanted: Person[],
  policy: ImportPolicy,
  result: BatchResult,
): Promise<Refusal | null> {
  const laterRows = policy === 'skip' ? 'skipped' : 'updated';
  await sql`SAVEPOINT import_rows`.execute(ctx.db);
  try {
    const upserted = await upsertContacts(
      ctx,
      wanted.map(({ contact }) => contact),
      wanted.map(({ known }) => known),
    );
    await sql`RELEASE SAVEPOINT import_rows`.execute(ctx.db);
    for (const [index, { id, created }] of upserted.entries())
      for (const [nth, row] of wanted[index]!.rows.entries())
        result.written.push(writtenRow(row, id, nth > 0 ? laterRows : created ? 'created' : 'updated'));
    return null;
  } catch (error) {
    const pointer = error instanceof AppError ? error.errors[0]?.pointer : undefined;
    const person = wanted[Number(/^\/contacts\/(\d+)/.exec(pointer ?? '')?.[1] ?? Number.NaN)];
    if (!(error instanceof AppError) || !person) throw error;
    await sql`ROLLBACK TO SAVEPOINT import_rows`.execute(ctx.db);
    const reason = error.message.replaceAll(
      /\/contacts\/(\d+)\S*/g,
      (_, n) => `line ${wanted[Number(n)]?.rows[0]?.line}`,
    );
    return { person, reason };
  }
}

const writtenRow = (row: ReadRow, id: string, outcome: WrittenRow['outcome']): WrittenRow => ({
  line: row.line,
  cells: row.cells,
  id,
  outcome,
  proof: row.proof,
});

function reject(result: BatchResult, { line, cells }: ReadRow, reason: string): void {
  result.rejected.push({ line, cells, remarks: [{ column: null, reason }] });
}
