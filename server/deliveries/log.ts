// The send log: rows of the ledger as people read them, newest first, with search and filters.
import { sql } from 'kysely';
import type { Channel } from '../../contract/connections.ts';
import {
  countedAsSent,
  type Delivery,
  type DeliveryState,
  failureReasons,
  skipReasons,
  unknownReasons,
} from '../../contract/deliveries.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import { contactName } from '../contacts/contact.ts';
import type { Ctx } from '../platform/context.ts';
import { wireOrNull } from '../platform/db/ids.ts';
import { containing, fetchPage } from '../platform/db/pages.ts';
import { notFound } from '../platform/errors.ts';

export interface DeliveryFilter {
  campaignId?: string;
  runId?: string;
  contactId?: string;
  states?: DeliveryState[];
  /** A code, or "none": rows without a reason. */
  reason?: string;
  /** Part of a name or address. */
  search?: string;
  /** Test messages stand apart from the campaign's own figures. */
  source?: 'campaign' | 'test' | 'reply';
}

function rowsOf(ctx: Ctx, filter: DeliveryFilter) {
  let query = ctx.db
    .selectFrom('deliveries as d')
    .leftJoin('contacts as c', (join) =>
      join.onRef('c.workspace_id', '=', 'd.workspace_id').onRef('c.id', '=', 'd.contact_id'),
    )
    .leftJoin('conversations as v', (join) =>
      join
        .onRef('v.workspace_id', '=', 'd.workspace_id')
        .onRef('v.contact_id', '=', 'd.contact_id')
        .onRef('v.connection_id', '=', 'd.connection_id'),
    )
    .select([
      'd.id',
      'd.id as _id',
      'd.id as _sort',
      'd.campaign_id',
      'd.run_id',
      'd.source',
      'd.contact_id',
      'd.connection_id',
      'd.channel',
      'd.address',
      'd.state',
      'd.reason',
      'd.detail',
      'd.attempts',
      'd.created_at',
      'd.sent_at',
      'd.delivered_at',
      'd.read_at',
      'd.clicked_at',
      'd.replied_at',
      'c.first_name',
      'c.last_name',
      'v.id as conversation_id',
    ])
    .where('d.workspace_id', '=', ctx.actor.workspaceId);
  if (filter.campaignId) query = query.where('d.campaign_id', '=', filter.campaignId);
  if (filter.runId) query = query.where('d.run_id', '=', filter.runId);
  if (filter.reason === 'none') query = query.where('d.reason', 'is', null);
  else if (filter.reason) query = query.where('d.reason', '=', filter.reason);
  if (filter.contactId) query = query.where('d.contact_id', '=', filter.contactId);
  if (filter.source) query = query.where('d.source', '=', filter.source);
  if (filter.states?.length) query = query.where('d.state', 'in', expandStates(filter.states));
  if (filter.search) {
    const pattern = containing(filter.search);
    query = query.where(
      sql<boolean>`(concat_ws(' ', c.first_name, c.last_name) ILIKE ${pattern} OR d.address LIKE ${pattern})`,
    );
  }
  return query;
}

/** "sent" is everything that the platform accepted, so the filter and the figure of the report mean the same. */
function expandStates(states: DeliveryState[]): DeliveryState[] {
  return states.flatMap((state) =>
    state === 'sent' ? ['sent' as const, 'delivered' as const, 'read' as const] : [state],
  );
}

export function listDeliveries(ctx: Ctx, filter: DeliveryFilter, page: PageQuery): Promise<Page<Delivery>> {
  return fetchPage(
    rowsOf(ctx, filter),
    page,
    { column: 'd.id', id: 'd.id', direction: 'desc', type: 'uuid' },
    toDelivery,
  );
}

export async function getDelivery(ctx: Ctx, id: string): Promise<Delivery> {
  const row = await rowsOf(ctx, {}).where('d.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('delivery');
  return toDelivery(row);
}

type LogRow = Awaited<ReturnType<ReturnType<typeof rowsOf>['executeTakeFirstOrThrow']>>;

function toDelivery(row: LogRow): Delivery {
  return {
    id: toWireId('dlv', row.id),
    campaign_id: wireOrNull('cmp', row.campaign_id),
    run_id: wireOrNull('run', row.run_id),
    source: row.source as Delivery['source'],
    contact_id: toWireId('cnt', row.contact_id),
    contact_name: contactName(row),
    connection_id: toWireId('con', row.connection_id),
    channel: row.channel as Channel,
    address: row.address,
    state: row.state as DeliveryState,
    reason: row.reason,
    detail: inWords(row.state, row.reason, row.detail),
    attempts: row.attempts,
    created_at: row.created_at.toISOString(),
    sent_at: row.sent_at?.toISOString() ?? null,
    delivered_at: row.delivered_at?.toISOString() ?? null,
    read_at: row.read_at?.toISOString() ?? null,
    clicked_at: row.clicked_at?.toISOString() ?? null,
    replied_at: row.replied_at?.toISOString() ?? null,
    conversation_id: wireOrNull('cnv', row.conversation_id),
  };
}

/** Words first, the platform's own in brackets: "Blocked contact (403 bot was blocked by the user)". */
export function inWords(state: string, reason: string | null, detail: string | null): string | null {
  if (reason === countedAsSent) return detail ?? 'Counted as sent by a person';
  const words = reason
    ? (
        { ...unknownReasons, ...(state === 'skipped' ? skipReasons : failureReasons) } as Record<
          string,
          string
        >
      )[reason]
    : null;
  if (!words) return detail;
  return detail ? `${words} (${detail})` : words;
}
