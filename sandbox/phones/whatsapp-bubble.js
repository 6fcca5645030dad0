// @ts-check
// One message on a phone with WhatsApp: header, media, text, buttons, ticks and reaction.
import { element, icon } from './element.js';
import { controlAddress } from './sandbox-api.js';
import { whatsappText } from './whatsapp-text.js';

/** @param {number} ms */
export const clock = (ms) => new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

/** @typedef {{label: string, kind: 'reply' | 'url' | 'call' | 'list', target?: string | undefined, place: number}} Choice */

const WORDS = {
  accepted: 'Accepted',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Not delivered',
};

/** @param {any} message @returns {Choice[]} */
function buttonsOf(message) {
  if (message.shown) {
    return message.shown.buttons.map((/** @type {any} */ button, /** @type {number} */ place) => ({
      label: button.text,
      kind: button.url ? 'url' : button.phone_number ? 'call' : 'reply',
      target: button.url,
      place,
    }));
  }
  if (message.type !== 'interactive') return [];
  const { type, action } = message.content;
  if (type === 'button')
    return action.buttons.map((/** @type {any} */ one, /** @type {number} */ place) => ({
      label: one.reply.title,
      kind: 'reply',
      place,
    }));
  if (type === 'list') return [{ label: action.button, kind: 'list', place: 0 }];
  return [{ label: action.parameters.display_text, kind: 'url', target: action.parameters.url, place: 0 }];
}

/** @param {any} message @returns {{header?: string | undefined, body: string, footer?: string | undefined}} */
export function textsOf(message) {
  const { type, content, shown } = message;
  if (shown) return { header: shown.header?.text, body: shown.body, footer: shown.footer };
  if (type === 'interactive' && message.direction === 'out')
    return { header: content.header?.text, body: content.body.text, footer: content.footer?.text };
  if (type === 'interactive') return { body: content[content.type]?.title ?? '' };
  if (type === 'text') return { body: content.body };
  if (type === 'button') return { body: content.text };
  if (type === 'order') return { body: `Order of ${content.product_items.length} products` };
  if (type === 'unsupported') return { body: 'A message that businesses cannot be shown' };
  if (type === 'contacts') {
    const list = Array.isArray(content) ? content : content.contacts;
    return { body: list.map((/** @type {any} */ one) => one.name.formatted_name).join(', ') };
  }
  if (type === 'location') return { body: [content.name, content.address].filter(Boolean).join('\n') };
  return { body: content.caption ?? '' };
}

