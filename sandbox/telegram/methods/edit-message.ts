// editMessageText, editMessageCaption and editMessageReplyMarkup.
import { badRequest } from '../api-error.ts';
import type { Call } from '../call.ts';
import { readCaption } from '../formatted-text.ts';
import { readKeyboard } from '../keyboard.ts';
import type { Message } from '../message.ts';
import { findChat, requireWritable } from '../recipient.ts';
import { nowSeconds } from '../state.ts';
import { readMessageText, readPreview } from './send-message.ts';

const NOT_MODIFIED =
  'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message';

function findOwn(call: Call): { message: Message; save: (changed: Message) => Message } {
  const { state, bot, params } = call;
  if (params.has('inline_message_id')) throw badRequest('MESSAGE_ID_INVALID');
  const recipient = findChat(state, bot, params);
  requireWritable(state, bot, recipient, 'text messages');
  const { chat } = recipient;
  const id = params.integer('message_id');
  if (id === undefined) throw badRequest('message identifier is not specified');
  const message = chat.messages.get(id);
  if (!message) throw badRequest('message to edit not found');
  const isOwn = message.from?.id === bot.id || (chat.about.type === 'channel' && message.from === undefined);
  if (!isOwn) throw badRequest("message can't be edited");
  return {
    message,
    save: (changed) => {
      changed.edit_date = nowSeconds(state);
      chat.messages.set(id, changed);
      state.onChange(bot.id, chat.about.id);
      return changed;
    },
  };
}

/** A missing keyboard removes the old one, as on the platform. */
function withKeyboard(call: Call, message: Message): Message {
  const keyboard = readKeyboard(call.params);
  const { reply_markup: _old, ...rest } = message;
  return keyboard ? { ...rest, reply_markup: keyboard } : rest;
}

export function editMessageText(call: Call): unknown {
  const content = { ...readMessageText(call.params), ...readPreview(call.params) };
  const { message, save } = findOwn(call);
  if (message.text === undefined) throw badRequest('there is no text in the message to edit');
  const { entities: _entities, link_preview_options: _preview, ...rest } = message;
  const changed = withKeyboard(call, { ...rest, ...content });
  const isSame =
    changed.text === message.text &&
    JSON.stringify(changed.entities) === JSON.stringify(message.entities) &&
    JSON.stringify(changed.reply_markup) === JSON.stringify(message.reply_markup);
  if (isSame) throw badRequest(NOT_MODIFIED);
  return save(changed);
}

export function editMessageCaption(call: Call): unknown {
  const content = readCaption(call.params);
  const { message, save } = findOwn(call);
  if (message.text !== undefined) throw badRequest('there is no caption in the message to edit');
  const { caption: _caption, caption_entities: _entities, ...rest } = message;
  const changed = withKeyboard(call, { ...rest, ...content });
  const isSame =
    changed.caption === message.caption &&
    JSON.stringify(changed.caption_entities) === JSON.stringify(message.caption_entities) &&
    JSON.stringify(changed.reply_markup) === JSON.stringify(message.reply_markup);
  if (isSame) throw badRequest(NOT_MODIFIED);
  return save(changed);
}

export function editMessageReplyMarkup(call: Call): unknown {
  const { message, save } = findOwn(call);
  const changed = withKeyboard(call, message);
  if (JSON.stringify(changed.reply_markup) === JSON.stringify(message.reply_markup))
    throw badRequest(NOT_MODIFIED);
  return save(changed);
}
