// What a message knows besides the person, read once per run or preview: the shop's name, the bot's, what its files are.
import type { Channel } from '../../contract/connections.ts';
import type { Attachment, Content, RenderedAttachment } from '../../contract/message.ts';
import { mediaFile } from '../media/media.ts';
import { isLoopbackUrl } from '../media/public-address.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { notFound } from '../platform/errors.ts';
import { nowhere, type Place } from './compile.ts';
import { addressOf, pictureAt } from './pictures.ts';

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
  const connection = connectionId ? await connectionNames(ctx, connectionId) : null;
  return {
    workspace,
    connection: connection?.names ?? nowhere.connection,
    allowLoopback: connection?.sandbox || isLoopbackUrl(ctx.config.telegramApiRoot),
    attachments: content ? await Promise.all(content.media.map((item) => renderedAttachment(ctx, item))) : [],
  };
}

async function connectionNames(
  ctx: Ctx,
  connectionId: string,
): Promise<{ names: Place['connection']; sandbox: boolean }> {
  const row = await ctx.db
    .selectFrom('connections')
    .select(['name', 'username', 'channel', 'sandbox'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', connectionId)
    .executeTakeFirst();
  if (!row) throw notFound('connection');
  const { sandbox, ...names } = row;
  return { names: { ...names, channel: row.channel as Channel }, sandbox };
}

/** What is shown of a file. */
export async function renderedAttachment(ctx: Ctx, attachment: Attachment): Promise<RenderedAttachment> {
  if ('url' in attachment) return pictureAt(attachment.url);
  const { kind, mime, fileName, sizeBytes, width, height } = await mediaFile(
    ctx,
    uuidOf('med', attachment.media_id),
  );
  return {
    kind,
    url: addressOf(attachment),
    file_name: fileName,
    size_bytes: sizeBytes,
    width,
    height,
    mime,
  };
}
