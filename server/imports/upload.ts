// A table comes in: streamed to storage with its limit, looked at, and kept for the mapping; or refused with what to do, and
// then nothing is left of it.
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { ContactImport, ImportUpload } from '../../contract/imports.ts';
import { sizeInWords, tableLimits, tooLarge } from '../contacts/import/limits.ts';
import type { TableHints } from '../contacts/import/table.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { AppError, invalidField } from '../platform/errors.ts';
import { createSlots } from '../platform/slots.ts';
import { TooManyBytes } from '../platform/storage/storage.ts';
import { audit } from '../workspaces/audit.ts';
import { describeTable, homeCountry } from './describe.ts';
import { firstSettings, tableName } from './import.ts';
import { settingsOfReport } from './report-again.ts';
import { fileOf, importRow, importToWire, storageKey } from './store.ts';

const day = 86_400_000;
/** The file holds people's data: it is kept as long as somebody may want to look at the report. */
export const keepFilesMs = 30 * day;
/** Files of one workspace that are kept at the same time. */
export const keptBytesAtMost = 4 * tableLimits.fileBytes;

/** Each is mostly waiting for the sender's line; more than these wait in turn. */
const slots = createSlots(6, 20);

/** Throws UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST, VALIDATION_FAILED at /file, IMPORT_LIMIT, STORAGE_FULL, and what a table is refused with. */
export async function uploadTable(
  ctx: Ctx,
  request: FastifyRequest,
  said: ImportUpload,
): Promise<ContactImport> {
  if (!request.isMultipart())
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send multipart/form-data with one part named "file".');
  // said in advance, it need not be sent in vain
  if (Number(request.headers['content-length'] ?? 0) > tableLimits.fileBytes + 64 * 1024) throw tooLongFile();
  await checkRoom(ctx, 0);
  return slots.run(() => receive(ctx, request, said));
}

async function receive(ctx: Ctx, request: FastifyRequest, said: ImportUpload): Promise<ContactImport> {
  const part = await request.file().catch(refuse);
  if (part?.fieldname !== 'file') {
    part?.file.resume();
    throw invalidField('/file', 'Send the table as a part named "file", with a file name.');
  }
  const id = newId();
  const key = storageKey(ctx, id);
  try {
    const sizeBytes = await store(ctx, key, part);
    return await keep(ctx, id, tableName(part.filename), sizeBytes, hintsOfUpload(said));
  } catch (error) {
    await ctx.storage.remove(key);
    throw error;
  }
}

async function store(ctx: Ctx, key: string, part: MultipartFile): Promise<number> {
  try {
    const size = await ctx.storage.putStream(key, part.file, tableLimits.fileBytes);
    if (part.file.truncated) throw new TooManyBytes();
    return size;
  } catch (error) {
    if (error instanceof TooManyBytes) throw tooLongFile();
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof AppError || code === 'EACCES' || code === 'EROFS') throw error;
    return refuse(error);
  }
}

const tooLongFile = () =>
  tooLarge(`A table may have up to ${sizeInWords(tableLimits.fileBytes)}. Divide it into several files.`);

function refuse(cause: unknown): never {
  // cut off, without boundary, too many parts: all that the parser can say is the sender's mistake
  throw new AppError('BAD_REQUEST', 'The upload is not complete multipart/form-data. Send it again.', {
    cause,
  });
}

const hintsOfUpload = ({ header, sheet, encoding, delimiter }: ImportUpload): TableHints => ({
  ...(header && { hasHeader: header === 'true' }),
  ...(sheet && { sheet }),
  ...(encoding && { encoding }),
  ...(delimiter && { delimiter }),
});

async function keep(
  ctx: Ctx,
  id: string,
  fileName: string,
  sizeBytes: number,
  hints: TableHints,
): Promise<ContactImport> {
  const country = await homeCountry(ctx);
  const file = await fileOf(ctx, id);
  const form = await describeTable(ctx, { path: file.path, sizeBytes }, hints, country).finally(file.release);
  const settings = (await settingsOfReport(ctx, form)) ?? firstSettings(form, country);
  return inTransaction(ctx, async (ctx) => {
    // two uploads at once are counted one after the other
    await sql`SELECT pg_advisory_xact_lock(hashtextextended('imports ' || ${ctx.actor.workspaceId}, 0))`.execute(
      ctx.db,
    );
    await checkRoom(ctx, sizeBytes);
    const now = ctx.clock.now();
    await ctx.db
      .insertInto('imports')
      .values({
        workspace_id: ctx.actor.workspaceId,
        id,
        file_name: fileName,
        size_bytes: sizeBytes,
        form: JSON.stringify(form),
        settings: JSON.stringify(settings),
        created_by: ctx.actor.name,
        created_at: now,
        file_until: new Date(now.getTime() + keepFilesMs),
      })
      .execute();
    await audit(ctx, 'import.uploaded', { type: 'import', id: toWireId('imp', id) }, { file_name: fileName });
    return importToWire(ctx, await importRow(ctx, id));
  });
}

async function checkRoom(ctx: Ctx, moreBytes: number): Promise<void> {
  const { kept } = await ctx.db
    .selectFrom('imports')
    .select(sql<number>`coalesce(sum(size_bytes), 0)`.as('kept'))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('file_until', 'is not', null)
    .executeTakeFirstOrThrow();
  if (kept + moreBytes <= keptBytesAtMost && kept < keptBytesAtMost) return;
  throw new AppError(
    'IMPORT_LIMIT',
    `Uploaded tables of this workspace take ${sizeInWords(kept)}; up to ${sizeInWords(keptBytesAtMost)} are kept. Delete imports that are done.`,
  );
}
