// Which message of a thread another one speaks of: it is found by the platform's id, which what we sent has in the ledger.
import { sql } from 'kysely';
import type { Ctx } from '../platform/context.ts';
import { notFound } from '../platform/errors.ts';
import type { MessageBody } from './conversation.ts';
import type { Thread } from './store.ts';

export interface SpokenOf extends Thread {
  id: string;
  direction: 'in' | 'out';
  /** What the platform calls it; null: not sent yet, or sent without an answer. */
  externalId: string | null;
  text: string;
}
export type Quote = NonNullable<MessageBody['quote']>;

const longestQuote = 200;

function select(ctx: Ctx) {
  return ctx.db
    .selectFrom('messages as m')
    .leftJoin('deliveries as d', (join) =>
      join.onRef('d.workspace_id', '=', 'm.workspace_id').onRef('d.id', '=', 'm.delivery_id'),
    )
    .select(['m.id', 'm.contact_id', 'm.connection_id', 'm.direction'])
    .select(sql<string | null>`coalesce(m.external_id, d.external_id)`.as('external_id'))
    .select(sql<string | null>`m.body->>'text'`.as('text'))
    .where('m.workspace_id', '=', ctx.actor.workspaceId);
}

/** Null: it is not in the thread, because it was sent by other means or before the connection was made. */
export async function messageCalled(ctx: Ctx, thread: Thread, externalId: string): Promise<SpokenOf | null> {
  const row = await select(ctx)
    .where('m.contact_id', '=', thread.contactId)
    .where('m.connection_id', '=', thread.connectionId)
    .where((or) => or.or([or('m.external_id', '=', externalId), or('d.external_id', '=', externalId)]))
    .orderBy('m.at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? toSpokenOf(row) : null;
}

/** Throws NOT_FOUND. */
export async function messageWithId(ctx: Ctx, id: string): Promise<SpokenOf> {
  const row = await select(ctx).where('m.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('message');
  return toSpokenOf(row);
}

type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirst']>>>;
const toSpokenOf = (row: Row): SpokenOf => ({
  id: row.id,
  contactId: row.contact_id,
  connectionId: row.connection_id,
  direction: row.direction === 'in' ? 'in' : 'out',
  externalId: row.external_id,
  text: row.text ?? '',
});

/** As it is kept with the message that answers; null stands for one that is not in the thread. */
export const quoteOf = (message: SpokenOf | null): Quote =>
  message
    ? {
        id: message.id,
        direction: message.direction,
        text: [...message.text].slice(0, longestQuote).join(''),
      }
    : { id: null, direction: 'out', text: '' };
