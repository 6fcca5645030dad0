// The first rows as they would be written: written for real by the import itself, looked at, and taken back.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { PreviewRow } from '../../contract/imports.ts';
import type { BatchResult } from '../contacts/import/batch.ts';
import { importRows } from '../contacts/import/import-rows.ts';
import type { Row } from '../contacts/import/row.ts';
import { openTable } from '../contacts/import/table.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { asDeclared } from './declared.ts';
import { firstRows } from './describe.ts';
import { hintsOf } from './import.ts';
import { type ImportRow, importRow, withFile } from './store.ts';
import { optionsOf, whatElseHappens } from './write-people.ts';

const rowsShown = 20;

export async function previewImport(ctx: Ctx, id: string): Promise<PreviewRow[]> {
  const row = await importRow(ctx, id);
  const settings = await asDeclared(ctx, row.settings);
  const { rows, header } = await readFirst(ctx, row);
  let preview: PreviewRow[] = [];
  await importRows({ header, rows: eachOf(rows) }, optionsOf(ctx, settings), async (write) => {
    await inTransaction(ctx, async (ctx) => {
      const batch = await write(ctx);
      const remarks = await whatElseHappens(ctx, settings, batch);
      preview = await lookAt(ctx, { ...batch, doubted: [...batch.doubted, ...remarks] });
      throw new TakenBack();
    });
  }).catch((error) => {
    if (!(error instanceof TakenBack)) throw error;
  });
  return preview;
}

class TakenBack extends Error {}

function readFirst(ctx: Ctx, row: ImportRow): Promise<{ rows: Row[]; header: string[] }> {
  return withFile(ctx, row.id, async (path) => {
    const table = await openTable(path, hintsOf(row.form));
    return { rows: await firstRows(table, rowsShown).finally(() => table.close()), header: table.header };
  });
}

async function* eachOf(rows: Row[]): AsyncGenerator<Row> {
  yield* rows;
}

async function lookAt(ctx: Ctx, batch: BatchResult): Promise<PreviewRow[]> {
  const ids = [...new Set(batch.written.map(({ id }) => id))];
  const people =
    ids.length === 0
      ? []
      : await ctx.db
          .selectFrom('contacts')
          .select(['id', 'external_id', 'first_name', 'last_name', 'email', 'phone'])
          .select(['language', 'time_zone', 'attributes', 'tags'])
          .where('workspace_id', '=', ctx.actor.workspaceId)
          .where('id', 'in', ids)
          .execute();
  const chats = await chatsOf(ctx, ids);
  const byId = new Map(
    people.map(({ id, ...contact }) => [id, { ...contact, ...(chats.get(id) ?? noChats) }]),
  );
  const fresh = new Set(batch.written.filter(({ outcome }) => outcome === 'created').map(({ id }) => id));
  const remarksOf = (line: number) =>
    batch.doubted.filter((one) => one.line === line).flatMap(({ remarks }) => remarks);
  const written = batch.written.map(({ line, id, outcome }): PreviewRow => {
    const contact = byId.get(id)!;
    return {
      line,
      outcome,
      contact_id: fresh.has(id) ? null : toWireId('cnt', id),
      contact: { ...contact, attributes: contact.attributes as Record<string, unknown> },
      problems: [],
      remarks: remarksOf(line),
    };
  });
  const rejected = batch.rejected.map(
    ({ line, remarks }): PreviewRow => ({
      line,
      outcome: 'rejected',
      contact_id: null,
      contact: null,
      problems: remarks,
      remarks: [],
    }),
  );
  return [...written, ...rejected].sort((a, b) => a.line - b.line);
}

const noChats = { addresses: 0, reachable: false };

async function chatsOf(ctx: Ctx, ids: string[]): Promise<Map<string, typeof noChats>> {
  const { rows } = await sql<{ id: string } & typeof noChats>`
    SELECT contact_id AS id, count(*)::int AS addresses, bool_or(reachable) AS reachable FROM identities
    WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ANY(${ids}::uuid[]) GROUP BY 1`.execute(
    ctx.db,
  );
  return new Map(rows.map(({ id, ...chats }) => [id, chats]));
}
