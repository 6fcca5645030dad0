// What came in from a person, one event at a time, in the transaction that marks the raw update as processed
// (channels/drain.ts). Opt-out comes before everything else: whatever fails later, a "stop" is never lost to it.
import { factsOf } from '../../contract/channel-facts.ts';
import type { Channel } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import type { InboundEvent } from '../channels/channel.ts';
import type { ConnectionRef } from '../channels/connection.ts';
import { noteAccountEvent } from '../channels/health.ts';
import { contactOfIdentity, setReachability } from '../contacts/identity.ts';
import { followMove } from '../contacts/moved-address.ts';
import { recordPlatformWish } from '../contacts/platform-consent.ts';
import { markReplied } from '../deliveries/sending/receipts.ts';
import { noteGroup } from '../groups/note.ts';
import type { Ctx } from '../platform/context.ts';
import { noteTemplate } from '../whatsapp-templates/note.ts';
import { type Command, commandOf, isStartWord } from './command.ts';
import { askAboutOptOut, confirmOptOut, isOptedOut, optBackIn, optOut, setQuestion } from './consent.ts';
import { fileWords, type MessageBody } from './conversation.ts';
import { noteFile } from './message-file.ts';
import { intentOf } from './opt-out/opt-out-intent.ts';
import { messageCalled, quoteOf } from './quote.ts';
import { noteReaction } from './reactions.ts';
import { announceConversation, insertMessage, type Thread, touchConversation } from './store.ts';
import { announceMessage } from './thread.ts';

type InboundMessage = Extract<InboundEvent, { kind: 'message' }>;

/** Telegram writes times in whole seconds; our own messages have milliseconds, and both stand in one thread. */
const platformTimeUnitMs = 1000;
/** As far as a platform's clock may go ahead of ours, and a repetition still be known. */
const mostAheadMs = 86_400_000;

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
    case 'reacted':
      return receiveReaction(ctx, connection, event);
    case 'marketing':
      return receiveWish(ctx, connection, event);
    case 'moved':
      return receiveMove(ctx, connection, event);
    case 'template':
      return noteTemplate(ctx, connection, event);
    case 'account':
      return noteAccountEvent(ctx, connection, event);
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
    await announceConversation(ctx, { contactId, connectionId: connection.id });
}

/** Told to the platform: no message of theirs, and nothing for the inbox. */
async function receiveWish(
  ctx: Ctx,
  connection: ConnectionRef,
  event: Extract<InboundEvent, { kind: 'marketing' }>,
): Promise<void> {
  const { id: connectionId, channel } = connection;
  const { address, person, wanted, words, at } = event;
  const { contactId } = await contactOfIdentity(ctx, { connectionId, channel, address, person });
  const wish = { channel, wanted, words, connectionId, address, at };
  const { counts } = await recordPlatformWish(ctx, contactId, wish);
  if (!wanted && counts) await setQuestion(ctx, { contactId, connectionId }, null);
  await announceConversation(ctx, { contactId, connectionId });
}

async function receiveMove(
  ctx: Ctx,
  connection: ConnectionRef,
  event: Extract<InboundEvent, { kind: 'moved' }>,
): Promise<void> {
  const contactId = await followMove(ctx, connection, event);
  if (contactId) await announceConversation(ctx, { contactId, connectionId: connection.id });
}

/** On WhatsApp nobody knows of slashes: the bare word leads back whoever is out, and is an ordinary message of everybody else. */
async function commandIn(
  ctx: Ctx,
  of: { contactId: string; connectionId: string; channel: Channel },
  text: string,
): Promise<Command | null> {
  const command = commandOf(text);
  if (command !== null || factsOf(of.channel).knowsCommands || !isStartWord(text)) return command;
  return (await isOptedOut(ctx, of)) ? 'start' : null;
}

