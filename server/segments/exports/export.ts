// Contacts as a CSV file: asked for, looked at, fetched, forgotten. Written by run-export.ts.
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import type { ContactExport, ExportCreate } from '../../../contract/exports.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Page, PageQuery } from '../../../contract/lists.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { fetchPage } from '../../platform/db/pages.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { holds } from '../../platform/scopes.ts';
import { cancelWork, progressOf, startWork, type WorkRow } from '../../platform/work/work.ts';
import { audit } from '../../workspaces/audit.ts';
import { countChosen, forgetChosen } from '../chosen-people.ts';
import { inTurn } from '../in-turn.ts';

/** How long a file is there to be fetched: it holds people, and does not know who of them was erased since. */
export const fileKeptDays = 7;
const underWayAtMost = 5;
const keptBytesAtMost = 2 * 1024 ** 3;

/** Throws EXPORT_LIMIT where the file would pass what is kept of a workspace. */
export async function checkSize(ctx: Ctx, moreBytes: number): Promise<void> {
  if ((await taken(ctx)).bytes + moreBytes > keptBytesAtMost) throw tooManyBytes();
}

/** Throws EXPORT_LIMIT; NOT_FOUND, VALIDATION_FAILED where the filter names what is not there. */
export async function startExport(ctx: Ctx, given: ExportCreate): Promise<ContactExport> {
  const total = await inTurn(ctx, () => countChosen(ctx, { filter: given.filter ?? {} }));
  const id = newId();
  return inTransaction(ctx, async (ctx) => {
    await checkRoom(ctx);
    await ctx.db
      .insertInto('exports')
      .values({
        workspace_id: ctx.actor.workspaceId,
        id,
        filter: given.filter ? JSON.stringify(given.filter) : null,
        columns: given.columns ?? null,
        created_at: ctx.clock.now(),
      })
      .execute();
    await startWork(ctx, { kind: 'export', id, total });
    await audit(ctx, 'export.started', { type: 'export', id: toWireId('exp', id) }, { people: total });
    return getExport(ctx, id);
  });
}

