// What people do, and the webhooks that tell the business of it (Cloud API, webhooks, 2026-11-20).
import { makeWamid } from './ids.ts';
import { DAY_MS } from './limits.ts';
import { type Chat, keepMessage, type Message } from './message.ts';
import { headOf } from './outbox.ts';
import { addPerson, chatOf, nowSeconds, userIdOf, type WaNumber, type WaPerson } from './state.ts';
import type { Post } from './statuses.ts';

/** The act is impossible: blocked, no such message, no such button. */
export class ImpossibleWaAct extends Error {}

export interface Place {
  post: Post;
  number: WaNumber;
  person: WaPerson;
  chat: Chat;
}

export function placeOf(post: Post, number: WaNumber, person: WaPerson): Place {
  return { post, number, person, chat: chatOf(number, person.wa_id) };
}

export function contactOf(person: WaPerson): Record<string, unknown> {
  return {
    profile: { name: person.name, ...(person.username === undefined ? {} : { username: person.username }) },
    ...(person.hides_phone ? {} : { wa_id: person.wa_id }),
    user_id: userIdOf(person),
  };
}

function senderOf(person: WaPerson): Record<string, unknown> {
  return {
    ...(person.hides_phone ? {} : { from: person.wa_id }),
    from_user_id: userIdOf(person),
  };
}

export interface Said {
  type: string;
  /** The object under the name of the type, as the webhook carries it. */
  content: unknown;
  context?: Record<string, unknown> | undefined;
  replyTo?: string | undefined;
  riders?: Record<string, unknown>;
}

/** A message of the person: opens the 24-hour window, is kept and told. @throws ImpossibleWaAct */
export function say(place: Place, said: Said): Message {
  const { post, number, person, chat } = place;
  if (!person.on_whatsapp) throw new ImpossibleWaAct('This person is not on WhatsApp');
  if (chat.hasBlocked) throw new ImpossibleWaAct('This person has blocked the business; unblock first');
  const nowMs = post.state.now();
  const message: Message = {
    id: makeWamid(person.wa_id),
    direction: 'in',
    wa_id: person.wa_id,
    at: nowMs,
    type: said.type,
    content: said.content,
    told: 0,
    ...(said.replyTo === undefined ? {} : { context: said.replyTo }),
  };
  if (said.type !== 'reaction') {
    if (number.keep === 'all') keepMessage(chat, message);
    chat.windowUntil = nowMs + DAY_MS;
    chat.lastAt = nowMs;
    if (said.riders?.referral !== undefined) chat.referredAt = nowMs;
  }
  chat.acts += 1;
  post.state.onChange(number.id, person.wa_id);
  // a business that has blocked the person hears nothing of them
  if (number.blockedUsers.includes(person.wa_id)) return message;
  post.outbox.post(
    number.wabaId,
    'messages',
    {
      ...headOf(number),
      contacts: [contactOf(person)],
      messages: [
        {
          ...(said.context ? { context: said.context } : {}),
          ...said.riders,
          ...senderOf(person),
          id: message.id,
          timestamp: nowSeconds(post.state),
          type: said.type,
          ...(said.type === 'unsupported'
            ? (said.content as Record<string, unknown>)
            : { [said.type]: said.content }),
        },
      ],
    },
    number,
  );
  return message;
}

export function contextOf(place: Place, id: string): Record<string, unknown> {
  const target = messageOf(place, id);
  const from = target.direction === 'out' ? place.number.display.replace(/\D/g, '') : place.person.wa_id;
  return { from, id };
}

/** The message in this chat that an act is about. @throws ImpossibleWaAct */
export function messageOf({ chat }: Place, id: string): Message {
  const message = chat.messages.get(id);
  if (!message) throw new ImpossibleWaAct('There is no such message in this chat');
  return message;
}

interface Choice {
  label: string;
  id: string;
  kind: 'quick_reply' | 'button_reply' | 'list_reply' | 'url' | 'phone';
  target?: string;
  description?: string;
}

/** An interactive message that was checked when it was sent. */
interface Interactive {
  type: string;
  action: {
    buttons?: { reply: { id: string; title: string } }[];
    sections?: { rows: { id: string; title: string; description?: string }[] }[];
    parameters?: { display_text: string; url: string };
  };
}

/** Everything that can be pressed on a message, in the order it is shown. */
export function choicesOf(message: Message): Choice[] {
  if (message.shown) {
    return message.shown.buttons.map((button): Choice => {
      if (button.url !== undefined)
        return { label: button.text, id: button.text, kind: 'url', target: button.url };
      if (button.phone_number !== undefined)
        return { label: button.text, id: button.text, kind: 'phone', target: button.phone_number };
      return { label: button.text, id: button.payload ?? button.text, kind: 'quick_reply' };
    });
  }
  if (message.type !== 'interactive') return [];
  const { type, action } = message.content as Interactive;
  if (type === 'button')
    return (action.buttons ?? []).map(({ reply }) => ({
      label: reply.title,
      id: reply.id,
      kind: 'button_reply',
    }));
  if (type === 'list') {
    return (action.sections ?? []).flatMap(({ rows }) =>
      rows.map(({ title, ...row }): Choice => ({ label: title, kind: 'list_reply', ...row })),
    );
  }
  const { display_text = '', url = '' } = action.parameters ?? {};
  return [{ label: display_text, id: 'cta_url', kind: 'url', target: url }];
}

