// The people of one batch into contacts: who is there already, what becomes of them, and which row is to blame where the
// database or a rule refuses.
import { sql } from 'kysely';
import type { ImportPolicy } from '../../../contract/imports.ts';
import type { Ctx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import type { ContactRow } from '../contact.ts';
import { lockUpserts, upsertContacts } from '../upsert.ts';
import type { BatchResult, ReadRow, WrittenRow } from './batch.ts';
import { findKnown } from './find-known.ts';
import { joinedTags, onePerPerson, type Person } from './one-per-person.ts';

interface Wanted {
  person: Person;
  known: ContactRow | null;
}

/** So many rows of a batch are taken out one by one; with more, each goes alone. */
const refusalsTogether = 10;

/** In a transaction. Adds to `result.written` and `result.rejected`. */
export async function writeBatch(
  ctx: Ctx,
  rows: ReadRow[],
  options: { policy: ImportPolicy; tags?: string[] },
  result: BatchResult,
): Promise<void> {
  const people = onePerPerson(rows, options.policy);
  await lockUpserts(ctx);
  const known = await findKnown(
    ctx,
    people.map(({ contact }) => contact),
  );
  let wanted: Wanted[] = [];
  const taken = new Map<string, number>();
  for (const [index, person] of people.entries()) {
    const match = known[index] ?? null;
    const other = match && taken.get(match.id);
    if (match && other && options.policy !== 'skip') {
      reject(result, person, `This is the same contact as line ${other}. Put both into one row.`);
      continue;
    }
    if (match) taken.set(match.id, person.rows[0]!.line);
    if (match && options.policy === 'skip')
      for (const row of person.rows) result.written.push(writtenRow(row, match.id, 'skipped'));
    else {
      setTags(person, match, options);
      wanted.push({ person, known: match });
    }
  }
  const laterRows = options.policy === 'skip' ? 'skipped' : 'updated';
  for (let refusals = 0; wanted.length > 0; refusals++) {
    if (refusals === refusalsTogether) {
      for (const one of wanted) await tryUpsert(ctx, [one], laterRows, result);
      return;
    }
    const refused = await tryUpsert(ctx, wanted, laterRows, result);
    if (refused === null) return;
    wanted = wanted.filter((_, index) => index !== refused);
  }
}

/** Tags of a column replace where the policy says so; those for everybody are added in any case. */
function setTags(
  { contact }: Person,
  match: ContactRow | null,
  { policy, tags = [] }: { policy: ImportPolicy; tags?: string[] },
): void {
  if (!contact.tags && tags.length === 0) return;
  const isReplaced = policy === 'overwrite' && contact.tags !== undefined;
  contact.tags = joinedTags(joinedTags(isReplaced ? [] : (match?.tags ?? []), contact.tags ?? []), tags);
}

/** Null when all were written; else nothing was, the one at the index given is to blame, and it is rejected. */
async function tryUpsert(
  ctx: Ctx,
  wanted: Wanted[],
  laterRows: 'updated' | 'skipped',
  result: BatchResult,
): Promise<number | null> {
  await sql`SAVEPOINT import_rows`.execute(ctx.db);
  try {
    const upserted = await upsertContacts(
      ctx,
      wanted.map(({ person }) => person.contact),
      wanted.map(({ known }) => known),
    );
    await sql`RELEASE SAVEPOINT import_rows`.execute(ctx.db);
    for (const [index, { id, created }] of upserted.entries())
      for (const [nth, row] of wanted[index]!.person.rows.entries())
        result.written.push(writtenRow(row, id, nth > 0 ? laterRows : created ? 'created' : 'updated'));
    return null;
  } catch (error) {
    const pointer = error instanceof AppError ? error.errors[0]?.pointer : undefined;
    const index = Number(/^\/contacts\/(\d+)/.exec(pointer ?? '')?.[1] ?? Number.NaN);
    if (!(error instanceof AppError) || !wanted[index]) throw error;
    await sql`ROLLBACK TO SAVEPOINT import_rows`.execute(ctx.db);
    const words = error.message.replaceAll(
      /\/contacts\/(\d+)\S*/g,
      (_, n) => `line ${wanted[Number(n)]?.person.rows[0]?.line}`,
    );
    reject(result, wanted[index].person, words);
    return index;
  }
}

const writtenRow = (row: ReadRow, id: string, outcome: WrittenRow['outcome']): WrittenRow => ({
  line: row.line,
  cells: row.cells,
  id,
  outcome,
  proof: row.proof,
});

function reject(result: BatchResult, { rows }: Person, reason: string): void {
  for (const { line, cells } of rows)
    result.rejected.push({ line, cells, remarks: [{ column: null, reason }] });
}
