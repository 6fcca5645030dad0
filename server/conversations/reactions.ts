// An emoji on a message, at most one of each side. To set it again changes nothing on the platform, so it goes straight
// there instead of through the ledger: lost or late, nobody gets it twice. A held workspace refuses it (deliveries/runs/hold.ts).
import { sql } from 'kysely';
import type { Message } from '../../contract/conversations.ts';
import { openAccount } from '../channels/accounts.ts';
import type { InboundEvent } from '../channels/channel.ts';
import { isDirectHeld } from '../deliveries/runs/hold.ts';
import type { Ctx } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { messageCalled, messageWithId } from './quote.ts';
import { announceConversation, type Thread } from './store.ts';
import { readMessage } from './thread.ts';
import { requireOpenWindow } from './window.ts';

/** False: the message is not in the thread. */
export async function noteReaction(
  ctx: Ctx,
  thread: Thread,
  event: Extract<InboundEvent, { kind: 'reacted' }>,
): Promise<boolean> {
  const message = await messageCalled(ctx, thread, event.to);
  if (!message) return false;
  await setReaction(ctx, message.id, 'contact', event.emoji);
  await announceConversation(ctx, thread);
  return true;
}

/** Throws NOT_FOUND, ILLEGAL_MOVE, CONTACT_UNREACHABLE, and what the platform says (PLATFORM_REFUSED, PLATFORM_UNREACHABLE, …). */
export async function react(ctx: Ctx, messageId: string, emoji: string | null): Promise<Message> {
  const message = await messageWithId(ctx, messageId);
  if (message.direction !== 'in' || message.externalId === null)
    throw new AppError('ILLEGAL_MOVE', 'You can react to what the person wrote, not to your own messages.');
  const open = await openAccount(ctx, message.connectionId);
  if (!open?.adapter.react)
    throw new AppError('ILLEGAL_MOVE', 'Reactions cannot be sent on this connection. Write a reply instead.');
  const address = await requireOpenWindow(ctx, message, 'react');
  if (await isDirectHeld(ctx))
    throw new AppError(
      'ILLEGAL_MOVE',
      'Sending is held in this workspace, so no reaction goes out. React once an owner or admin has released it.',
    );
  await open.adapter.react(open.account, address, message.externalId, emoji);
  await setReaction(ctx, messageId, 'workspace', emoji);
  await announceConversation(ctx, message);
  return readMessage(ctx, messageId);
}

async function setReaction(
  ctx: Ctx,
  messageId: string,
  by: Message['reactions'][number]['by'],
  emoji: string | null,
): Promise<void> {
  const all = sql`coalesce(body->'reactions', '{}'::jsonb)`;
  await ctx.db
    .updateTable('messages')
    .set({
      body:
        emoji === null
          ? sql`jsonb_set(body, '{reactions}', ${all} - ${by}::text)`
          : sql`jsonb_set(body, '{reactions}', ${all} || jsonb_build_object(${by}::text, ${emoji}::text))`,
    })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', messageId)
    .execute();
}
