// Chats and messages as the phones page and the tests look at them.
import { type Fields, isFields } from '../content-read.ts';
import { fetchedHash } from '../link-fetch.ts';
import { KINDS } from '../media.ts';
import type { Chat, Message } from '../message.ts';
import { chatOf, findMessage, userIdOf, type WaNumber, type WaPerson, type WaState } from '../state.ts';
import { ControlError, readNumber, readPersonOf, type WaRoute } from './request.ts';

/** Where the phones get a message's picture or file: a path of the control API. */
function mediaPath(state: WaState, value: unknown): string | undefined {
  if (!isFields(value)) return undefined;
  const known =
    typeof value.id === 'string'
      ? state.media.byId.get(value.id)
      : typeof value.link === 'string'
        ? fetchedHash(state, value.link)
        : undefined;
  return known === undefined ? undefined : `/control/whatsapp/files/${known.sha256}`;
}

function mediaOf(state: WaState, message: Message): string | undefined {
  const content = message.content as Fields;
  if ((KINDS as readonly string[]).includes(message.type)) return mediaPath(state, content);
  if (message.shown?.header?.media) return mediaPath(state, message.shown.header.media);
  if (message.type === 'interactive' && isFields(content.header))
    return mediaPath(state, content.header[String(content.header.type)]);
  return undefined;
}

export function messageView(state: WaState, message: Message): Fields {
  const { told: _told, wa_id, direction, ...rest } = message;
  const file = mediaOf(state, message);
  return {
    ...rest,
    direction,
    [direction === 'out' ? 'to' : 'from']: wa_id,
    ...(file === undefined ? {} : { file }),
  };
}

function view(state: WaState, person: WaPerson, chat: Chat | undefined, messageCount: number): Fields {
  const messages = chat ? [...chat.messages.values()].slice(-messageCount) : [];
  return {
    wa_id: person.wa_id,
    user_id: userIdOf(person),
    name: person.name,
    username: person.username,
    receipts: person.receipts,
    on_whatsapp: person.on_whatsapp,
    offline: person.offline,
    hides_phone: person.hides_phone,
    capped: person.capped,
    blocked: chat?.hasBlocked ?? false,
    stopped_marketing: chat?.hasStoppedMarketing ?? false,
    reported: chat?.hasReported ?? false,
    window_expires_at: chat && chat.windowUntil > state.now() ? chat.windowUntil : null,
    typing_until: chat && chat.typingUntil > state.now() ? chat.typingUntil : null,
    accepted: chat?.accepted ?? 0,
    last_at: chat?.lastAt ?? 0,
    messages: messages.map((message) => messageView(state, message)),
  };
}

function matches(person: WaPerson, search: string): boolean {
  return (
    search === '' || `${person.name} ${person.wa_id} @${person.username ?? ''}`.toLowerCase().includes(search)
  );
}

function messagesOf(number: WaNumber): Message[] {
  return [...number.chats.values()].flatMap((chat) => [...chat.messages.values()]);
}

export const chatControl: Record<string, WaRoute> = {
  /** People in the order they were added, so that phones keep their places. */
  'GET chats': ({ world: { state }, query }) => {
    const number = readNumber(state, query.get('number'));
    const messages = Number(query.get('messages') ?? 12);
    const show = (person: WaPerson) => view(state, person, number.chats.get(person.wa_id), messages);
    const ids = query.get('ids');
    if (ids !== null) {
      const found = ids.split(',').flatMap((id) => state.people.get(id) ?? []);
      return { total: found.length, chats: found.map(show) };
    }
    const search = (query.get('search') ?? '').trim().toLowerCase();
    const all = [...state.people.values()].filter((person) => matches(person, search));
    const offset = Number(query.get('offset') ?? 0);
    return {
      total: all.length,
      chats: all.slice(offset, offset + Number(query.get('limit') ?? 24)).map(show),
    };
  },

  'GET chats/:id': ({ world: { state }, query, id }) => {
    const number = readNumber(state, query.get('number'));
    const person = readPersonOf(state, id);
    return view(state, person, chatOf(number, person.wa_id), Number(query.get('messages') ?? 300));
  },

  'GET messages/:id': ({ world: { state }, id }) => {
    for (const number of state.numbers.values()) {
      const found = findMessage(number, id);
      if (found) return messageView(state, found.message);
    }
    throw new ControlError(404, `There is no message "${id}"`);
  },

  'GET messages': ({ world: { state }, query }) => {
    const number = readNumber(state, query.get('number'));
    const data = query.get('data');
    const asked = query.get('person');
    const waId = asked === null ? null : readPersonOf(state, asked).wa_id;
    const found = messagesOf(number).filter(
      (message) => (data === null || message.data === data) && (waId === null || message.wa_id === waId),
    );
    return {
      messages: found
        .slice(-Number(query.get('limit') ?? 1000))
        .map((message) => messageView(state, message)),
    };
  },
};
