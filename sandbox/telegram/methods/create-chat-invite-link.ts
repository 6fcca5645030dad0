import { randomBytes } from 'node:crypto';
import { badRequest } from '../api-error.ts';
import type { Call } from '../call.ts';
import type { InviteLink } from '../chat.ts';
import { findChat, requireRight } from '../recipient.ts';
import { nowSeconds } from '../state.ts';

export function createChatInviteLink({ state, bot, params }: Call): unknown {
  const { chat } = findChat(state, bot, params);
  if (chat.about.type === 'private') throw badRequest("can't invite members to a private chat");
  requireRight(bot, chat, 'can_invite_users', 'not enough rights to manage chat invite link');
  const name = params.text('name');
  const limit = params.integer('member_limit');
  const asks = params.boolean('creates_join_request');
  const expires = params.integer('expire_date');
  if (name !== undefined && [...name].length > 32) throw badRequest('invite link name is too long');
  if (limit !== undefined && (limit < 1 || limit > 99_999)) throw badRequest('USAGE_LIMIT_INVALID');
  if (asks && limit !== undefined)
    throw badRequest("member limit can't be specified for links requiring administrator approval");
  if (expires !== undefined && expires <= nowSeconds(state)) throw badRequest('EXPIRE_DATE_INVALID');
  const link: InviteLink = {
    invite_link: `https://t.me/+${randomBytes(12).toString('base64url')}`,
    creator: bot.about,
    creates_join_request: asks,
    is_primary: false,
    is_revoked: false,
    ...(name === undefined || name === '' ? {} : { name }),
    ...(expires === undefined ? {} : { expire_date: expires }),
    ...(limit === undefined ? {} : { member_limit: limit }),
  };
  chat.inviteLinks.set(link.invite_link, link);
  return link;
}
