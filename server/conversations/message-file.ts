// A file that a person sent: noted with its message, fetched by a job while the platform keeps it, and removed with the
// person. Only the platform can give it, so what does not work now is tried again for as long as it is there.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { type ReceivedKind, receivedKinds } from '../../contract/media.ts';
import { openAccount } from '../channels/accounts.ts';
import type { InboundMedia } from '../channels/channel.ts';
import { judgeReceived, type Received } from '../media/received.ts';
import type { ServedFile } from '../media/serve.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { AppError, notFound } from '../platform/errors.ts';
import type { FileRow } from './conversation.ts';
import { announceConversation } from './store.ts';

export interface FileRef {
  workspaceId: string;
  messageId: string;
}

/** Ids of received files live 7 days (Cloud API, media, 2026-11-20). */
const keptForMs = 7 * 86_400_000;
const longestWaitMs = 3_600_000;
const askAtOnce = 200;
/** Longer than a job with its repeats takes. */
const turnMs = 600_000;
const storageKey = (of: FileRef) => `${of.workspaceId}/${of.messageId}`;

/** In the transaction that writes the message down. */
export async function noteFile(ctx: Ctx, messageId: string, media: InboundMedia): Promise<void> {
  const { workspaceId } = ctx.actor;
  const now = ctx.clock.now();
  await ctx.db
    .insertInto('message_files')
    .values({
      workspace_id: workspaceId,
      message_id: messageId,
      kind: media.kind,
      handle: media.handle,
      voice: media.voice ?? false,
      state: 'waiting',
      mime: media.mime,
      file_name: media.fileName?.slice(0, 200) ?? null,
      // the job is there at once; should it be lost, the minute's look finds the row
      due_at: new Date(now.getTime() + 60_000),
      created_at: now,
    })
    .execute();
  const ref: FileRef = { workspaceId, messageId };
  await ctx.jobs.enqueue(ctx, 'conversations.fetch_file', ref, { key: messageId });
}

/**
 * Job: every minute, files whose time has come again. Whose turn it was waits for the next, whatever becomes of the job, so
 * that a few that never end well do not stand before the others for ever.
 */
export async function fetchDueFiles(base: BaseCtx): Promise<void> {
  const now = base.clock.now();
  const { rows: due } = await sql<{ workspaceId: string; messageId: string }>`
    UPDATE message_files f SET due_at = ${new Date(now.getTime() + turnMs)}
    FROM (SELECT workspace_id, message_id FROM message_files WHERE state = 'waiting' AND due_at <= ${now}
      ORDER BY due_at LIMIT ${askAtOnce} FOR UPDATE SKIP LOCKED) due
    WHERE f.workspace_id = due.workspace_id AND f.message_id = due.message_id
    RETURNING f.workspace_id AS "workspaceId", f.message_id AS "messageId"`.execute(base.db);
  for (const ref of due)
    await base.jobs.enqueue(base, 'conversations.fetch_file', ref, { key: ref.messageId });
}

/** Job, when a connection has new credentials: what waits on it is fetched at once. */
export async function fetchWaitingOf(
  base: BaseCtx,
  of: { workspaceId: string; connectionId: string },
): Promise<void> {
  await sql`
    UPDATE message_files f SET due_at = ${base.clock.now()}, tries = 0
    FROM messages m WHERE f.workspace_id = ${of.workspaceId} AND f.state = 'waiting'
      AND m.workspace_id = f.workspace_id AND m.id = f.message_id AND m.connection_id = ${of.connectionId}`.execute(
    base.db,
  );
  await fetchDueFiles(base);
}

/** Job. Safe to repeat: the second time finds the file stored, and two at once store the same bytes. */
export async function fetchFile(base: BaseCtx, ref: FileRef): Promise<void> {
  const row = await base.db
    .selectFrom('message_files as f')
    .innerJoin('messages as m', (join) =>
      join.onRef('m.workspace_id', '=', 'f.workspace_id').onRef('m.id', '=', 'f.message_id'),
    )
    .select(['f.kind', 'f.handle', 'f.mime', 'f.file_name', 'f.tries', 'f.created_at', 'm.connection_id'])
    .where('f.workspace_id', '=', ref.workspaceId)
    .where('f.message_id', '=', ref.messageId)
    .where('f.state', '=', 'waiting')
    .executeTakeFirst();
  if (!row) return;
  const kind = receivedKinds.find((known) => known === row.kind) ?? 'document';
  try {
    await keep(base, ref, await download(base, { ...row, kind }));
  } catch (error) {
    const known = error instanceof AppError ? error : null;
    if (!known) base.log.error({ err: error, message: ref.messageId }, 'a file could not be kept');
    const problem = known?.message ?? 'The file could not be kept here.';
    const age = base.clock.now().getTime() - row.created_at.getTime();
    const isFinal =
      known && ['PLATFORM_REFUSED', 'MEDIA_TOO_LARGE', 'MEDIA_UNSUPPORTED'].includes(known.code);
    if (isFinal || age > keptForMs) await giveUp(base, ref, problem, age > keptForMs);
    else await waitLonger(base, ref, problem, row.tries);
  }
}

