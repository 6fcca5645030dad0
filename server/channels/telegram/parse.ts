// One raw Update → what it means to us. Pure, and it never throws: whatever the platform invents next is simply nothing.
// Shapes: Bot API 10.1, "Update", 2026-06-11. Groups are read in parse-group.ts; edits and reactions are nothing yet.
import type { InboundEvent, InboundMedia, Webhook } from '../channel.ts';
import { type Fields, fields, string, time } from '../fields.ts';
import { parseGroupMembership, parseGroupMessage } from './parse-group.ts';
import { person } from './person.ts';

/**
 * The kinds of updates that parseUpdate reads; the platform is asked for these alone. chat_member comes only where it is asked
 * for by name, and only to administrators.
 */
export const allowedUpdates = [
  'message',
  'channel_post',
  'callback_query',
  'my_chat_member',
  'chat_member',
] as const;

/** Null where the value is no Update. */
export function updateKey(raw: unknown): string | null {
  const id = fields(raw).update_id;
  return Number.isSafeInteger(id) ? String(id) : null;
}

/** A webhook of Telegram is one update, and tells nothing of what became of messages. */
export function splitUpdate(raw: unknown): Webhook | null {
  const key = updateKey(raw);
  return key === null ? null : { updates: [{ key, raw }], receipts: [] };
}

export function parseUpdate(raw: unknown): InboundEvent[] {
  const update = fields(raw);
  const event =
    parseMessage(fields(update.message)) ??
    parsePress(fields(update.callback_query)) ??
    parseMembership(fields(update.my_chat_member));
  if (event) return [event];
  return [
    ...parseGroupMessage(fields(update.message ?? update.channel_post)),
    ...parseGroupMembership(fields(update.my_chat_member), 'of the bot'),
    ...parseGroupMembership(fields(update.chat_member), 'of somebody'),
  ];
}

function parseMessage(message: Fields): InboundEvent | null {
  const address = privateChat(message.chat);
  const from = fields(message.from);
  const at = time(message.date);
  const id = message.message_id;
  if (!address || !at || from.is_bot === true || !Number.isSafeInteger(id)) return null;
  const image = Array.isArray(message.photo);
  const media = mediaOf(message);
  const text =
    string(message.text) ?? string(message.caption) ?? (image || media ? '' : placeholder(message));
  if (text === null) return null;
  const quoted = fields(message.reply_to_message).message_id;
  return {
    kind: 'message',
    address,
    person: person(from),
    externalId: String(id),
    text,
    at,
    ...(image && { image }),
    ...(media && { media }),
    ...(Number.isSafeInteger(quoted) && { inReplyTo: String(quoted) }),
  };
}

/** The file of a message, a photo in its largest size. Stickers that move are told in words: no browser shows them. */
function mediaOf(message: Fields): InboundMedia | null {
  const named = (kind: InboundMedia['kind'], value: unknown, more: object = {}): InboundMedia | null => {
    const { file_id, mime_type, file_name } = fields(value);
    const handle = string(file_id);
    if (!handle) return null;
    return { kind, handle, mime: string(mime_type), fileName: string(file_name), ...more };
  };
  const { is_animated, is_video } = fields(message.sticker);
  return (
    named('image', Array.isArray(message.photo) ? message.photo.at(-1) : null) ??
    named('video', message.video ?? message.video_note ?? message.animation) ??
    named('audio', message.voice, { voice: true }) ??
    named('audio', message.audio) ??
    named('document', message.document) ??
    (is_animated === true || is_video === true ? null : named('sticker', message.sticker))
  );
}

/** What an operator reads where the content itself cannot be shown yet; null for service messages (pins, timers). */
function placeholder(message: Fields): string | null {
  const sticker = fields(message.sticker);
  if (message.sticker) return `[Sticker ${string(sticker.emoji) ?? ''}]`.replace(' ]', ']');
  const found = Object.keys(contentNames).find((name) => typeof message[name] === 'object' && message[name]);
  return found ? `[${contentNames[found]}]` : null;
}

const contentNames: Record<string, string> = {
  voice: 'Voice message',
  video_note: 'Video message',
  video: 'Video',
  animation: 'Animation',
  document: 'File',
  audio: 'Audio',
  venue: 'Place',
  location: 'Location',
  contact: 'Contact',
  poll: 'Poll',
  dice: 'Dice',
  story: 'Story',
};

function parsePress(query: Fields): InboundEvent | null {
  const address = privateChat(fields(query.message).chat);
  const callbackId = string(query.id);
  if (!address || !callbackId) return null;
  return { kind: 'pressed', address, person: person(query.from), callbackId, data: string(query.data) ?? '' };
}

/** In a private chat "kicked" is a block and "member" is the end of it. */
function parseMembership(change: Fields): InboundEvent | null {
  const address = privateChat(change.chat);
  const at = time(change.date);
  const status = fields(change.new_chat_member).status;
  if (!address || !at) return null;
  const who = { address, person: person(change.from), at };
  if (status === 'kicked') return { kind: 'unreachable', ...who, reason: 'blocked' };
  return status === 'member' ? { kind: 'reachable', ...who } : null;
}

function privateChat(chat: unknown): string | null {
  const { id, type } = fields(chat);
  return type === 'private' && Number.isSafeInteger(id) ? String(id) : null;
}
