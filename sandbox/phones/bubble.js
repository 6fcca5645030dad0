// @ts-check
// One message on the screen of a phone, with its picture and its buttons.
import { element, icon } from './element.js';
import { formattedText } from './formatted-text.js';
import { fileAddress } from './sandbox-api.js';

/** @param {number} seconds */
export const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

/** @param {any} message */
function media(message) {
  if (message.photo) {
    const size = message.photo.find((/** @type {any} */ one) => one.width >= 320) ?? message.photo.at(-1);
    return element('img', {
      class: 'picture',
      src: fileAddress(size.file_unique_id),
      alt: 'Photo',
      width: size.width,
      height: size.height,
    });
  }
  const file = message.animation ?? message.video ?? message.document;
  if (!file) return null;
  return element(
    'div',
    { class: 'file' },
    icon('file'),
    file.file_name ?? (message.video ? 'Video' : 'File'),
  );
}

/** @param {any} message */
function serviceText(message) {
  if (message.new_chat_members)
    return `${message.new_chat_members.map((/** @type {any} */ one) => one.first_name).join(', ')} joined`;
  if (message.left_chat_member) return `${message.left_chat_member.first_name} left`;
  if (message.pinned_message) return 'A message was pinned';
  if (message.migrate_to_chat_id) return 'The group became a supergroup';
  if (message.migrate_from_chat_id) return 'Upgraded from a group';
  return undefined;
}

/**
 * @param {any} message
 * @param {any} chat
 * @param {(button: number) => void} onPress
 */
function keys(message, chat, onPress) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  let index = 0;
  const isPressedHere = chat.last_act?.kind === 'press' && chat.last_act.message_id === message.message_id;
  const isDead = chat.state !== 'open';
  return element(
    'div',
    { class: 'keys' },
    ...rows.map((/** @type {any[]} */ row) =>
      element(
        'div',
        {},
        ...row.map((button) => {
          const place = index++;
          const isPressed = isPressedHere && (chat.last_act.button ?? 0) === place;
          const shared = { class: isPressed ? 'key pressed' : 'key', onclick: () => onPress(place) };
          if (/^https?:\/\//i.test(button.url ?? '') && !isDead) {
            return element(
              'a',
              { ...shared, href: button.url, target: '_blank', rel: 'noopener noreferrer' },
              button.text,
              icon('external'),
            );
          }
          return element(
            'button',
            { ...shared, type: 'button', disabled: isDead },
            button.text,
            button.url ? icon('external') : null,
          );
        }),
      ),
    ),
  );
}

/**
 * @param {any} message
 * @param {any} chat
 * @param {(button: number) => void} onPress
 */
export function bubble(message, chat, onPress) {
  const service = serviceText(message);
  if (service !== undefined)
    return element('div', { class: 'chip', 'data-message-id': message.message_id }, service);
  const isOwn = message.from !== undefined && !message.from.is_bot;
  const picture = media(message);
  const text = message.text ?? message.caption ?? '';
  const quoted = message.reply_to_message;
  const body = element(
    'div',
    { class: 'text' },
    formattedText(text, message.entities ?? message.caption_entities),
    element('span', { class: 'when' }, message.edit_date ? 'edited ' : null, clock(message.date)),
  );
  const isWide = picture !== null || message.reply_markup !== undefined;
  return element(
    'div',
    { class: `message${isOwn ? ' own' : ''}${isWide ? ' wide' : ''}`, 'data-message-id': message.message_id },
    element(
      'div',
      { class: 'bubble' },
      quoted ? element('div', { class: 'quote' }, quoted.text ?? quoted.caption ?? 'Photo') : null,
      message.show_caption_above_media ? body : picture,
      message.show_caption_above_media ? picture : body,
    ),
    keys(message, chat, onPress),
  );
}
