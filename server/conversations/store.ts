// SQL of the inbox: conversations with their contact, reachability, consent and last message.
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { Ctx } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { containing, fetchPage } from '../platform/db/pages.ts';
import { notFound } from '../platform/errors.ts';
import type { ConversationRow, MessageBody } from './conversation.ts';

export interface ConversationFilter {
  status?: 'open' | 'resolved';
  unread?: boolean;
  /** True: only where somebody has to decide whether it is an opt-out. */
  optOutQuestion?: boolean;
  /** Part of the contact's name or username. */
  search?: string;
}

function select(ctx: Ctx) {
  return ctx.db
    .selectFrom('conversations as v')
    .innerJoin('contacts as c', (join) =>
      join.onRef('c.workspace_id', '=', 'v.workspace_id').onRef('c.id', '=', 'v.contact_id'),
    )
    .leftJoin('identities as i', (join) =>
      join
        .onRef('i.workspace_id', '=', 'v.workspace_id')
        .onRef('i.contact_id', '=', 'v.contact_id')
        .onRef('i.connection_id', '=', 'v.connection_id'),
    )
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('messages')
          .select(['direction', 'at', sql<string>`body->>'text'`.as('text')])
          .whereRef('messages.workspace_id', '=', 'v.workspace_id')
          .whereRef('messages.contact_id', '=', 'v.contact_id')
          .whereRef('messages.connection_id', '=', 'v.connection_id')
          // while somebody waits for an answer their question is shown, not what a campaign said since
          .where((or) => or.or([or('v.unread', '=', 0), or('messages.direction', '=', 'in')]))
          .orderBy('messages.at', 'desc')
          .orderBy('messages.id', 'desc')
          .limit(1)
          .as('m'),
      (join) => join.onTrue(),
    )
    .select([
      'v.id',
      'v.contact_id',
      'v.connection_id',
      'v.channel',
      'v.status',
      'v.unread',
      'v.opt_out_asked_at',
      'v.opt_out_wording',
      'v.last_inbound_at',
      'v.created_at',
      'v.updated_at',
      'c.first_name',
      'c.last_name',
      'c.email',
      'c.phone',
      'c.external_id',
      'i.username',
      'i.reachable',
      'm.text as last_text',
      'm.direction as last_direction',
      'm.at as last_at',
    ])
    .select(
      sql<boolean>`EXISTS (SELECT FROM consents s WHERE s.workspace_id = v.workspace_id AND s.contact_id = v.contact_id
        AND s.channel = v.channel AND s.purpose = 'marketing' AND s.state = 'opted_out')`.as('opted_out'),
    )
    .where('v.workspace_id', '=', ctx.actor.workspaceId);
}

export function pageOfConversations<T>(
  ctx: Ctx,
  filter: ConversationFilter,
  page: PageQuery,
  toWire: (row: ConversationRow, now: Date) => T,
): Promise<Page<T>> {
  let query = select(ctx).select(['v.updated_at as _sort', 'v.id as _id']);
  if (filter.status) query = query.where('v.status', '=', filter.status);
  if (filter.unread !== undefined) query = query.where('v.unread', filter.unread ? '>' : '=', 0);
  if (filter.optOutQuestion !== undefined)
    query = query.where('v.opt_out_asked_at', filter.optOutQuestion ? 'is not' : 'is', null);
  if (filter.search) {
    const pattern = containing(filter.search);
    query = query.where(
      sql<boolean>`concat_ws(' ', c.first_name, c.last_name, '@' || i.username) ILIKE ${pattern}`,
    );
  }
  const order = { column: 'v.updated_at', id: 'v.id', direction: 'desc', type: 'timestamptz' } as const;
  const now = ctx.clock.now();
  return fetchPage(query, page, order, (row) => toWire(row, now));
}

/** Throws NOT_FOUND. */
export async function readConversation(ctx: Ctx, id: string): Promise<ConversationRow> {
  const row = await select(ctx).where('v.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('conversation');
  return row;
}

export interface Thread {
  contactId: string;
  connectionId: string;
}

/** What happens to the inbox's entry when a message of the thread arrives, is sent, or somebody opens it. */
export interface Touch {
  at: Date;
  /** What a new entry begins with; an existing one takes it only with `reopens`. */
  status: 'open' | 'resolved';
  reopens: boolean;
  unread: 'one_more' | 'none' | 'as_is';
  /** The platform's time of what the person wrote: their window to be answered in begins anew. */
  inboundAt?: Date;
}

/** Makes or touches the entry of a thread and returns its id. */
export async function touchConversation(
  ctx: Ctx,
  thread: Thread & { channel: string },
  touch: Touch,
): Promise<string> {
  const oneMore = touch.unread === 'one_more' ? 1 : 0;
  const row = await ctx.db
    .insertInto('conversations')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id: newId(),
      contact_id: thread.contactId,
      connection_id: thread.connectionId,
      channel: thread.channel,
      status: touch.status,
      unread: oneMore,
      created_at: ctx.clock.now(),
      updated_at: touch.at,
      last_inbound_at: touch.inboundAt ?? null,
    })
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'contact_id', 'connection_id']).doUpdateSet({
        updated_at: sql`greatest(conversations.updated_at, excluded.updated_at)`,
        unread: touch.unread === 'none' ? 0 : sql`conversations.unread + ${oneMore}`,
        ...(touch.reopens ? { status: touch.status } : {}),
        ...(touch.inboundAt && {
          last_inbound_at: sql`greatest(conversations.last_inbound_at, excluded.last_inbound_at)`,
        }),
      }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Adds a message to its thread and returns its id. */
export async function insertMessage(
  ctx: Ctx,
  thread: Thread,
  message: {
    direction: 'in' | 'out';
    deliveryId?: string;
    externalId?: string;
    /** Where an inbound one came from; kept where the person has several addresses on the connection. */
    address?: string;
    body: MessageBody;
    at: Date;
  },
): Promise<string> {
  // what is also a delivery has its id: the recorder's copy of the same message is then refused
  const id = message.deliveryId ?? newId();
  await ctx.db
    .insertInto('messages')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id,
      contact_id: thread.contactId,
      connection_id: thread.connectionId,
      direction: message.direction,
      delivery_id: message.deliveryId ?? null,
      external_id: message.externalId ?? null,
      ...(message.address !== undefined && { address: addressToTell(ctx, thread, message.address) }),
      body: JSON.stringify(message.body),
      at: message.at,
    })
    .execute();
  return id;
}

/** NULL for nearly everybody: a merged person alone has two, and undoing the merge asks what came from which. */
function addressToTell(ctx: Ctx, thread: Thread, address: string) {
  return sql<string | null>`(SELECT ${address}::text WHERE EXISTS (
    SELECT 1 FROM spare_identities s WHERE s.workspace_id = ${ctx.actor.workspaceId} AND s.contact_id = ${thread.contactId}
      AND s.connection_id = ${thread.connectionId}))`;
}

/** News that something about a conversation changed, where the thread has one. */
export async function announceConversation(ctx: Ctx, thread: Thread): Promise<void> {
  const conversation = await ctx.db
    .selectFrom('conversations')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('contact_id', '=', thread.contactId)
    .where('connection_id', '=', thread.connectionId)
    .executeTakeFirst();
  if (!conversation) return;
  const frame = {
    type: 'conversation.changed' as const,
    conversation_id: toWireId('cnv', conversation.id),
  };
  await ctx.hub.publish(ctx, { topic: 'live', workspaceId: ctx.actor.workspaceId, frame });
}
