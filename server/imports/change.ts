// What a person decides about an uploaded table, until it is started: how the file is read, what its columns become, and what
// happens to the people.
import { sql } from 'kysely';
import type { ContactImport, ImportPatch, ImportSettings, PreviewRow } from '../../contract/imports.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { AppError } from '../platform/errors.ts';
import { asDeclared } from './declared.ts';
import { describeTable } from './describe.ts';
import { type FieldProblem, type Form, firstSettings, hintsOf, wrongSettings } from './import.ts';
import { previewImport } from './preview.ts';
import { type ImportRow, importRow, importToWire, withFile } from './store.ts';

/** Throws VALIDATION_FAILED, VERSION_CONFLICT, ILLEGAL_MOVE once it was started, and what a table is refused with. */
export async function changeImport(
  ctx: Ctx,
  id: string,
  patch: ImportPatch,
): Promise<ContactImport & { preview: PreviewRow[] }> {
  const before = await importRow(ctx, id);
  checkUnstarted(before);
  const form = await formAfter(ctx, before, patch);
  const settings = await asDeclared(ctx, settingsAfter(before, form, patch));
  await checkSettings(ctx, form, settings);
  const changed = await inTransaction(ctx, async (ctx) => {
    const row = await importRow(ctx, id, true);
    checkUnstarted(row);
    if (row.version !== (patch.version ?? before.version))
      throw new AppError(
        'VERSION_CONFLICT',
        'Somebody else changed this import in the meantime. Load it again and repeat your change.',
      );
    await ctx.db
      .updateTable('imports')
      .set({
        form: JSON.stringify(form),
        settings: JSON.stringify(settings),
        version: row.version + 1,
      })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .execute();
    return importRow(ctx, id);
  });
  return { ...importToWire(ctx, changed), preview: await previewImport(ctx, id) };
}

export function checkUnstarted(row: ImportRow): void {
  if (row.work)
    throw new AppError(
      'ILLEGAL_MOVE',
      'This import was started already. Upload the file again to change it.',
    );
}

/** Read anew where it shall be read in another way. */
async function formAfter(ctx: Ctx, row: ImportRow, patch: ImportPatch): Promise<Form> {
  const { header, sheet, encoding, delimiter } = patch;
  if ([header, sheet, encoding, delimiter].every((hint) => hint === undefined)) return row.form;
  const isOther = sheet !== undefined && sheet !== row.form.sheet;
  const hints = {
    ...hintsOf(row.form),
    // another sheet may begin in another way
    ...(isOther && { hasHeader: undefined }),
    ...(header !== undefined && { hasHeader: header }),
    ...(sheet !== undefined && { sheet }),
    ...(encoding && { encoding }),
    ...(delimiter && { delimiter }),
  };
  const country = patch.default_country ?? row.settings.default_country;
  return withFile(ctx, row.id, (path) =>
    describeTable(ctx, { path, sizeBytes: row.size_bytes }, hints, country),
  );
}

/** A table that is read in another way has other columns: what was mapped before says nothing of them. */
function settingsAfter(row: ImportRow, form: Form, patch: ImportPatch): ImportSettings {
  const before = row.settings;
  const isSame = JSON.stringify(form.columns) === JSON.stringify(row.form.columns);
  const given = <K extends keyof ImportSettings>(key: K): ImportSettings[K] =>
    (patch[key] === undefined ? before[key] : patch[key]) as ImportSettings[K];
  const mapping = patch.mapping ?? (isSame ? before.mapping : firstSettings(form, null).mapping);
  return {
    mapping,
    policy: given('policy'),
    default_country: given('default_country'),
    tags: [...new Set(given('tags'))],
    segment_id: given('segment_id'),
    consent: given('consent'),
  };
}

/** Throws VALIDATION_FAILED with every field that is wrong. */
export async function checkSettings(ctx: Ctx, form: Form, settings: ImportSettings): Promise<void> {
  const problems = [
    ...wrongSettings(form, settings),
    ...(await wrongConnections(ctx, settings)),
    ...(await wrongList(ctx, settings.segment_id)),
  ];
  const [first] = problems;
  if (first) throw new AppError('VALIDATION_FAILED', first.detail, { errors: problems });
}

async function wrongConnections(ctx: Ctx, { mapping }: ImportSettings): Promise<FieldProblem[]> {
  const wanted = mapping.flatMap((target, index) =>
    target.kind === 'identity' ? [{ index, id: uuidOf('con', target.connection_id) }] : [],
  );
  if (wanted.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM connections
    WHERE workspace_id = ${ctx.actor.workspaceId} AND deleted_at IS NULL AND id = ANY(${wanted.map(({ id }) => id)}::uuid[])`.execute(
    ctx.db,
  );
  const known = new Set(rows.map(({ id }) => id));
  return wanted
    .filter(({ id }) => !known.has(id))
    .map(({ index }) => ({
      pointer: `/mapping/${index}/connection_id`,
      detail: 'There is no such connection in this workspace. Check the id.',
    }));
}

async function wrongList(ctx: Ctx, segmentId: string | null): Promise<FieldProblem[]> {
  if (segmentId === null) return [];
  const row = await ctx.db
    .selectFrom('segments')
    .select('kind')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', uuidOf('seg', segmentId))
    .executeTakeFirst();
  if (row?.kind === 'static') return [];
  const detail = row
    ? 'Who is in this segment follows from its rule: choose a list that is kept by hand.'
    : 'There is no such list in this workspace. Choose another.';
  return [{ pointer: '/segment_id', detail }];
}
