// An operator opens a conversation with a contact who has not written yet.
import type { Conversation } from '../../contract/conversations.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { toConversation } from './conversation.ts';
import { readConversation, type Thread, touchConversation } from './store.ts';

/** The one there is, opened again, or a new one. Throws CONTACT_UNREACHABLE where the person has no chat there. */
export async function openConversation(ctx: Ctx, thread: Thread): Promise<Conversation> {
  const identity = await ctx.db
    .selectFrom('identities')
    .innerJoin('connections', 'connections.id', 'identities.connection_id')
    .select('identities.channel')
    .where('identities.workspace_id', '=', ctx.actor.workspaceId)
    .where('identities.contact_id', '=', thread.contactId)
    .where('identities.connection_id', '=', thread.connectionId)
    .where('connections.deleted_at', 'is', null)
    .executeTakeFirst();
  if (!identity)
    throw new AppError(
      'CONTACT_UNREACHABLE',
      'This contact has no chat on that connection. Ask them to open the bot and press Start.',
    );
  return inTransaction(ctx, async (ctx) => {
    const touch = { at: ctx.clock.now(), status: 'open', reopens: true, unread: 'as_is' } as const;
    const id = await touchConversation(ctx, { ...thread, channel: identity.channel }, touch);
    return toConversation(await readConversation(ctx, id));
  });
}