interface Asked {
  kind: ReceivedKind;
  handle: string;
  mime: string | null;
  file_name: string | null;
  connection_id: string;
}

async function download(base: BaseCtx, asked: Asked): Promise<Received> {
  const open = await openAccount(base, asked.connection_id);
  if (!open?.adapter.download)
    throw new AppError(
      'PLATFORM_REFUSED',
      'The connection was removed before the file could be fetched. Ask for it on another one.',
    );
  const { bytes, mime } = await open.adapter.download(open.account, asked.handle);
  return judgeReceived(bytes, { kind: asked.kind, mime: asked.mime ?? mime, fileName: asked.file_name });
}

/** First the bytes: a row without them would be a broken picture. Whoever was erased meanwhile leaves none behind. */
async function keep(base: BaseCtx, ref: FileRef, file: Received): Promise<void> {
  await base.storage.put(storageKey(ref), file.bytes);
  const isThere = await change(base, ref, {
    kind: file.kind,
    state: 'stored',
    problem: null,
    due_at: null,
    mime: file.mime,
    file_name: file.fileName,
    size_bytes: file.bytes.length,
    width: file.width,
    height: file.height,
    sha256: createHash('sha256').update(file.bytes).digest(),
  });
  if (!isThere) await base.storage.remove(storageKey(ref));
}

async function giveUp(base: BaseCtx, ref: FileRef, why: string, isLate: boolean): Promise<void> {
  const problem = isLate
    ? 'The file could not be fetched for a week, and the platform keeps it no longer. Ask for it once more.'
    : why;
  await change(base, ref, { state: 'failed', problem: problem.slice(0, 500), due_at: null });
}

async function waitLonger(base: BaseCtx, ref: FileRef, why: string, tries: number): Promise<void> {
  const waitMs = Math.min(60_000 * 2 ** tries, longestWaitMs);
  await change(base, ref, {
    problem: `${why} It is tried again by itself.`.slice(0, 500),
    tries: tries + 1,
    due_at: new Date(base.clock.now().getTime() + waitMs),
  });
}

type Change = Partial<{
  kind: string;
  state: 'stored' | 'failed';
  problem: string | null;
  tries: number;
  due_at: Date | null;
  mime: string;
  file_name: string;
  size_bytes: number;
  width: number | null;
  height: number | null;
  sha256: Buffer;
}>;

/** False: the message is gone, or another try was first. The thread that is open looks again. */
async function change(base: BaseCtx, ref: FileRef, to: Change): Promise<boolean> {
  return inTransaction(asSystem(base, ref.workspaceId), async (ctx) => {
    const result = await ctx.db
      .updateTable('message_files')
      .set(to)
      .where('workspace_id', '=', ref.workspaceId)
      .where('message_id', '=', ref.messageId)
      .where('state', '=', 'waiting')
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    const message = await ctx.db
      .selectFrom('messages')
      .select(['contact_id', 'connection_id'])
      .where('workspace_id', '=', ref.workspaceId)
      .where('id', '=', ref.messageId)
      .executeTakeFirstOrThrow();
    await announceConversation(ctx, { contactId: message.contact_id, connectionId: message.connection_id });
    return true;
  });
}

/** What an operator sees or saves. Throws NOT_FOUND where the message has no file, or it is not there (yet). */
export async function messageFile(ctx: Ctx, messageId: string): Promise<ServedFile> {
  const row = await ctx.db
    .selectFrom('message_files')
    .select(['kind', 'mime', 'file_name', 'sha256'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('message_id', '=', messageId)
    .where('state', '=', 'stored')
    .executeTakeFirst();
  if (!row?.mime || !row.sha256) throw notFound('file');
  return {
    mime: row.mime,
    fileName: row.file_name ?? 'file',
    fingerprint: row.sha256.toString('base64url'),
    isShown: row.kind !== 'document',
    bytes: () => ctx.storage.read(storageKey({ workspaceId: ctx.actor.workspaceId, messageId })),
  };
}

/** Job: the bytes of people who were erased (contacts/erase.ts), whose rows went with their messages. */
export async function removeFiles(
  base: BaseCtx,
  job: { workspaceId: string; messageIds: string[] },
): Promise<void> {
  for (const messageId of job.messageIds)
    await base.storage.remove(storageKey({ workspaceId: job.workspaceId, messageId }));
}

/** The file of a message as the wire shows it, for `thread.ts`; null where it has none. */
export const fileOfMessage = sql<FileRow | null>`(
  SELECT jsonb_build_object('kind', f.kind, 'voice', f.voice, 'state', f.state, 'problem', f.problem, 'mime', f.mime,
    'file_name', f.file_name, 'size_bytes', f.size_bytes, 'width', f.width, 'height', f.height)
  FROM message_files f WHERE f.workspace_id = m.workspace_id AND f.message_id = m.id)`;
