// A person answers what the product could not: was that an opt-out? Asked by receive.ts, shown in the inbox.
import type { Channel } from '../../contract/connections.ts';
import type { Conversation } from '../../contract/conversations.ts';
import { toWireId } from '../../contract/ids.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { audit } from '../workspaces/audit.ts';
import { confirmOptOut, optOut, setQuestion } from './consent.ts';
import { toConversation } from './conversation.ts';
import { readConversation } from './store.ts';

/** Throws NOT_FOUND, and ILLEGAL_MOVE where nothing is to be decided (any more). Two at once: the first one decides. */
export async function decideOptOut(given: Ctx, id: string, isOptOut: boolean): Promise<Conversation> {
  return inTransaction(given, async (ctx) => {
    const locked = await ctx.db
      .selectFrom('conversations')
      .select(['contact_id', 'connection_id', 'channel', 'opt_out_wording'])
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', id)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!locked) throw notFound('conversation');
    const { opt_out_wording: words } = locked;
    if (words === null)
      throw new AppError(
        'ILLEGAL_MOVE',
        'Nothing is to be decided here: somebody has decided already, or the person said it plainly. Load the conversation again.',
      );
    const channel = locked.channel as Channel;
    const thread = { contactId: locked.contact_id, connectionId: locked.connection_id };
    if (isOptOut) {
      await optOut(ctx, { ...thread, channel }, words, true);
      if ((await readConversation(ctx, id)).reachable)
        await confirmOptOut(ctx, { ...thread, channel }, words, ctx.clock.now());
    } else await setQuestion(ctx, thread, null);
    const subject = { type: 'conversation', id: toWireId('cnv', id) };
    await audit(ctx, 'conversation.opt_out_decided', subject, { opt_out: isOptOut });
    const frame = { type: 'conversation.changed' as const, conversation_id: subject.id };
    await ctx.hub.publish(ctx, { topic: 'live', workspaceId: ctx.actor.workspaceId, frame });
    return toConversation(await readConversation(ctx, id), ctx.clock.now());
  });
}
