// Starting an import, cancelling it, and deleting it with its file.
import { toWireId } from '../../contract/ids.ts';
import type { ColumnTarget, ContactImport, ImportSettings } from '../../contract/imports.ts';
import { declareAttributes } from '../contacts/declare-attributes.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { needScope } from '../platform/scopes.ts';
import { cancelWork, startWork } from '../platform/work/work.ts';
import { checkRulesSoon } from '../segments/check.ts';
import { audit } from '../workspaces/audit.ts';
import { checkSettings, checkUnstarted } from './change.ts';
import { asDeclared } from './declared.ts';
import { checkIdentifies } from './import.ts';
import { fileOf, type ImportRow, importRow, importToWire, storageKey } from './store.ts';

const subject = (id: string) => ({ type: 'import', id: toWireId('imp', id) });

/** Throws FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT, ILLEGAL_MOVE where it was started already. */
export async function startImport(ctx: Ctx, id: string, version?: number): Promise<ContactImport> {
  const row = await importRow(ctx, id);
  mayWrite(ctx, row.settings);
  checkUnstarted(row);
  checkIdentifies(row.settings.mapping);
  await checkSettings(ctx, row.form, row.settings);
  await (await fileOf(ctx, id)).release();
  return inTransaction(ctx, async (ctx) => {
    const row = await importRow(ctx, id, true);
    checkUnstarted(row);
    if (version !== undefined && version !== row.version)
      throw new AppError(
        'VERSION_CONFLICT',
        'Somebody else changed this import in the meantime. Load it again and look at it before you start it.',
      );
    // somebody may have declared one of them since it was mapped
    const settings = await asDeclared(ctx, row.settings);
    await ctx.db
      .updateTable('imports')
      .set({ settings: JSON.stringify(settings) })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .execute();
    // settings may have changed since the first look
    mayWrite(ctx, row.settings);
    await declareColumns(ctx, settings.mapping);
    await startWork(ctx, { kind: 'import', id, total: row.form.rows_estimate });
    await audit(ctx, 'import.started', subject(id), {
      file_name: row.file_name,
      policy: row.settings.policy,
      rows_about: row.form.rows_estimate,
      consent: row.settings.consent?.state ?? null,
    });
    return importToWire(ctx, await importRow(ctx, id));
  });
}

/** `imports:write` opened the door; people, their consent, lists and attributes are written with the scopes that write them elsewhere. */
function mayWrite(ctx: Ctx, { mapping, segment_id }: ImportSettings): void {
  needScope(ctx, 'contacts:write');
  if (segment_id !== null) needScope(ctx, 'segments:write', '/segment_id');
  const attribute = mapping.findIndex(({ kind }) => kind === 'attribute');
  if (attribute >= 0) needScope(ctx, 'attributes:write', `/mapping/${attribute}`);
}

/** The types that the columns were mapped with hold for everybody from now on. */
async function declareColumns(ctx: Ctx, mapping: ColumnTarget[]): Promise<void> {
  const columns = mapping.flatMap((target, index) =>
    target.kind === 'attribute' ? [{ index, name: target.name, type: target.type }] : [],
  );
  try {
    await declareAttributes(
      ctx,
      columns.map(({ name, type }) => ({ name, type })),
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, error.message, {
      errors: error.errors.map(({ pointer, detail }) => ({
        pointer: pointer.replace(/^\/(\d+)/, (_, n) => `/mapping/${columns[Number(n)]?.index}`),
        detail,
      })),
    });
  }
}

/** What was written stays. Throws ILLEGAL_MOVE where it was not started, or has ended. */
export async function cancelImport(ctx: Ctx, id: string): Promise<ContactImport> {
  return inTransaction(ctx, async (ctx) => {
    const row = await importRow(ctx, id);
    if (!row.work) throw new AppError('ILLEGAL_MOVE', 'It was not started yet. To do without it, delete it.');
    await cancelWork(ctx, 'import', id);
    await checkRulesSoon(ctx);
    const after = await importRow(ctx, id);
    await audit(ctx, 'import.cancelled', subject(id), figuresOf(after));
    return importToWire(ctx, after);
  });
}

export const figuresOf = (row: ImportRow) => ({
  file_name: row.file_name,
  created: row.created,
  updated: row.updated,
  skipped: row.skipped,
  rejected: row.rejected,
});

/** The people stay; the file and the report go. Throws ILLEGAL_MOVE while it runs. */
export async function deleteImport(ctx: Ctx, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const row = await importRow(ctx, id, true);
    if (row.work?.status === 'queued' || row.work?.status === 'running')
      throw new AppError('ILLEGAL_MOVE', 'This import is under way. Cancel it first.');
    for (const table of ['works', 'imports'] as const)
      await ctx.db
        .deleteFrom(table)
        .where('workspace_id', '=', ctx.actor.workspaceId)
        .where('id', '=', id)
        .execute();
    await audit(ctx, 'import.deleted', subject(id), figuresOf(row));
  });
  await ctx.storage.remove(storageKey(ctx, id));
}
