// Takes a file in. The same bytes twice in a workspace are one file: `sha256` is that of the upload, before redrawing.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Media } from '../../contract/media.ts';
import { actingUserId, type Ctx, inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { audit } from '../workspaces/audit.ts';
import { displayName } from './file-name.ts';
import { judgeFile } from './judge.ts';
import { mediaRow, mediaRowOfContent, mediaToWire, storageKey } from './store.ts';

/** Throws MEDIA_UNSUPPORTED, MEDIA_TOO_LARGE. */
export async function storeMedia(ctx: Ctx, input: { fileName: string; bytes: Buffer }): Promise<Media> {
  const sha256 = createHash('sha256').update(input.bytes).digest();
  const known = await mediaRowOfContent(ctx, sha256);
  if (known) return mediaToWire(known);
  const file = await judgeFile(input.bytes);
  return inTransaction(ctx, async (trx) => {
    const place = `media/${trx.actor.workspaceId}/${sha256.toString('hex')}`;
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${place}, 0))`.execute(trx.db);
    const first = await mediaRowOfContent(trx, sha256);
    if (first) return mediaToWire(first);
    const id = newId();
    const fileName = displayName(input.fileName, file.mime);
    // before the row: a row without its file would be a broken picture, a file without its row is only lost space
    await trx.storage.put(storageKey(trx, id), file.bytes);
    await trx.db
      .insertInto('media')
      .values({
        workspace_id: trx.actor.workspaceId,
        id,
        kind: file.kind,
        mime: file.mime,
        file_name: fileName,
        size_bytes: file.bytes.length,
        width: file.width,
        height: file.height,
        duration_seconds: file.durationSeconds,
        sha256,
        created_by: actingUserId(trx),
        created_at: trx.clock.now(),
      })
      .execute();
    await audit(trx, 'media.uploaded', { type: 'media', id: toWireId('med', id) }, { file_name: fileName });
    return mediaToWire(await mediaRow(trx, id));
  });
}
