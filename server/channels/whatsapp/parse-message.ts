// One message of a person → what it means to us. What has no text is told in words between brackets; files are named, to be
// fetched later. Shapes: Cloud API, messages webhook, read 2026-11-20.
import type { InboundEvent, InboundMedia, Person } from '../channel.ts';
import { type Fields, fields, list, string } from '../fields.ts';
import { addressOf, isUserId } from './address.ts';
import { seconds } from './receipts.ts';

export function parseMessage(message: Fields, contact: Fields): InboundEvent[] {
  const at = seconds(message.timestamp);
  const externalId = string(message.id);
  if (message.type === 'system') return moved(message, at);
  // who hides their number later is told by the id alone (business-scoped user ids, 2026-11-20)
  const [address, ...others] = [message.from, contact.wa_id, message.from_user_id, contact.user_id]
    .map(addressOf)
    .filter((one) => one !== null);
  const alsoAt = others.find((one) => isUserId(one) && one !== address);
  if (!address || !at || !externalId) return [];
  const who = { address, person: person(contact) };
  if (message.type === 'reaction') {
    const { message_id, emoji } = fields(message.reaction);
    const to = string(message_id);
    return to ? [{ kind: 'reacted', ...who, to, emoji: string(emoji), at }] : [];
  }
  const said = contentOf(message);
  if (!said) return [];
  const inReplyTo = said.inReplyTo ?? string(fields(message.context).id);
  const { text, media, pressed } = said;
  return [
    {
      kind: 'message',
      ...who,
      ...(alsoAt === undefined ? {} : { alsoAt }),
      externalId,
      text,
      at,
      ...(media ? { media } : {}),
      ...(media?.kind === 'image' ? { image: true } : {}),
      ...(inReplyTo ? { inReplyTo } : {}),
      ...(pressed === undefined ? {} : { pressed }),
    },
  ];
}

/** WhatsApp knows one name; its first word is what people are called by. */
export function person(contact: Fields): Person {
  const { name, username } = fields(contact.profile);
  const [firstName = null, ...others] = (string(name) ?? '').trim().split(/\s+/).filter(Boolean);
  return {
    firstName,
    lastName: others.join(' ') || null,
    username: string(username)?.replace(/^@/, '') ?? null,
    language: null,
  };
}

/** Only the change of a number is of use; it comes without contacts. */
function moved(message: Fields, at: Date | null): InboundEvent[] {
  const { type, wa_id, new_wa_id, user_id } = fields(message.system);
  const isMove = type === 'user_changed_number' || type === 'customer_changed_number';
  const from = addressOf(message.from) ?? addressOf(message.from_user_id);
  const to = addressOf(wa_id) ?? addressOf(new_wa_id) ?? addressOf(user_id);
  return isMove && from && to && at && from !== to ? [{ kind: 'moved', from, to, at }] : [];
}

interface Said {
  text: string;
  media?: InboundMedia;
  pressed?: string;
  inReplyTo?: string | null;
}

function contentOf(message: Fields): Said | null {
  const type = string(message.type) ?? '';
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
  return read ? read(fields(message[type]), message) : null;
}

const readers: Record<string, (value: Fields, message: Fields) => Said | null> = {
  text: ({ body }) => inWords(string(body)),
  button: ({ payload, text }) => pressed(payload, text),
  interactive: (value) => {
    const reply = fields(value.button_reply ?? value.list_reply);
    if (reply.id !== undefined) return pressed(reply.id, reply.title);
    return inWords(string(fields(value.nfm_reply).body) ?? '[Form sent]');
  },
  image: (value) => file('image', value, '[Picture]'),
  video: (value) => file('video', value, '[Video]'),
  audio: (value) => file('audio', value, value.voice === true ? '[Voice message]' : '[Audio]'),
  document: (value) => file('document', value, '[File]'),
  sticker: (value) => file('sticker', value, '[Sticker]'),
  location: ({ name, address, latitude, longitude }) => {
    const place = [string(name), string(address)].filter(Boolean).join(', ');
    const point = [latitude, longitude].map(plain).filter((one) => one !== null);
    return inWords(
      ['[Location]', place, point.length === 2 ? `(${point.join(', ')})` : ''].filter(Boolean).join(' '),
    );
  },
  contacts: (_value, message) => {
    const cards = list(message.contacts).map((one) => {
      const { name, phones } = fields(one);
      const numbers = list(phones).map((phone) => string(fields(phone).phone));
      return [string(fields(name).formatted_name), ...numbers].filter(Boolean).join(', ');
    });
    return inWords(['[Contact]', cards.filter(Boolean).join('; ')].filter(Boolean).join(' '));
  },
  order: (value) => {
    const items = list(value.product_items).map((one) => {
      const { product_retailer_id, quantity, item_price, currency } = fields(one);
      const price = `${plain(item_price) ?? '?'} ${string(currency) ?? ''}`;
      return `${plain(quantity) ?? 1} × ${plain(product_retailer_id) ?? '?'} at ${price}`.trim();
    });
    return inWords([`[Order] ${items.join('; ')}`.trim(), string(value.text)].filter(Boolean).join('\n'));
  },
  // what was changed stands under the message it changed
  edit: ({ original_message_id, message }) => {
    const said = contentOf(fields(message));
    return said && { ...said, inReplyTo: string(original_message_id) };
  },
  unsupported: ({ type }) =>
    inWords(`[A message of a kind that WhatsApp does not pass on${string(type) ? `: ${type}` : ''}]`),
};

/** A number or a word; anything else would not let itself be written. */
function plain(value: unknown): string | null {
  return typeof value === 'number' ? String(value) : string(value);
}

function inWords(text: string | null): Said | null {
  return text === null ? null : { text };
}

/** The title is what the person saw and pressed. */
function pressed(id: unknown, title: unknown): Said | null {
  const name = string(id) ?? string(title);
  return name === null ? null : { text: string(title) ?? name, pressed: name };
}

/** What was written under it; without a file to be fetched, words say what it was. */
function file(kind: InboundMedia['kind'], value: Fields, words: string): Said | null {
  const handle = string(value.id);
  const fileName = string(value.filename);
  const caption = string(value.caption);
  if (!handle) return inWords(caption ?? [words, fileName].filter(Boolean).join(' '));
  const media: InboundMedia = { kind, handle, mime: string(value.mime_type), fileName };
  return { text: caption ?? '', media: value.voice === true ? { ...media, voice: true } : media };
}
