// What a message knows besides the person, the approved template that it names included. Whoever sends or shows one asks here.
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

/** Null: the message names none, or the number has none of that name and language. */
export async function templateOf(
  ctx: Ctx,
  { whatsapp }: Pick<Content, 'whatsapp'>,
  connectionId: string | null,
): Promise<NonNullable<Place['template']> | null> {
  if (!whatsapp?.template || !connectionId) return null;
  const { name, language } = whatsapp.template;
  return approvedTemplate(ctx, connectionId, name, language);
}
