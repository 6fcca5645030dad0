// Job `exports.run`: a file of contacts, part by part. A part is stored before the mark moves past it, so that a crash leaves
// at most one part that nothing names; the file then goes on behind the last one that counts.
import type { ContactFilter } from '../../../contract/contact-filter.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { csvText } from '../../platform/csv.ts';
import { newId } from '../../platform/db/ids.ts';
import { notFound } from '../../platform/errors.ts';
import { runWork, type Work, type WorkSpec } from '../../platform/work/run-work.ts';
import type { WorkJob } from '../../platform/work/work.ts';
import { audit } from '../../workspaces/audit.ts';
import { forgetChosen, nextChosen, writeDownChosen } from '../chosen-people.ts';
import { allColumns } from './columns.ts';
import { exportRows } from './contact-rows.ts';
import { checkSize, fileKeptDays, removeParts } from './export.ts';

interface Mark {
  /** The last contact in the file (uuid). */
  after: string | null;
  columns: string[];
}

export async function runExport(base: BaseCtx, job: WorkJob, size = 5000): Promise<void> {
  await runWork(base, job, spec(size));
  const row = await base.db
    .selectFrom('exports')
    .select('parts')
    .where('workspace_id', '=', job.workspaceId)
    .where('id', '=', job.id)
    .where('file_until', 'is not', null)
    .executeTakeFirst();
  if (row) await removeParts(base, job.id, row.parts);
}

const spec = (size: number): WorkSpec<Mark> => ({
  kind: 'export',
  async run(work) {
    const mark = work.mark ?? (await begin(work));
    let { after } = mark;
    for (let more = true; more; ) {
      await work.batch(async (ctx) => {
        const { ids, became } = await nextChosen(ctx, work.id, after, size);
        // two who became one are one row
        const once = ids.filter((id) => (became.get(id)?.speaker ?? id) === id);
        const people = once.map((id) => became.get(id)?.person ?? id);
        const rows = await exportRows(ctx, people, mark.columns);
        const text = csvText(rows, after === null ? mark.columns : null);
        if (text !== '') await addPart(ctx, work.id, Buffer.from(text));
        more = ids.length === size;
        after = ids.at(-1) ?? after;
        return { processed: ids.length, mark: { ...mark, after } };
      });
    }
  },
  async ended(ctx, id, status) {
    await forgetChosen(ctx, id);
    const until = new Date(ctx.clock.now().getTime() + fileKeptDays * 86_400_000);
    await ctx.db
      .updateTable('exports')
      .set({ file_until: status === 'finished' ? until : null })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .execute();
    await audit(ctx, `export.${status}`, { type: 'export', id: toWireId('exp', id) });
  },
});

async function begin(work: Work<Mark>): Promise<Mark> {
  const row = await work.ctx.db
    .selectFrom('exports')
    .select(['filter', 'columns'])
    .where('workspace_id', '=', work.ctx.actor.workspaceId)
    .where('id', '=', work.id)
    .executeTakeFirst();
  if (!row) throw notFound('export');
  const mark: Mark = { after: null, columns: row.columns ?? [] };
  await work.batch(async (ctx) => {
    const total = await writeDownChosen(ctx, work.id, { filter: (row.filter as ContactFilter | null) ?? {} });
    mark.columns = row.columns ?? (await allColumns(ctx, work.id));
    return { processed: 0, mark, total };
  });
  return mark;
}

async function addPart(ctx: Ctx, id: string, bytes: Buffer): Promise<void> {
  await checkSize(ctx, bytes.length);
  const part = newId();
  await ctx.storage.put(`${id}/${part}`, bytes);
  await ctx.db
    .updateTable('exports')
    .set((eb) => ({
      parts: eb.fn('array_append', ['parts', eb.val(part)]),
      size_bytes: eb('size_bytes', '+', bytes.length),
    }))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .execute();
}
