// A stored file: look at it, read its bytes, delete it.
import { toWireId } from '../../contract/ids.ts';
import type { Media, MediaKind } from '../../contract/media.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { mediaRow, mediaToWire, storageKey } from './store.ts';

export interface MediaFile {
  kind: MediaKind;
  mime: string;
  fileName: string;
  sizeBytes: number;
  width: number | null;
  height: number | null;
  durationSeconds: number | null;
  /** SHA-256 of the upload: stands for the content, as ids never change theirs. */
  fingerprint: string;
  bytes(): Promise<Buffer>;
}

/** Throws NOT_FOUND. */
export async function showMedia(ctx: Ctx, mediaId: string): Promise<Media> {
  return mediaToWire(await mediaRow(ctx, mediaId));
}

/** What an adapter uploads. Throws NOT_FOUND; `bytes` throws NOT_FOUND when the file is gone from the disk. */
export async function mediaFile(ctx: Ctx, mediaId: string): Promise<MediaFile> {
  const row = await mediaRow(ctx, mediaId);
  return {
    kind: row.kind as MediaKind,
    mime: row.mime,
    fileName: row.file_name,
    sizeBytes: row.size_bytes,
    width: row.width,
    height: row.height,
    durationSeconds: row.duration_seconds,
    fingerprint: row.sha256.toString('base64url'),
    async bytes() {
      try {
        return await ctx.storage.read(storageKey(ctx, mediaId));
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
        ctx.log.error({ mediaId }, 'a stored file is missing: restore the data folder from a backup');
        throw new AppError('NOT_FOUND', 'The file is missing on the server. Upload it again.', { cause });
      }
    },
  };
}

/** Whether something (a campaign, a message) still shows the file; the modules that know stand higher on the ladder. */
export type IsMediaInUse = (ctx: Ctx, mediaId: string) => Promise<boolean>;

/** Throws NOT_FOUND, and ILLEGAL_MOVE while something shows the file. */
export async function deleteMedia(ctx: Ctx, mediaId: string, isInUse: IsMediaInUse): Promise<void> {
  await inTransaction(ctx, async (trx) => {
    const row = await mediaRow(trx, mediaId);
    if (await isInUse(trx, mediaId))
      throw new AppError(
        'ILLEGAL_MOVE',
        'A campaign, a template or a message shows this file. Take it out there first.',
      );
    await trx.db
      .deleteFrom('media')
      .where('workspace_id', '=', trx.actor.workspaceId)
      .where('id', '=', mediaId)
      .execute();
    const subject = { type: 'media', id: toWireId('med', mediaId) };
    await audit(trx, 'media.deleted', subject, { file_name: row.file_name });
  });
  await ctx.storage.remove(storageKey(ctx, mediaId));
}