/** Two asked for at once are counted one after the other. */
async function checkRoom(ctx: Ctx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('exports ' || ${ctx.actor.workspaceId}, 0))`.execute(
    ctx.db,
  );
  const { underWay, bytes } = await taken(ctx);
  if (underWay >= underWayAtMost)
    throw new AppError(
      'EXPORT_LIMIT',
      `${underWay} exports of this workspace are under way. Wait until one is finished, or cancel one.`,
    );
  if (bytes >= keptBytesAtMost) throw tooManyBytes();
}

const tooManyBytes = () =>
  new AppError(
    'EXPORT_LIMIT',
    'Exports of this workspace take 2 GB, the most that is kept. Delete exports that are done, or choose fewer people or columns.',
  );

/** What stands on the disk, also of exports that are being written. */
async function taken(ctx: Ctx): Promise<{ underWay: number; bytes: number }> {
  const { rows } = await sql<{ underWay: number; bytes: number }>`
    SELECT count(*) FILTER (WHERE w.status IN ('queued', 'running')) AS "underWay",
      coalesce(sum(e.size_bytes) FILTER (WHERE cardinality(e.parts) > 0), 0) AS bytes
    FROM exports e JOIN works w USING (workspace_id, id) WHERE e.workspace_id = ${ctx.actor.workspaceId}`.execute(
    ctx.db,
  );
  return rows[0] as { underWay: number; bytes: number };
}

/** Throws FORBIDDEN where somebody else made it, and the actor is no admin. */
function mayEnd(ctx: Ctx, row: Joined): void {
  const { actor } = ctx;
  const own = actor.kind === 'user' ? actor.userId : actor.kind === 'token' ? actor.tokenId : null;
  if (holds(ctx, 'workspace:write') || (own !== null && own === row.actor_id)) return;
  throw new AppError(
    'FORBIDDEN',
    'Somebody else made this export: they, an owner or an admin may cancel or delete it.',
  );
}

function rows(ctx: Ctx) {
  return ctx.db
    .selectFrom('exports as e')
    .innerJoin('works as w', (join) =>
      join.onRef('w.workspace_id', '=', 'e.workspace_id').onRef('w.id', '=', 'e.id'),
    )
    .selectAll('w')
    .select(['e.filter', 'e.columns', 'e.parts', 'e.size_bytes', 'e.file_until'])
    .where('e.workspace_id', '=', ctx.actor.workspaceId);
}

type Joined = WorkRow & {
  filter: unknown;
  columns: string[] | null;
  parts: string[];
  size_bytes: number;
  file_until: Date | null;
};

const fileIsThere = (row: Joined, now: Date) =>
  row.status === 'finished' && row.file_until !== null && row.file_until > now;

function toWire(ctx: Ctx, row: Joined): ContactExport {
  const id = toWireId('exp', row.id);
  const isThere = fileIsThere(row, ctx.clock.now());
  return {
    id,
    ...progressOf(row, ctx.clock.now()),
    by: row.actor_name,
    filter: row.filter as ContactExport['filter'],
    columns: row.columns,
    size_bytes: row.size_bytes,
    download_url: isThere ? `/api/v1/exports/${id}/file` : null,
    available_until: isThere ? (row.file_until?.toISOString() ?? null) : null,
  };
}

/** Throws NOT_FOUND. */
export async function getExport(ctx: Ctx, id: string): Promise<ContactExport> {
  return toWire(ctx, await find(ctx, id));
}

async function find(ctx: Ctx, id: string): Promise<Joined> {
  const row = await rows(ctx).where('e.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('export');
  return row;
}

/** Newest first. */
export function listExports(ctx: Ctx, page: PageQuery): Promise<Page<ContactExport>> {
  const query = rows(ctx).select(['e.created_at as _sort', 'e.id as _id']);
  const order = { column: 'e.created_at', id: 'e.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(query, page, order, (row) => toWire(ctx, row));
}

/** The file, its name and its length. Throws ILLEGAL_MOVE where it is not written yet, or gone. */
export async function exportFile(
  ctx: Ctx,
  id: string,
): Promise<{ bytes: Readable; fileName: string; sizeBytes: number }> {
  const row = await find(ctx, id);
  if (row.status === 'queued' || row.status === 'running')
    throw new AppError(
      'ILLEGAL_MOVE',
      'The file is still being written. Fetch it when the export is finished.',
    );
  if (!fileIsThere(row, ctx.clock.now()))
    throw new AppError('ILLEGAL_MOVE', 'There is no file of this export any more. Start a new one.');
  await audit(ctx, 'export.downloaded', { type: 'export', id: toWireId('exp', id) });
  async function* all() {
    for (const part of row.parts) yield* ctx.storage.stream(`${id}/${part}`);
  }
  const day = row.created_at.toISOString().slice(0, 10);
  return {
    bytes: Readable.from(all(), { objectMode: false }),
    fileName: `contacts-${day}.csv`,
    sizeBytes: row.size_bytes,
  };
}

/** Throws FORBIDDEN, ILLEGAL_MOVE where it is over. */
export async function cancelExport(ctx: Ctx, id: string): Promise<ContactExport> {
  mayEnd(ctx, await find(ctx, id));
  const now = await inTransaction(ctx, async (ctx) => {
    await cancelWork(ctx, 'export', id);
    await forgetChosen(ctx, id);
    await audit(ctx, 'export.cancelled', { type: 'export', id: toWireId('exp', id) });
    return getExport(ctx, id);
  });
  await removeParts(ctx, id);
  return now;
}

/** Removes a finished or failed export with its file. Throws ILLEGAL_MOVE while it is being written. */
export async function deleteExport(ctx: Ctx, id: string): Promise<void> {
  const row = await find(ctx, id);
  mayEnd(ctx, row);
  if (row.status === 'queued' || row.status === 'running')
    throw new AppError('ILLEGAL_MOVE', 'It is still being written. Cancel it first.');
  await removeParts(ctx, id);
  await inTransaction(ctx, async (ctx) => {
    for (const table of ['exports', 'works'] as const)
      await ctx.db
        .deleteFrom(table)
        .where('workspace_id', '=', ctx.actor.workspaceId)
        .where('id', '=', id)
        .execute();
    await audit(ctx, 'export.deleted', { type: 'export', id: toWireId('exp', id) });
  });
}

/** The file, with what a node that died wrote and nothing names; or that alone, with the parts to be `kept`. */
export async function removeParts(ctx: BaseCtx, id: string, kept: string[] = []): Promise<void> {
  for (const name of await ctx.storage.namesIn(id))
    if (!kept.includes(name)) await ctx.storage.remove(`${id}/${name}`);
}

/** Job `exports.forget`, every hour: files whose time is over, and what a cancelled or failed export left. */
export async function forgetOldExports(base: BaseCtx): Promise<void> {
  const now = base.clock.now();
  const old = await base.db
    .selectFrom('exports as e')
    .innerJoin('works as w', (join) =>
      join.onRef('w.workspace_id', '=', 'e.workspace_id').onRef('w.id', '=', 'e.id'),
    )
    .select(['e.workspace_id', 'e.id', 'e.parts'])
    .where(sql<boolean>`cardinality(e.parts) > 0`)
    .where((eb) => eb.or([eb('e.file_until', '<', now), eb('w.status', 'in', ['failed', 'cancelled'])]))
    .limit(1000)
    .execute();
  for (const row of old) {
    const ctx = asSystem(base, row.workspace_id);
    await removeParts(ctx, row.id);
    await forgetChosen(ctx, row.id);
    await ctx.db
      .updateTable('exports')
      // a filter may hold a name that was searched for
      .set({ parts: [], file_until: null, filter: null })
      .where('workspace_id', '=', row.workspace_id)
      .where('id', '=', row.id)
      .execute();
  }
}