/** Presses a button by its place from 0, its id, payload or label. Links and calls tell the business nothing. @throws ImpossibleWaAct */
export function press(place: Place, messageId: string, button: number | string): Record<string, unknown> {
  const message = messageOf(place, messageId);
  const choices = choicesOf(message);
  const choice =
    typeof button === 'number'
      ? choices[button]
      : choices.find(({ id, label }) => id === button || label === button);
  if (!choice) throw new ImpossibleWaAct('There is no such button on this message');
  message.pressed = [...(message.pressed ?? []), choice.id];
  if (choice.kind === 'url') return { url: choice.target };
  if (choice.kind === 'phone') return { phone_number: choice.target };
  const context = contextOf(place, messageId);
  if (choice.kind === 'quick_reply') {
    const content = { payload: choice.id, text: choice.label };
    return { message: say(place, { type: 'button', content, context, replyTo: messageId }) };
  }
  const reply = {
    id: choice.id,
    title: choice.label,
    ...(choice.description === undefined ? {} : { description: choice.description }),
  };
  const content = { type: choice.kind, [choice.kind]: reply };
  return { message: say(place, { type: 'interactive', content, context, replyTo: messageId }) };
}

/** A null emoji takes the reaction back; it is told as an empty one. */
export function react(place: Place, messageId: string, emoji: string | null): Message {
  const target = messageOf(place, messageId);
  if (emoji === null) delete target.reaction;
  else target.reaction = emoji;
  return say(place, { type: 'reaction', content: { message_id: messageId, emoji: emoji ?? '' } });
}

/** "Offers and announcements → Stop", and back (Cloud API, user preferences webhook, 2026-11-20). */
export function setMarketing(place: Place, isStopped: boolean): void {
  const { post, number, person, chat } = place;
  chat.hasStoppedMarketing = isStopped;
  chat.acts += 1;
  post.state.onChange(number.id, person.wa_id);
  post.outbox.post(
    number.wabaId,
    'user_preferences',
    {
      ...headOf(number),
      contacts: [contactOf(person)],
      user_preferences: [
        {
          ...(person.hides_phone ? {} : { wa_id: person.wa_id }),
          user_id: userIdOf(person),
          detail: isStopped
            ? 'User requested to stop marketing messages'
            : 'User requested to resume marketing messages',
          category: 'marketing_messages',
          value: isStopped ? 'stop' : 'resume',
          timestamp: Number(nowSeconds(post.state)),
        },
      ],
    },
    number,
  );
}

/** Blocking tells the business nothing; it shows in later sends as 131026. */
export function setBlocked({ post, number, person, chat }: Place, isBlocked: boolean): void {
  chat.hasBlocked = isBlocked;
  post.state.onChange(number.id, person.wa_id);
}

export function report(place: Place): void {
  place.chat.hasReported = true;
  setBlocked(place, true);
}

/** A new number is a new wa_id and a new BSUID; every business that knows the person is told. */
export function changeNumber(post: Post, person: WaPerson, newWaId: string): WaPerson {
  const { state } = post;
  const oldWaId = person.wa_id;
  const oldUserId = userIdOf(person);
  state.people.delete(oldWaId);
  const { user_id: _old, ...about } = person;
  const moved = addPerson(state, { ...about, wa_id: newWaId });
  for (const number of state.numbers.values()) {
    const chat = number.chats.get(oldWaId);
    if (!chat) continue;
    number.chats.delete(oldWaId);
    chat.wa_id = moved.wa_id;
    number.chats.set(moved.wa_id, chat);
    const timestamp = nowSeconds(state);
    const system = {
      body: `User ${person.name} changed from ${oldWaId} to ${moved.wa_id}`,
      wa_id: moved.wa_id,
      type: 'user_changed_number',
    };
    post.outbox.post(
      number.wabaId,
      'messages',
      {
        ...headOf(number),
        messages: [{ from: oldWaId, id: makeWamid(oldWaId), timestamp, type: 'system', system }],
      },
      number,
    );
    post.outbox.post(
      number.wabaId,
      'user_id_update',
      {
        ...headOf(number),
        contacts: [contactOf(moved)],
        user_id_update: [
          {
            wa_id: moved.wa_id,
            detail: 'User id was updated',
            user_id: { previous: oldUserId, current: userIdOf(moved) },
            timestamp,
          },
        ],
      },
      number,
    );
    state.onChange(number.id, moved.wa_id);
  }
  return moved;
}
