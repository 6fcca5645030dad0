// SQL of media: one row per file; the bytes lie in storage under `<workspace>/<media>`.
import { toWireId } from '../../contract/ids.ts';
import type { Media, MediaKind } from '../../contract/media.ts';
import type { Ctx } from '../platform/context.ts';
import { notFound } from '../platform/errors.ts';

const columns = [
  'id',
  'kind',
  'mime',
  'file_name',
  'size_bytes',
  'width',
  'height',
  'duration_seconds',
  'sha256',
  'created_at',
] as const;

export type MediaRow = Awaited<ReturnType<typeof mediaRow>>;

/** Throws NOT_FOUND. */
export async function mediaRow(ctx: Ctx, mediaId: string) {
  const row = await selectMedia(ctx).where('id', '=', mediaId).executeTakeFirst();
  if (!row) throw notFound('media');
  return row;
}

/** The file with exactly these uploaded bytes, if this workspace has it. */
export async function mediaRowOfContent(ctx: Ctx, sha256: Buffer): Promise<MediaRow | null> {
  return (await selectMedia(ctx).where('sha256', '=', sha256).orderBy('id').executeTakeFirst()) ?? null;
}

function selectMedia(ctx: Ctx) {
  return ctx.db.selectFrom('media').select(columns).where('workspace_id', '=', ctx.actor.workspaceId);
}

export function storageKey(ctx: Ctx, mediaId: string): string {
  return `${ctx.actor.workspaceId}/${mediaId}`;
}

export function mediaToWire(row: MediaRow): Media {
  const id = toWireId('med', row.id);
  return {
    id,
    kind: row.kind as MediaKind,
    mime: row.mime,
    file_name: row.file_name,
    size_bytes: row.size_bytes,
    width: row.width,
    height: row.height,
    duration_seconds: row.duration_seconds,
    url: `/api/v1/media/${id}/file`,
    created_at: row.created_at.toISOString(),
  };
}
