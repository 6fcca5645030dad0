// What a message knows besides the person, the approved template that it names included. Whoever sends or shows one asks here.
import { channelsWhere } from '../../contract/channel-facts.ts';
import type { Content } from '../../contract/message.ts';
import type { Ctx } from '../platform/context.ts';
import type { Place } from '../templates/compile.ts';
import { messagePlace } from '../templates/place.ts';
import { approvedTemplate } from './used.ts';

/** Throws NOT_FOUND for a connection or a file that is not in this workspace. */
export async function placeOfMessage(ctx: Ctx, content: Content, connectionId: string): Promise<Place> {
  return {
    ...(await messagePlace(ctx, content, connectionId)),
    template: await templateOf(ctx, content, connectionId),
  };
}

/**
 * Null: the message names none, or the number has none of that name and language. Without a connection: of any number, as an
 * automation has it that goes out by whatever reaches the person.
 */
export async function templateOf(
  ctx: Ctx,
  { whatsapp }: Pick<Content, 'whatsapp'>,
  connectionId: string | null,
): Promise<NonNullable<Place['template']> | null> {
  if (!whatsapp?.template) return null;
  const { name, language } = whatsapp.template;
  for (const id of connectionId ? [connectionId] : await numbers(ctx)) {
    const found = await approvedTemplate(ctx, id, name, language);
    if (found) return found;
  }
  return null;
}

async function numbers(ctx: Ctx): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom('connections')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('channel', 'in', channelsWhere('takesTemplates'))
    .where('deleted_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}
