// What a message knows besides the person, read once per run or preview: the shop's name, the bot's, the picture's size.
import type { Content } from '../../contract/message.ts';
import { mediaFile } from '../media/media.ts';
import type { Ctx } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { notFound } from '../platform/errors.ts';
import { nowhere, type Place } from './compile.ts';

/** `content` null: only the names. Throws NOT_FOUND for a connection or a picture that is not in this workspace. */
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
    imageSize: content ? await imageSize(ctx, content) : null,
  };
}

async function connectionNames(ctx: Ctx, connectionId: string): Promise<Place['connection']> {
  const row = await ctx.db
    .selectFrom('connections')
    .select(['name', 'username'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', connectionId)
    .executeTakeFirst();
  if (!row) throw notFound('connection');
  return row;
}

async function imageSize(ctx: Ctx, content: Content): Promise<Place['imageSize']> {
  const attachment = content.media[0];
  if (!attachment || !('media_id' in attachment)) return null;
  const { width, height } = await mediaFile(ctx, uuidOf('med', attachment.media_id));
  return { width, height };
}
