// The one way by which a bot's message enters a chat: rights, flood limits, numbering, the count of what arrived.
import { badRequest, tooManyRequests } from './api-error.ts';
import type { Call } from './call.ts';
import { type Chat, keepMessage } from './chat.ts';
import { chargeSend } from './flood.ts';
import { readKeyboard } from './keyboard.ts';
import { recordAccepted } from './ledger.ts';
import type { InlineKeyboard, Message } from './message.ts';
import { asObject } from './params.ts';
import { findChat, type Recipient, requireWritable } from './recipient.ts';
import { nowSeconds } from './state.ts';
import { addMessageUpdate, botsIn } from './updates.ts';

export interface Envelope {
  recipient: Recipient;
  keyboard: InlineKeyboard | undefined;
  replyTo: Message | undefined;
}

function readReply(call: Call, chat: Chat): Message | undefined {
  const given = call.params.nested('reply_parameters', 'reply parameters');
  const reply = given === undefined ? undefined : asObject(given, 'reply parameters');
  const id = reply === undefined ? call.params.integer('reply_to_message_id') : Number(reply.message_id);
  if (id === undefined || id === 0) return undefined;
  const found = chat.messages.get(id);
  if (found) {
    const { reply_to_message: _nested, ...message } = found;
    return message;
  }
  if (reply?.allow_sending_without_reply === true || call.params.boolean('allow_sending_without_reply'))
    return undefined;
  throw badRequest('message to be replied not found');
}

/**
 * Everything about a send that does not depend on its content. Flood limits are charged before the recipient's
 * state is looked at: the platform counts what it is asked, not what succeeds [U].
 * @throws ApiError
 */
export function openEnvelope(call: Call, what: string): Envelope {
  const { state, bot, params } = call;
  const keyboard = readKeyboard(params);
  const recipient = findChat(state, bot, params);
  if (bot.limits) {
    const id = recipient.chat.about.id;
    const wait = chargeSend(bot.flood, bot.limits, id, params.boolean('allow_paid_broadcast'), state.now());
    if (wait > 0) throw tooManyRequests(wait);
  }
  requireWritable(state, bot, recipient, what);
  return { recipient, keyboard, replyTo: readReply(call, recipient.chat) };
}

/** Numbers, stores and counts one message of the bot. Returns what the API shows of it. */
export function post(call: Call, envelope: Envelope, content: Partial<Message>): Message {
  const { state, bot, params } = call;
  const { chat } = envelope.recipient;
  chat.lastMessageId += 1;
  const isChannel = chat.about.type === 'channel';
  const message: Message = {
    message_id: chat.lastMessageId,
    ...(isChannel ? { sender_chat: chat.about } : { from: bot.about }),
    chat: chat.about,
    date: nowSeconds(state),
    ...content,
  };
  if (envelope.replyTo) message.reply_to_message = envelope.replyTo;
  if (params.boolean('protect_content')) message.has_protected_content = true;
  const effect = params.text('message_effect_id');
  if (effect !== undefined && chat.about.type === 'private') message.effect_id = effect;
  if (envelope.keyboard) message.reply_markup = envelope.keyboard;
  const nowMs = state.now();
  keepMessage(chat, message, nowMs);
  recordAccepted(bot.ledger, chat, message, nowMs);
  if (isChannel) forwardToDiscussion(call, chat, message);
  state.onChange(bot.id, chat.about.id);
  return message;
}

/** A channel post is copied into the linked group by itself (telegram.md §6 "Useful Message fields"). */
function forwardToDiscussion(call: Call, channel: Chat, message: Message): void {
  const { state } = call;
  const group = channel.linkedChatId === undefined ? undefined : state.groups.get(channel.linkedChatId);
  if (!group) return;
  group.lastMessageId += 1;
  const copy: Message = {
    ...message,
    message_id: group.lastMessageId,
    chat: group.about,
    sender_chat: channel.about,
    from: { id: 777_000, is_bot: false, first_name: 'Telegram' },
    is_automatic_forward: true,
    forward_origin: {
      type: 'channel',
      date: message.date,
      chat: channel.about,
      message_id: message.message_id,
    },
  };
  keepMessage(group, copy, state.now());
  for (const bot of botsIn(state, group)) {
    addMessageUpdate(state, bot, 'message', copy);
    state.onChange(bot.id, group.about.id);
  }
}
