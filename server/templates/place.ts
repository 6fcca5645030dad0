// What a message knows besides the person, read once per run or preview: the shop's name, the bot's, what its files are.
import type { Channel } from '../../contract/connections.ts';
import type { Attachment, Content, RenderedAttachment } from '../../contract/message.ts';
import { mediaFile } from '../media/media.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { notFound } from '../platform/errors.ts';
import { nowhere, type Place } from './compile.ts';

/** `content` null: only the names. Throws NOT_FOUND for a connection or a file that is not in this workspace. */
export async function messagePlace(
  ctx: Ctx,
  content: Content | null,
  connectionId: string | null,
): Promise<Place> {
  const workspace = await ctx.db
    .selectFrom('workspaces')
    .select('name')
    .where('id', '=', ctx.actor.workspaceId)
    .executeTakeFirstOrThrow();
  return {
    workspace,
    connection: connectionId ? await connectionNames(ctx, connectionId) : nowhere.connection,
    attachments: content ? await Promise.all(content.media.map((item) => renderedAttachment(ctx, item))) : [],
  };
}

async function connectionNames(ctx: Ctx, connectionId: string): Promise<Place['connection']> {
  const row = await ctx.db
    .selectFrom('connections')
    .select(['name', 'username', 'channel'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', connectionId)
    .executeTakeFirst();
  if (!row) throw notFound('connection');
  return { ...row, channel: row.channel as Channel };
}

/** What is shown of a file. A file by address is a picture: the platform fetches nothing else by address here. */
export async function renderedAttachment(ctx: Ctx, attachment: Attachment): Promise<RenderedAttachment> {
  if ('url' in attachment)
    return {
      kind: 'image',
      url: attachment.url,
      file_name: null,
      size_bytes: null,
      width: null,
      height: null,
    };
  const { kind, mime, fileName, sizeBytes, width, height } = await mediaFile(
    ctx,
    uuidOf('med', attachment.media_id),
  );
  const url = `/api/v1/media/${attachment.media_id}/file`;
  return { kind, url, file_name: fileName, size_bytes: sizeBytes, width, height, mime };
}
