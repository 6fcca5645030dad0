// The three small commands of the inbox: read, resolved, open again. Repeating one changes nothing.
import type { Conversation } from '../../contract/conversations.ts';
import { toWireId } from '../../contract/ids.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { toConversation } from './conversation.ts';
import { tellRead } from './read-marks.ts';
import { readConversation } from './store.ts';

/** The person is told too, where the platform shows it. */
export async function markRead(ctx: Ctx, id: string): Promise<Conversation> {
  const read = await change(ctx, id, { unread: 0 });
  void tellRead(ctx, id);
  return read;
}
/** Done with; the person's next message opens it again. What was unread counts as read. */
export const resolveConversation = (ctx: Ctx, id: string) =>
  change(ctx, id, { status: 'resolved', unread: 0 });
export const reopenConversation = (ctx: Ctx, id: string) => change(ctx, id, { status: 'open' });

async function change(
  ctx: Ctx,
  id: string,
  to: { status?: 'open' | 'resolved'; unread?: number },
): Promise<Conversation> {
  return inTransaction(ctx, async (ctx) => {
    const before = await readConversation(ctx, id);
    const isSame =
      (to.status ?? before.status) === before.status && (to.unread ?? before.unread) === before.unread;
    if (isSame) return toConversation(before, ctx.clock.now());
    await ctx.db
      .updateTable('conversations')
      .set(to)
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .execute();
    const frame = { type: 'conversation.changed' as const, conversation_id: toWireId('cnv', id) };
    await ctx.hub.publish(ctx, { topic: 'live', workspaceId: ctx.actor.workspaceId, frame });
    return toConversation({ ...before, ...to }, ctx.clock.now());
  });
}
