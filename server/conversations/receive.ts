// What came in from a person, one event at a time, in the transaction that marks the raw update as processed
// (channels/drain.ts). Opt-out comes before everything else: whatever fails later, a "stop" is never lost to it.
import { toWireId } from '../../contract/ids.ts';
import type { InboundEvent } from '../channels/channel.ts';
import type { ConnectionRef } from '../channels/connection.ts';
import { contactOfIdentity, setReachability } from '../contacts/identity.ts';
import { markReplied } from '../deliveries/sending/receipts.ts';
import { noteGroup } from '../groups/note.ts';
import type { Ctx } from '../platform/context.ts';
import { commandOf } from './command.ts';
import { askAboutOptOut, confirmOptOut, optBackIn, optOut } from './consent.ts';
import type { MessageBody } from './conversation.ts';
import { intentOf } from './opt-out/opt-out-intent.ts';
import { insertMessage, type Thread, touchConversation } from './store.ts';
import { announceMessage } from './thread.ts';

type InboundMessage = Extract<InboundEvent, { kind: 'message' }>;

/** Telegram writes times in whole seconds; our own messages have milliseconds, and both stand in one thread. */
const platformTimeUnitMs = 1000;

export async function receive(ctx: Ctx, connection: ConnectionRef, event: InboundEvent): Promise<void> {
  switch (event.kind) {
    case 'message':
      return receiveMessage(ctx, connection, event);
    case 'unreachable':
      return reach(ctx, connection, event.address, event.reason);
    // whoever presses a button or unblocks us can be written to
    case 'pressed':
    case 'reachable':
      return reach(ctx, connection, event.address, null);
    // what is said in a group is said to the group: no opt-out, no reply, nothing for the inbox
    default:
      return noteGroup(ctx, connection, event);
  }
}

/** `reason` null: reachable. */
async function reach(
  ctx: Ctx,
  connection: ConnectionRef,
  address: string,
  reason: 'blocked' | 'deactivated' | null,
): Promise<void> {
  const reachable = reason === null;
  const { contactIds } = await setReachability(ctx, connection.id, [address], { reachable, reason });
  for (const contactId of contactIds)
    await announceReachability(ctx, { contactId, connectionId: connection.id });
}

async function receiveMessage(ctx: Ctx, connection: ConnectionRef, event: InboundMessage): Promise<void> {
  const { id: connectionId, channel } = connection;
  const { address, person } = event;
  const { contactId } = await contactOfIdentity(ctx, { connectionId, channel, address, person });
  const thread = { contactId, connectionId };
  if (await isKnown(ctx, thread, event)) return;
  await reach(ctx, connection, address, null);
  const command = commandOf(event.text);
  const intent = command === null ? intentOf(event.text) : command === 'stop' ? 'opt_out' : 'none';
  if (intent === 'opt_out') await optOut(ctx, { ...thread, channel, address }, event.text, command === null);
  if (command === 'start') await optBackIn(ctx, { ...thread, channel, address }, event.text);
  const at = timeInThread(event.at, ctx.clock.now());
  // pressing Start, or saying stop, is no question to anybody: it stands in the thread, and the inbox stays quiet. A
  // sentence that opts out may ask something else as well, and may be misunderstood: somebody should read it
  const conversationId = await touchConversation(
    ctx,
    { ...thread, channel },
    command !== null
      ? { at, status: 'resolved', reopens: false, unread: 'as_is' }
      : { at, status: 'open', reopens: true, unread: 'one_more' },
  );
  await insertMessage(ctx, thread, {
    direction: 'in',
    externalId: event.externalId,
    address,
    body: bodyOf(event),
    at,
  });
  if (intent === 'unsure') await askAboutOptOut(ctx, { ...thread, channel }, event.text);
  if (intent === 'opt_out') await confirmOptOut(ctx, thread, event.text, at);
  else if (command === null) await countReply(ctx, thread, at);
  await announceMessage(ctx, 'in', conversationId, contactId);
}

/** Beside the update's own number: the same message inside two different updates. */
async function isKnown(ctx: Ctx, thread: Thread, event: InboundMessage): Promise<boolean> {
  const known = await ctx.db
    .selectFrom('messages')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', thread.contactId)
    .where('connection_id', '=', thread.connectionId)
    .where('at', '>=', event.at)
    .where('at', '<', new Date(event.at.getTime() + platformTimeUnitMs))
    .where('external_id', '=', event.externalId)
    .where('direction', '=', 'in')
    .executeTakeFirst();
  return known !== undefined;
}

/**
 * The latest moment of the platform's second that is not in our future: an answer written half a second after our
 * message then stands below it, not above.
 */
export function timeInThread(platformTime: Date, now: Date): Date {
  const from = platformTime.getTime();
  return new Date(Math.max(from, Math.min(now.getTime(), from + platformTimeUnitMs - 1)));
}

/** A received picture itself is not fetched yet; the thread says that there was one. */
function bodyOf(event: InboundMessage): MessageBody {
  const text = event.image ? ['[Picture]', event.text].filter(Boolean).join(' ') : event.text;
  return { text, spans: [{ kind: 'text', text }], image: null, buttons: [] };
}

async function countReply(ctx: Ctx, thread: Thread, at: Date): Promise<void> {
  const campaignId = await markReplied(ctx, { ...thread, at });
  if (!campaignId) return;
  const frame = { type: 'campaign.changed' as const, campaign_id: toWireId('cmp', campaignId) };
  await ctx.hub.publish(ctx, { topic: 'live', workspaceId: ctx.actor.workspaceId, frame });
}

async function announceReachability(ctx: Ctx, thread: Thread): Promise<void> {
  const conversation = await ctx.db
    .selectFrom('conversations')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', thread.contactId)
    .where('connection_id', '=', thread.connectionId)
    .executeTakeFirst();
  if (!conversation) return;
  const frame = {
    type: 'conversation.changed' as const,
    conversation_id: toWireId('cnv', conversation.id),
  };
  await ctx.hub.publish(ctx, { topic: 'live', workspaceId: ctx.actor.workspaceId, frame });
}
