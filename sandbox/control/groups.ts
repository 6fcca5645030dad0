// Groups, supergroups and channels: made, joined, left, upgraded, linked; bots promoted and removed.
import type { MemberStatus } from '../telegram/chat.ts';
import * as groups from '../telegram/group-acts.ts';
import { addGroup } from '../telegram/state.ts';
import { changeMember } from '../telegram/updates.ts';
import {
  ControlError,
  type ControlRequest,
  type Route,
  readBot,
  readGroup,
  readPerson,
  readText,
} from './control-request.ts';

function membership(request: ControlRequest, to: MemberStatus, rights?: Record<string, boolean>): void {
  const { state, body } = request;
  const chat = readGroup(state, body.chat);
  const bot = readBot(state, body.bot);
  changeMember(state, chat, {
    userId: bot.id,
    user: bot.about,
    to,
    by: groups.ownerOf(chat) ?? bot.about,
    ...(rights ? { rights } : {}),
  });
}

export const groupRoutes: Record<string, Route> = {
  'GET groups': ({ state }) => ({
    groups: [...state.groups.values()].map((chat) => ({
      ...chat.about,
      members: [...chat.members.values()].map((member) => ({ id: member.user.id, status: member.status })),
      migrated_to: chat.migratedTo,
      linked_chat_id: chat.linkedChatId,
    })),
  }),

  /** { type: group | supergroup | channel, title, username?, owner?: user, members?: users[], bot?, admin?: true | rights } */
  'POST groups': (request) => {
    const { state, body } = request;
    const type = String(body.type ?? 'supergroup');
    if (type !== 'group' && type !== 'supergroup' && type !== 'channel') {
      throw new ControlError(400, '"type" is group, supergroup or channel');
    }
    const username = typeof body.username === 'string' ? body.username.replace(/^@/, '') : undefined;
    const chat = addGroup(state, type, readText(body, 'title'), username);
    const add = (id: unknown, status: MemberStatus) => {
      const { about } = readPerson(state, id);
      chat.members.set(about.id, { user: about, status, rights: {}, until_date: 0 });
    };
    if (body.owner !== undefined) add(body.owner, 'creator');
    for (const id of Array.isArray(body.members) ? body.members : []) add(id, 'member');
    if (body.bot !== undefined) {
      const at = { ...request, body: { ...body, chat: chat.about.id } };
      if (body.admin === undefined || body.admin === false) membership(at, 'member');
      else membership(at, 'administrator', groups.readRights(body.admin));
    }
    return chat.about;
  },

  /** A person joins; `invite_link` names the way in. A link that asks for approval makes a join request instead. */
  'POST join': ({ state, body }) => {
    const link = typeof body.invite_link === 'string' ? body.invite_link : undefined;
    const chat = link === undefined ? readGroup(state, body.chat) : groups.chatByLink(state, link);
    if (!chat) throw new ControlError(404, 'The invite link is unknown, used up or revoked');
    return groups.join(
      state,
      chat,
      readPerson(state, body.user),
      link,
      body.bio === undefined ? undefined : String(body.bio),
    );
  },

  'POST leave': ({ state, body }) =>
    groups.leave(state, readGroup(state, body.chat), readPerson(state, body.user)),

  /** Makes the bot an administrator. `rights`: names → booleans; absent: all of them. */
  'POST promote': (request) =>
    membership(request, 'administrator', groups.readRights(request.body.rights ?? true)),
  'POST add-bot': (request) => membership(request, 'member'),
  'POST kick-bot': (request) => membership(request, 'kicked'),
  'POST remove-bot': (request) => membership(request, 'left'),
  /** The bot may read but not write: 400 "not enough rights to send …". */
  'POST restrict-bot': (request) => membership(request, 'restricted'),

  'POST upgrade': ({ state, body }) => {
    const chat = groups.upgrade(state, readGroup(state, body.chat));
    return { id: chat.about.id };
  },

  /** Links a channel to its discussion group: posts are copied there. */
  'POST link': ({ state, body }) => {
    const channel = readGroup(state, body.channel);
    const group = readGroup(state, body.group);
    channel.linkedChatId = group.about.id;
    group.linkedChatId = channel.about.id;
  },
};