/** @param {any} message */
export function shortOf(message) {
  const { header, body } = textsOf(message);
  const line = (header || body.split('\n')[0] || '').replace(/[*_~`]/g, '');
  return line || KINDS[/** @type {keyof typeof KINDS} */ (message.type)] || message.type;
}

const KINDS = {
  image: 'Photo',
  video: 'Video',
  audio: 'Voice message',
  document: 'Document',
  sticker: 'Sticker',
  location: 'Location',
  contacts: 'Contact',
};

/** @param {any} message @returns {string | undefined} the kind of media, from the message or its header */
function mediaKind(message) {
  const header =
    message.shown?.header ?? (message.type === 'interactive' ? message.content.header : undefined);
  const kind = String(header?.format ?? header?.type ?? message.type).toLowerCase();
  return kind in KINDS ? kind : undefined;
}

/** @param {any} message */
function media(message) {
  const kind = mediaKind(message);
  if (kind === undefined || kind === 'contacts') return null;
  const word = KINDS[/** @type {keyof typeof KINDS} */ (kind)];
  if ((kind === 'image' || kind === 'sticker') && message.file)
    return element('img', {
      class: kind === 'sticker' ? 'sticker' : 'picture',
      src: controlAddress(message.file),
      alt: word,
    });
  const content = message.shown?.header?.media ?? message.content;
  const name = kind === 'location' ? (content.name ?? word) : (content.filename ?? word);
  return element('div', { class: `wa-file ${kind}` }, icon(kind === 'location' ? 'pin' : 'file'), name);
}

/** Ticks of what the business knows of its message, or of the person's own one. @param {any} message */
function ticks(message) {
  if (message.direction === 'in') {
    const word = message.seen ? 'Read by the business' : 'Delivered to the business';
    return element(
      'span',
      { class: message.seen ? 'ticks blue' : 'ticks', role: 'img', 'aria-label': word, title: word },
      icon('ticks'),
    );
  }
  const status = /** @type {keyof typeof WORDS} */ (message.status);
  const code = message.statuses?.at(-1)?.code;
  const word = code ? `${WORDS[status]}: ${code}` : WORDS[status];
  const picture =
    status === 'failed' ? 'alert' : status === 'accepted' ? 'clock' : status === 'sent' ? 'tick' : 'ticks';
  return element(
    'span',
    {
      class: `ticks ${status === 'read' ? 'blue' : status === 'failed' ? 'failed' : ''}`,
      role: 'img',
      'aria-label': word,
      title: word,
    },
    icon(picture),
  );
}

/** @param {Choice} choice @param {any} message @param {boolean} isDead @param {(choice: Choice) => void} onChoose */
function button(choice, message, isDead, onChoose) {
  const pictures = /** @type {const} */ ({ reply: 'reply', url: 'external', call: 'call', list: 'list' });
  const isPressed = choice.kind !== 'list' && wasPressed(message, choice);
  const shared = { class: isPressed ? 'wa-key pressed' : 'wa-key', onclick: () => onChoose(choice) };
  if (choice.kind === 'url' && /^https?:\/\//i.test(choice.target ?? '') && !isDead)
    return element(
      'a',
      { ...shared, href: choice.target, target: '_blank', rel: 'noopener noreferrer' },
      icon('external'),
      choice.label,
    );
  return element(
    'button',
    { ...shared, type: 'button', disabled: isDead },
    icon(pictures[choice.kind]),
    choice.label,
  );
}

/** @param {any} message @param {Choice} choice */
function wasPressed(message, choice) {
  const ids = message.pressed ?? [];
  const own =
    message.shown?.buttons[choice.place]?.payload ??
    message.content?.action?.buttons?.[choice.place]?.reply.id;
  return ids.includes(own ?? choice.label) || ids.includes(choice.label);
}

/**
 * @param {any} message
 * @param {any} chat
 * @param {{choose: (message: any, choice: Choice) => void, more: (message: any, opener: HTMLElement) => void}} acts
 */
export function whatsappBubble(message, chat, acts) {
  const isOwn = message.direction === 'in';
  const { header, body, footer } = textsOf(message);
  const quoted =
    message.context === undefined
      ? undefined
      : chat.messages.find((/** @type {any} */ one) => one.id === message.context);
  const isDead = chat.blocked || !chat.on_whatsapp;
  const buttons = isOwn ? [] : buttonsOf(message);
  const more = element(
    'button',
    {
      type: 'button',
      class: 'more',
      'aria-label': `Answer or react to: ${shortOf(message)}`,
      onclick: () => acts.more(message, more),
    },
    icon('chevron'),
  );
  const text = element('div', { class: 'text', dir: 'auto' });
  if (header) text.append(element('strong', { class: 'wa-header' }, header));
  text.append(whatsappText(body));
  if (footer) text.append(element('small', { class: 'wa-footer' }, footer));
  text.append(element('span', { class: 'when' }, clock(message.at), ticks(message)));
  const reaction = isOwn ? message.reaction_from_business : message.reaction;
  return element(
    'div',
    {
      class: `message${isOwn ? ' own' : ''}${buttons.length > 0 || mediaKind(message) ? ' wide' : ''}${message.status === 'failed' ? ' lost' : ''}`,
      'data-message-id': message.id,
    },
    element(
      'div',
      { class: 'bubble' },
      isOwn || isDead || message.status === 'failed' ? null : more,
      quoted ? element('div', { class: 'quote' }, shortOf(quoted)) : null,
      media(message),
      text,
      ...buttons.map((choice) =>
        button(choice, message, isDead || message.status === 'failed', () => acts.choose(message, choice)),
      ),
    ),
    reaction
      ? element('span', { class: 'reaction', role: 'img', 'aria-label': `Reaction ${reaction}` }, reaction)
      : null,
  );
}
