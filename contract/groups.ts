// Groups and channels that a bot is in, and who is in them as far as the platform tells.
import { z } from 'zod';
import { channel } from './connections.ts';
import { wireId } from './ids.ts';
import { humanText, pageQuery, timestamp } from './lists.ts';

const standing = z.enum(['owner', 'administrator', 'member', 'restricted', 'left', 'banned']);

export const group = z
  .object({
    id: wireId('grp'),
    connection_id: wireId('con'),
    channel,
    kind: z.enum(['group', 'supergroup', 'channel']),
    address: z.string().meta({ description: 'The chat id; another one once a group becomes a supergroup' }),
    title: z.string(),
    username: z.string().nullable(),
    standing: z
      .enum(['unknown', ...standing.options])
      .meta({ description: 'What the bot is in it; unknown: not asked yet' }),
    member_count: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Everybody in it, the silent and the bots included, as the platform counted' }),
    counted_at: timestamp.nullable(),
    count_problem: z.string().nullable().meta({ description: 'Why the last count failed' }),
    known_members: z.number().int().meta({
      description: 'People the platform has told of: who joined, or wrote. It names nobody who is silent',
    }),
    contacts: z
      .number()
      .int()
      .meta({ description: 'Known members who are contacts: they have written to the bot' }),
    reachable: z.number().int().meta({ description: 'Known members the bot can write to in private' }),
    created_at: timestamp.meta({ description: 'When it was first heard of' }),
  })
  .meta({ id: 'Group' });
export type Group = z.infer<typeof group>;

export const groupQuery = pageQuery.extend({
  connection_id: wireId('con').optional(),
  kind: z.enum(['group', 'supergroup', 'channel']).optional(),
});

export const groupMember = z
  .object({
    address: z.string(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    username: z.string().nullable(),
    standing: z
      .enum(['seen', ...standing.options])
      .meta({ description: 'seen: they wrote there, and nobody said whether they are a member' }),
    standing_at: timestamp,
    wrote_at: timestamp.nullable().meta({ description: 'Their last message there, to the hour' }),
    contact_id: wireId('cnt').nullable().meta({ description: 'null: they have never written to the bot' }),
    reachable: z.boolean(),
    unreachable_reason: z
      .string()
      .nullable()
      .meta({ description: 'never_started: the bot may not write first; blocked, deactivated' }),
  })
  .meta({ id: 'GroupMember' });
export type GroupMember = z.infer<typeof groupMember>;

/** Of one contact, the groups that the platform has told them to be in, or to have been in. */
export const groupsOfContact = z
  .object({
    data: z.array(
      group
        .pick({ id: true, connection_id: true, kind: true, title: true, username: true })
        .extend({ member: groupMember.pick({ standing: true, standing_at: true, wrote_at: true }) }),
    ),
  })
  .meta({ id: 'GroupsOfContact' });
export type GroupsOfContact = z.infer<typeof groupsOfContact>;

export const groupMemberQuery = pageQuery.extend({
  search: humanText(100).optional(),
  there: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'true: who is in it; false: who left or was removed; absent: all' }),
  reachable: z.enum(['true', 'false']).optional(),
});
