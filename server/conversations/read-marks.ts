// What the person sees of an operator at work: that their message was read, and that an answer is being written. Best effort:
// the platform is asked beside the request, and nothing waits for it. A workspace that is held tells nothing; the next time it is read after
// the release does.
import type { Channel } from '../../contract/connections.ts';
import { openAccount } from '../channels/accounts.ts';
import { adapterOf } from '../channels/registry.ts';
import { isDirectHeld } from '../deliveries/runs/hold.ts';
import type { Ctx } from '../platform/context.ts';
import { readConversation, type Thread } from './store.ts';

/** Shown for 25 seconds (Cloud API, typing indicators, 2026-11-20), so telling it more often says nothing new. */
const typingEveryMs = 20_000;

/** Tells the platform once per message. Never throws. */
export async function tellRead(ctx: Ctx, conversationId: string): Promise<void> {
  try {
    const newest = await newestInbound(ctx, conversationId);
    if (!newest || newest.told === newest.externalId || (await isDirectHeld(ctx))) return;
    await mark(ctx, newest, false);
    await ctx.db
      .updateTable('conversations')
      .set({ read_told: newest.externalId })
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', conversationId)
      .execute();
  } catch (error) {
    ctx.log.warn({ err: error, conversation: conversationId }, 'a read mark could not be sent');
  }
}

export type TellTyping = (ctx: Ctx, conversationId: string) => Promise<void>;

/** One for an app: it remembers whom it told when. What it tells also marks the message as read, the platform has it so. */
export function typingTeller(): TellTyping {
  const told = new Map<string, number>();
  return async (ctx, conversationId) => {
    const now = ctx.clock.now().getTime();
    if (now - (told.get(conversationId) ?? 0) < typingEveryMs) return;
    for (const [id, at] of told) if (now - at >= typingEveryMs) told.delete(id);
    told.set(conversationId, now);
    const newest = await newestInbound(ctx, conversationId);
    if (newest && !(await isDirectHeld(ctx))) await mark(ctx, newest, true);
  };
}

async function mark(ctx: Ctx, newest: Thread & { externalId: string }, typing: boolean): Promise<void> {
  const open = await openAccount(ctx, newest.connectionId);
  await open?.adapter.markRead?.(open.account, newest.externalId, typing);
}

/** Null: the platform shows no such marks, the person has not written, or the platform's id of it is not known. */
async function newestInbound(ctx: Ctx, conversationId: string) {
  const conversation = await readConversation(ctx, conversationId);
  const { contact_id: contactId, connection_id: connectionId } = conversation;
  if (!adapterOf(conversation.channel as Channel).markRead) return null;
  const row = await ctx.db
    .selectFrom('messages as m')
    .innerJoin('conversations as v', (join) =>
      join
        .onRef('v.workspace_id', '=', 'm.workspace_id')
        .onRef('v.contact_id', '=', 'm.contact_id')
        .onRef('v.connection_id', '=', 'm.connection_id'),
    )
    .select(['m.external_id', 'v.read_told'])
    .where('m.workspace_id', '=', ctx.actor.workspaceId)
    .where('m.contact_id', '=', contactId)
    .where('m.connection_id', '=', connectionId)
    .where('m.direction', '=', 'in')
    .where('m.external_id', 'is not', null)
    .orderBy('m.at', 'desc')
    .orderBy('m.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row?.external_id == null) return null;
  return { contactId, connectionId, externalId: row.external_id, told: row.read_told };
}
