// The thread of a contact: what came in and what went out, newest first. A message's state is the ledger's, by join.

import type { Message } from '../../contract/conversations.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { Ctx } from '../platform/context.ts';
import { fetchPage } from '../platform/db/pages.ts';
import { notFound } from '../platform/errors.ts';
import { needScope } from '../platform/scopes.ts';
import { toMessage } from './conversation.ts';
import { fileOfMessage } from './message-file.ts';

function select(ctx: Ctx) {
  return ctx.db
    .selectFrom('messages as m')
    .leftJoin('deliveries as d', (join) =>
      join.onRef('d.workspace_id', '=', 'm.workspace_id').onRef('d.id', '=', 'm.delivery_id'),
    )
    .leftJoin('campaigns as c', (join) =>
      join.onRef('c.workspace_id', '=', 'd.workspace_id').onRef('c.id', '=', 'd.campaign_id'),
    )
    .leftJoin('users as u', 'u.id', 'd.author_id')
    .select([
      'm.id',
      'm.direction',
      'm.body',
      'm.at',
      'm.delivery_id',
      'd.source',
      'd.state',
      'd.reason',
      'd.campaign_id',
      'c.name as campaign_name',
      'u.name as author',
      'm.at as _sort',
      'm.id as _id',
    ])
    .select(fileOfMessage.as('file'))
    .where('m.workspace_id', '=', ctx.actor.workspaceId);
}

/** `connectionId` absent: of all connections together. */
export function contactThread(
  ctx: Ctx,
  of: { contactId: string; connectionId?: string },
  page: PageQuery,
): Promise<Page<Message>> {
  let query = select(ctx).where('m.contact_id', '=', of.contactId);
  if (of.connectionId) query = query.where('m.connection_id', '=', of.connectionId);
  const order = { column: 'm.at', id: 'm.id', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(query, page, order, toMessage);
}

/** Throws NOT_FOUND, and FORBIDDEN for replies to whoever may not read conversations. */
export async function readMessage(ctx: Ctx, id: string): Promise<Message> {
  const row = await select(ctx).where('m.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('message');
  // what an operator wrote to one person is a conversation; what a campaign sent is its send log
  if (row.source !== 'campaign' && row.source !== 'test') needScope(ctx, 'conversations:read');
  return toMessage(row);
}

/** News that a message went into a thread, for the panel. */
export async function announceMessage(
  ctx: Ctx,
  direction: 'in' | 'out',
  conversationId: string,
  contactId: string,
): Promise<void> {
  const type = direction === 'in' ? ('message.received' as const) : ('message.sent' as const);
  const frame = {
    type,
    conversation_id: toWireId('cnv', conversationId),
    contact_id: toWireId('cnt', contactId),
  };
  await ctx.hub.publish(ctx, { topic: 'live', workspaceId: ctx.actor.workspaceId, frame });
}
