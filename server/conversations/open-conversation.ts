// An operator opens a conversation with a contact who has not written yet.
import { factsOf } from '../../contract/channel-facts.ts';
import type { Conversation } from '../../contract/conversations.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { toConversation } from './conversation.ts';
import { readConversation, type Thread, touchConversation } from './store.ts';

/** The one there is, opened again, or a new one. Throws NOT_FOUND (connection), CONTACT_UNREACHABLE where the person has no chat there. */
export async function openConversation(ctx: Ctx, thread: Thread): Promise<Conversation> {
  const connection = await ctx.db
    .selectFrom('connections as n')
    .leftJoin('identities as i', (join) =>
      join
        .onRef('i.workspace_id', '=', 'n.workspace_id')
        .onRef('i.connection_id', '=', 'n.id')
        .on('i.contact_id', '=', thread.contactId),
    )
    .select(['n.channel', 'i.id as identity_id'])
    .where('n.workspace_id', '=', ctx.actor.workspaceId)
    .where('n.id', '=', thread.connectionId)
    .where('n.deleted_at', 'is', null)
    .executeTakeFirst();
  if (!connection) throw notFound('connection');
  if (!connection.identity_id)
    throw new AppError(
      'CONTACT_UNREACHABLE',
      factsOf(connection.channel)?.addressesArePhones
        ? 'This contact has no address on that connection. Give them a phone number with country code, or let them write first.'
        : 'This contact has no chat on that connection. Ask them to open the bot and press Start.',
    );
  return inTransaction(ctx, async (ctx) => {
    const touch = { at: ctx.clock.now(), status: 'open', reopens: true, unread: 'as_is' } as const;
    const id = await touchConversation(ctx, { ...thread, channel: connection.channel }, touch);
    return toConversation(await readConversation(ctx, id), ctx.clock.now());
  });
}
