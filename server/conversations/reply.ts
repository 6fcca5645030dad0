// An operator writes to a person. It goes through the ledger and the lane like everything else, in front of broadcasts.
// People who opted out may be answered: a reply is no marketing.
import type { Message } from '../../contract/conversations.ts';
import { enqueueDelivery } from '../deliveries/sending/enqueue.ts';
import { messageBody } from '../deliveries/sending/record.ts';
import { actingUserId, type Ctx, inTransaction } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { insertMessage, readConversation, touchConversation } from './store.ts';
import { announceMessage, readMessage } from './thread.ts';

/** Throws NOT_FOUND, CONTACT_UNREACHABLE (with why). The conversation is read and open afterwards. */
export async function reply(ctx: Ctx, conversationId: string, text: string): Promise<Message> {
  return inTransaction(ctx, async (ctx) => {
    const conversation = await readConversation(ctx, conversationId);
    const thread = { contactId: conversation.contact_id, connectionId: conversation.connection_id };
    await refuseRemovedConnection(ctx, thread.connectionId);
    const delivery = await enqueueDelivery(ctx, {
      source: 'reply',
      ...thread,
      content: { text },
      authorId: actingUserId(ctx),
    });
    const at = ctx.clock.now();
    const id = await insertMessage(ctx, thread, {
      direction: 'out',
      deliveryId: delivery.id,
      body: messageBody(delivery.rendered),
      at,
    });
    const touch = { at, status: 'open', reopens: true, unread: 'none' } as const;
    await touchConversation(ctx, { ...thread, channel: conversation.channel }, touch);
    await announceMessage(ctx, 'out', conversationId, thread.contactId);
    return readMessage(ctx, id);
  });
}

async function refuseRemovedConnection(ctx: Ctx, connectionId: string): Promise<void> {
  const connection = await ctx.db
    .selectFrom('connections')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', connectionId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!connection)
    throw new AppError(
      'CONTACT_UNREACHABLE',
      'The connection of this conversation was removed. Connect the bot again to answer.',
    );
}
