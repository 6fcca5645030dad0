// Chats as the phones page and the tests look at them.
import type { Bot } from '../telegram/bot.ts';
import type { Chat } from '../telegram/chat.ts';
import { chatsOf, dialogOf, type Person, type State } from '../telegram/state.ts';
import { ControlError, type Route, readBot, readGroup, readPerson } from './control-request.ts';

function stateOf(bot: Bot, chat: Chat | undefined, person: Person | undefined): string {
  if (person) {
    if (person.isDeactivated) return 'deactivated';
    if (chat?.blocked) return 'blocked';
    return chat?.started ? 'open' : 'never_started';
  }
  if (chat?.migratedTo !== undefined) return 'migrated';
  const status = chat?.members.get(bot.id)?.status;
  if (status === 'kicked') return 'kicked';
  if (status === undefined || status === 'left') return 'not_a_member';
  return status === 'restricted' || !chat?.canSend ? 'no_rights' : 'open';
}

function view(bot: Bot, chat: Chat | undefined, person: Person | undefined, messageCount: number): unknown {
  const about = person?.about;
  const messages = chat ? [...chat.messages.values()].slice(-messageCount) : [];
  const act = chat?.lastAct;
  const query = act?.queryId === undefined ? undefined : bot.queries.get(act.queryId);
  return {
    id: about?.id ?? chat?.about.id,
    type: chat?.about.type ?? 'private',
    name: about ? [about.first_name, about.last_name].filter(Boolean).join(' ') : chat?.about.title,
    first_name: about?.first_name,
    username: about?.username ?? chat?.about.username,
    language_code: about?.language_code,
    state: stateOf(bot, chat, person),
    accepted: chat?.accepted ?? 0,
    members: person
      ? undefined
      : [...(chat?.members.values() ?? [])].filter((member) => member.status !== 'left').length,
    // Groups: the person that the phones page speaks for.
    speaker: person ? undefined : speakerOf(chat),
    last_act: act && {
      kind: act.kind,
      at: act.at,
      message_id: act.messageId,
      button: act.button,
      answer: query?.answer,
    },
    pinned: chat?.pinned.at(-1),
    messages,
  };
}

function speakerOf(chat: Chat | undefined): { id: number; first_name: string } | undefined {
  for (const { user, status } of chat?.members.values() ?? []) {
    if (!user.is_bot && status !== 'left' && status !== 'kicked')
      return { id: user.id, first_name: user.first_name };
  }
  return undefined;
}

function matches(
  about: { first_name?: string; last_name?: string; username?: string; title?: string; id: number },
  search: string,
): boolean {
  const text = `${about.first_name ?? ''} ${about.last_name ?? ''} ${about.title ?? ''} @${about.username ?? ''} ${about.id}`;
  return text.toLowerCase().includes(search);
}

/** People in the order they were added, so that phones keep their places; then groups and channels. */
function select(
  state: State,
  bot: Bot,
  search: string,
): { chat: Chat | undefined; person: Person | undefined }[] {
  const people = [...state.people.values()]
    .filter((person) => search === '' || matches(person.about, search))
    .map((person) => ({ chat: bot.dialogs.get(person.about.id), person }));
  const groups = chatsOf(state, bot)
    .filter((chat) => chat.about.type !== 'private' && (search === '' || matches(chat.about, search)))
    .map((chat) => ({ chat, person: undefined }));
  return [...people, ...groups];
}

function findOne(state: State, bot: Bot, id: string): { chat: Chat | undefined; person: Person | undefined } {
  if (Number(id) < 0 || id.startsWith('@')) return { chat: readGroup(state, id), person: undefined };
  const person = readPerson(state, id);
  return { chat: dialogOf(bot, person), person };
}

export const chatRoutes: Record<string, Route> = {
  /** ?bot &limit=24 &offset=0 &search &ids=1,2 &messages=12 &started=1 (only people who pressed Start) */
  'GET chats': ({ state, query }) => {
    const bot = readBot(state, query.get('bot'));
    const search = (query.get('search') ?? '').trim().toLowerCase();
    const messages = Number(query.get('messages') ?? 12);
    const ids = query.get('ids');
    if (ids !== null) {
      const found = ids
        .split(',')
        .filter(Boolean)
        .map((id) => findOne(state, bot, id));
      return {
        total: found.length,
        chats: found.map(({ chat, person }) => view(bot, chat, person, messages)),
      };
    }
    let all = select(state, bot, search);
    if (query.get('started') === '1') all = all.filter(({ chat, person }) => !person || chat?.started);
    const offset = Number(query.get('offset') ?? 0);
    const page = all.slice(offset, offset + Number(query.get('limit') ?? 24));
    return { total: all.length, chats: page.map(({ chat, person }) => view(bot, chat, person, messages)) };
  },

  /** One chat with up to 300 messages: GET /control/chats/<id>?bot= */
  'GET chats/:id': ({ state, query, id }) => {
    const bot = readBot(state, query.get('bot'));
    if (id === '') throw new ControlError(400, 'An id is needed');
    const { chat, person } = findOne(state, bot, id);
    return view(bot, chat, person, Number(query.get('messages') ?? 300));
  },
};
