// Job `imports.forget`, every hour: files and reports hold people's data, and are removed when their time is over. What the
// import did stays to be read.
import { asSystem, type BaseCtx } from '../platform/context.ts';
import { storageKey } from './store.ts';

const atOnce = 100;

/** Safe to repeat, on any node. An import that still runs keeps its file. */
export async function forgetImportFiles(base: BaseCtx): Promise<void> {
  for (;;) {
    const due = await base.db
      .selectFrom('imports as i')
      .leftJoin('works as w', (join) =>
        join.onRef('w.workspace_id', '=', 'i.workspace_id').onRef('w.id', '=', 'i.id'),
      )
      .select(['i.workspace_id', 'i.id'])
      .where('i.file_until', '<=', base.clock.now())
      .where((eb) => eb.or([eb('w.status', 'is', null), eb('w.status', 'not in', ['queued', 'running'])]))
      .limit(atOnce)
      .execute();
    for (const { workspace_id, id } of due) await forget(base, workspace_id, id);
    if (due.length < atOnce) return;
  }
}

async function forget(base: BaseCtx, workspaceId: string, id: string): Promise<void> {
  const ctx = asSystem(base, workspaceId);
  // the file first: a row that says it is gone must be right
  await ctx.storage.remove(storageKey(ctx, id));
  await ctx.db.transaction().execute(async (db) => {
    await db
      .deleteFrom('import_rows')
      .where('workspace_id', '=', workspaceId)
      .where('import_id', '=', id)
      .execute();
    const forgotten = await db
      .updateTable('imports')
      .set({ file_until: null })
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .returning('form')
      .executeTakeFirst();
    if (!forgotten) return;
    // the first values of the columns are people's data as well
    const form = forgotten.form as unknown as { columns: { samples: string[] }[] };
    const columns = form.columns.map((column) => ({ ...column, samples: [] }));
    await db
      .updateTable('imports')
      .set({ form: JSON.stringify({ ...form, columns }) })
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .execute();
  });
}