async function receiveMessage(ctx: Ctx, connection: ConnectionRef, event: InboundMessage): Promise<void> {
  const { id: connectionId, channel } = connection;
  const { address, alsoAt, person } = event;
  const { contactId } = await contactOfIdentity(ctx, { connectionId, channel, address, alsoAt, person });
  const thread = { contactId, connectionId };
  if (await isKnown(ctx, thread, event)) return;
  await reach(ctx, connection, address, null);
  const command = await commandIn(ctx, { ...thread, channel }, event.text);
  const intent = command === null ? intentOf(event.text) : command === 'stop' ? 'opt_out' : 'none';
  const saying = { ...thread, channel, address, at: event.at };
  const wasOut = intent === 'opt_out' && (await isOptedOut(ctx, { ...thread, channel }));
  const isOut = intent === 'opt_out' && (await optOut(ctx, saying, event.text, command === null));
  if (command === 'start') await optBackIn(ctx, saying, event.text);
  const now = ctx.clock.now();
  const at = timeInThread(event.at, now);
  // a message from the future opens no window until then
  const inboundAt = new Date(Math.min(event.at.getTime(), now.getTime()));
  // pressing Start, or saying stop, is no question to anybody: it stands in the thread, and the inbox stays quiet. A
  // sentence that opts out may ask something else as well, and may be misunderstood: somebody should read it
  const conversationId = await touchConversation(
    ctx,
    { ...thread, channel },
    command !== null
      ? { at, status: 'resolved', reopens: false, unread: 'as_is', inboundAt }
      : { at, status: 'open', reopens: true, unread: 'one_more', inboundAt },
  );
  const quote = event.inReplyTo ? quoteOf(await messageCalled(ctx, thread, event.inReplyTo)) : undefined;
  const messageId = await insertMessage(ctx, thread, {
    direction: 'in',
    externalId: event.externalId,
    address,
    body: { ...bodyOf(event), ...(quote && { quote }) },
    at,
  });
  if (event.media) await noteFile(ctx, messageId, event.media);
  if (intent === 'unsure') await askAboutOptOut(ctx, { ...thread, channel }, event.text);
  if (isOut) await confirmOptOut(ctx, { ...thread, channel }, event.text, at, wasOut);
  else if (command === null) await countReply(ctx, thread, at);
  await announceMessage(ctx, 'in', conversationId, contactId);
}

/**
 * Beside the update's own number: the same message inside two different updates. One that was dated ahead of our clock stands
 * where it came in, so a day before is looked at as well; a thread has few messages in a day.
 */
async function isKnown(ctx: Ctx, thread: Thread, event: InboundMessage): Promise<boolean> {
  const known = await ctx.db
    .selectFrom('messages')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', thread.contactId)
    .where('connection_id', '=', thread.connectionId)
    .where('at', '>=', new Date(event.at.getTime() - mostAheadMs))
    .where('at', '<', new Date(event.at.getTime() + platformTimeUnitMs))
    .where('external_id', '=', event.externalId)
    .where('direction', '=', 'in')
    .executeTakeFirst();
  return known !== undefined;
}

/**
 * The latest moment of the platform's second that is not in our future: an answer written half a second after our
 * message then stands below it, not above. What the platform dates later than our present stands at the present, else
 * it would head the inbox, above everything newer, until then.
 */
export function timeInThread(platformTime: Date, now: Date): Date {
  return new Date(Math.min(now.getTime(), platformTime.getTime() + platformTimeUnitMs - 1));
}

/** What stands in lists for a file; the thread shows the file itself, with what was written under it. */
function bodyOf(event: InboundMessage): MessageBody {
  const { media, pressed } = event;
  const file = media ? fileWords(media) : event.image ? 'Picture' : null;
  const text = file === null ? event.text : [`[${file}]`, event.text].filter(Boolean).join(' ');
  const written = media ? event.text : text;
  return {
    text,
    spans: written ? [{ kind: 'text', text: written }] : [],
    image: null,
    buttons: [],
    ...(pressed !== undefined && { pressed }),
  };
}

/** A reaction is no message: nothing is unread by it. On one that is not in the thread it is kept in words. */
async function receiveReaction(
  ctx: Ctx,
  connection: ConnectionRef,
  event: Extract<InboundEvent, { kind: 'reacted' }>,
): Promise<void> {
  const { id: connectionId, channel } = connection;
  const { address, person, emoji } = event;
  const { contactId } = await contactOfIdentity(ctx, { connectionId, channel, address, person });
  const thread = { contactId, connectionId };
  await reach(ctx, connection, address, null);
  if ((await noteReaction(ctx, thread, event)) || emoji === null) return;
  const at = timeInThread(event.at, ctx.clock.now());
  const text = `[Reacted ${emoji} to a message that is not here]`;
  await touchConversation(
    ctx,
    { ...thread, channel },
    { at, status: 'open', reopens: false, unread: 'as_is' },
  );
  await insertMessage(ctx, thread, { direction: 'in', address, body: plainBody(text), at });
  await announceConversation(ctx, thread);
}

const plainBody = (text: string): MessageBody => ({
  text,
  spans: [{ kind: 'text', text }],
  image: null,
  buttons: [],
});

async function countReply(ctx: Ctx, thread: Thread, at: Date): Promise<void> {
  const campaignId = await markReplied(ctx, { ...thread, at });
  if (!campaignId) return;
  const frame = { type: 'campaign.changed' as const, campaign_id: toWireId('cmp', campaignId) };
  await ctx.hub.publish(ctx, { topic: 'live', workspaceId: ctx.actor.workspaceId, frame });
}
