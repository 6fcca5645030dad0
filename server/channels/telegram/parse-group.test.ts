// Updates of groups and channels as Telegram sends them: who is there, and never a message to us.
import { expect, test } from 'vitest';
import type { GroupEvent } from '../channel.ts';
import { parseUpdate } from './parse.ts';

const chat = { id: -1_001_234_567_890, title: 'Collectors', username: 'collectors', type: 'supergroup' };
const group = { address: '-1001234567890', kind: 'supergroup', title: 'Collectors', username: 'collectors' };
const ann = { id: 111, is_bot: false, first_name: 'Ann', username: 'ann', language_code: 'en' };
const bob = { id: 222, is_bot: false, first_name: 'Bob' };
const bot = { id: 999, is_bot: true, first_name: 'Shop', username: 'shop_bot' };
const date = 1_795_219_335;
const at = new Date(date * 1000);
const who = (address: string, firstName: string, more: object = {}) => ({
  address,
  person: { firstName, lastName: null, username: null, language: null, ...more },
});
const annThere = who('111', 'Ann', { username: 'ann', language: 'en' });
const message = (more: object, where: object = chat) => ({
  update_id: 7,
  message: { message_id: 10, from: ann, chat: where, date, ...more },
});
const change = (kind: string, user: object, member: object, where: object = chat) => ({
  update_id: 8,
  [kind]: {
    chat: where,
    from: ann,
    date,
    old_chat_member: { user, status: 'left' },
    new_chat_member: { user, ...member },
  },
});

test.each<[string, object, object[]]>([
  [
    'a message',
    message({ text: '/stop' }),
    [{ kind: 'group_wrote', group, ...annThere, isMember: false, at }],
  ],
  [
    'a message in a basic group, where only members write',
    message({ text: 'hi' }, { id: -5, title: 'Team', type: 'group' }),
    [
      {
        kind: 'group_wrote',
        group: { address: '-5', kind: 'group', title: 'Team', username: null },
        ...annThere,
        isMember: true,
        at,
      },
    ],
  ],
  ['a picture', message({ photo: [{}] }), [{ kind: 'group_wrote', group, ...annThere, isMember: false, at }]],
  [
    'a message in the name of the group',
    message({ from: { id: 1_087_968_824, is_bot: true, first_name: 'Group' }, sender_chat: chat, text: 'x' }),
    [{ kind: 'group_seen', group, at }],
  ],
  [
    'a channel’s post, copied into its group',
    message({
      from: { id: 777_000, is_bot: false, first_name: 'Telegram' },
      sender_chat: { id: -100, type: 'channel' },
      is_automatic_forward: true,
      text: 'x',
    }),
    [{ kind: 'group_seen', group, at }],
  ],
  [
    'people who were let in, bots left out',
    message({ new_chat_members: [ann, bot, bob] }),
    [
      { kind: 'group_joined', group, ...annThere, at },
      { kind: 'group_joined', group, ...who('222', 'Bob'), at },
    ],
  ],
  [
    'somebody who left',
    message({ left_chat_member: bob }),
    [{ kind: 'group_member', group, ...who('222', 'Bob'), standing: 'left', at }],
  ],
  ['a bot that left', message({ left_chat_member: bot }), []],
  [
    'a group that moved, told by the old',
    message({ migrate_to_chat_id: -1_002 }, { id: -5, title: 'Team', type: 'group' }),
    [{ kind: 'group_moved', from: '-5', to: '-1002', at }],
  ],
  [
    'a group that moved, told by the new',
    message({ migrate_from_chat_id: -5 }),
    [
      { kind: 'group_moved', from: '-5', to: '-1001234567890', at },
      { kind: 'group_seen', group, at },
    ],
  ],
  [
    'a channel’s post',
    {
      update_id: 3,
      channel_post: {
        message_id: 5,
        sender_chat: { ...chat, type: 'channel' },
        chat: { ...chat, type: 'channel' },
        date,
        text: 'News',
      },
    },
    [{ kind: 'group_seen', group: { ...group, kind: 'channel' }, at }],
  ],
  [
    'the bot, made administrator',
    change('my_chat_member', bot, { status: 'administrator' }),
    [{ kind: 'group_standing', group, standing: 'administrator', at }],
  ],
  [
    'the bot, thrown out',
    change('my_chat_member', bot, { status: 'kicked', until_date: 0 }),
    [{ kind: 'group_standing', group, standing: 'banned', at }],
  ],
  [
    'somebody who joined',
    change('chat_member', bob, { status: 'member' }),
    [{ kind: 'group_member', group, ...who('222', 'Bob'), standing: 'member', at }],
  ],
  [
    'somebody restricted who is still there',
    change('chat_member', bob, { status: 'restricted', is_member: true }),
    [{ kind: 'group_member', group, ...who('222', 'Bob'), standing: 'restricted', at }],
  ],
  [
    'somebody restricted who has left',
    change('chat_member', bob, { status: 'restricted', is_member: false }),
    [{ kind: 'group_member', group, ...who('222', 'Bob'), standing: 'left', at }],
  ],
  ['another bot', change('chat_member', bot, { status: 'member' }), []],
  ['a status that does not exist yet', change('chat_member', bob, { status: 'hologram' }), []],
  ['an edit', { update_id: 1, edited_message: message({ text: 'x' }).message }, []],
  [
    'a pressed button under a message in a group',
    {
      update_id: 4,
      callback_query: { id: '5', from: ann, message: { chat, date: 0, message_id: 1 }, data: 'x' },
    },
    [],
  ],
])('%s', (_name, update, events) => {
  expect(parseUpdate(update)).toEqual(events as GroupEvent[]);
});
