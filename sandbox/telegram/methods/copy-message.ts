// copyMessage and forwardMessage.
import { badRequest } from '../api-error.ts';
import type { Call } from '../call.ts';
import { readCaption } from '../formatted-text.ts';
import type { Message } from '../message.ts';
import { openEnvelope, post } from '../outgoing.ts';
import { findChat, requireInside } from '../recipient.ts';

function findSource(call: Call, verb: 'copy' | 'forward'): Message {
  const { state, bot, params } = call;
  const { chat } = findChat(state, bot, params, 'from_chat_id');
  requireInside(bot, chat);
  const message = chat.messages.get(params.integer('message_id') ?? 0);
  if (!message) throw badRequest(`message to ${verb} not found`);
  if (message.has_protected_content) throw badRequest("message has protected content and can't be forwarded");
  return message;
}

const CONTENT = [
  'text',
  'entities',
  'link_preview_options',
  'caption',
  'caption_entities',
  'show_caption_above_media',
  'has_media_spoiler',
  'photo',
  'video',
  'animation',
  'document',
] as const;

function contentOf(message: Message): Partial<Message> {
  return Object.fromEntries(
    CONTENT.flatMap((name) => (message[name] === undefined ? [] : [[name, message[name]]])),
  );
}

export function copyMessage(call: Call): unknown {
  const source = findSource(call, 'copy');
  let content = contentOf(source);
  if (Object.keys(content).length === 0) throw badRequest("message can't be copied");
  if (call.params.values.caption !== undefined && source.text === undefined) {
    const { caption: _caption, caption_entities: _entities, ...rest } = content;
    content = { ...rest, ...readCaption(call.params) };
  }
  return { message_id: post(call, openEnvelope(call, 'text messages'), content).message_id };
}

export function forwardMessage(call: Call): unknown {
  const source = findSource(call, 'forward');
  const date = source.date;
  const origin = source.from
    ? { type: 'user', date, sender_user: source.from }
    : { type: 'channel', date, chat: source.chat, message_id: source.message_id };
  const content = { forward_origin: source.forward_origin ?? origin, ...contentOf(source) };
  return post(call, openEnvelope(call, 'text messages'), content);
}
