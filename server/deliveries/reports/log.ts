// The send log: rows of the ledger as people read them, newest first, with search and filters.
import { sql } from 'kysely';
import type { Channel } from '../../../contract/connections.ts';
import {
  countedAsSent,
  type Delivery,
  type DeliveryState,
  failureWordsOn,
  skipWordsOn,
  unknownReasons,
} from '../../../contract/deliveries.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Page, PageQuery } from '../../../contract/lists.ts';
import { neverLeft, settledByReceipt } from '../../../contract/receipts.ts';
import { leftReasons } from '../../../contract/reconciliation.ts';
import { causesOf } from '../../../contract/report-parts.ts';
import { contactName } from '../../contacts/contact.ts';
import { contactsMatching, contactText, identityText } from '../../contacts/search.ts';
import type { Ctx } from '../../platform/context.ts';
import { wireOrNull } from '../../platform/db/ids.ts';
import { containing, countUpTo, fetchPage, type Total } from '../../platform/db/pages.ts';
import { notFound } from '../../platform/errors.ts';
import { stateIn } from '../state-sql.ts';
import { testedAt } from './tested.ts';

export interface DeliveryFilter {
  campaignId?: string;
  runId?: string;
  contactId?: string;
  states?: DeliveryState[];
  /** A code, or "none": rows without a reason. */
  reason?: string;
  /** Part of a name, number, address or user name. */
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
      'd.unknown_at',
      'd.delivered_at',
      'd.read_at',
      'd.clicked_at',
      'd.replied_at',
      'c.first_name',
      'c.last_name',
      'v.id as conversation_id',
      testedAt.as('tested_at'),
    ])
    .where('d.workspace_id', '=', ctx.actor.workspaceId);
  if (filter.campaignId) query = query.where('d.campaign_id', '=', filter.campaignId);
  if (filter.runId) query = query.where('d.run_id', '=', filter.runId);
  if (filter.reason === 'none') query = query.where('d.reason', 'is', null);
  else if (filter.reason) query = query.where('d.reason', 'in', causesOf(filter.reason));
  if (filter.contactId) query = query.where('d.contact_id', '=', filter.contactId);
  if (filter.source) query = query.where('d.source', '=', filter.source);
  if (filter.states?.length) query = query.where(stateIn('d.state', expandStates(filter.states)));
  return query;
}

/** Up to so many people are looked up first, and their rows then; a text that fits more is soon found on the way. */
const fewPeople = 1000;
const countedUpTo = 10_000;

/**
 * By its runs where a state is asked for: the indexes of what waits, was sent, failed or was skipped begin with the run. Of a
 * single run by that alone: it says campaign and source as well, and a planner that has not seen the campaign yet (they are new
 * when people look at them) would gather and sort everything that was sent.
 */
async function narrowedRows(ctx: Ctx, filter: DeliveryFilter) {
  if (filter.source === 'campaign' && filter.runId && !filter.states?.length) return rowsOfRun(ctx, filter);
  if (filter.source !== 'campaign' || !filter.campaignId || !filter.states?.length)
    return rowsOf(ctx, filter);
  const runIds = await runsOf(ctx, filter.campaignId);
  const wanted = filter.runId ? runIds.filter((id) => id === filter.runId) : runIds;
  if (wanted.length === 1)
    return rowsOf(ctx, { ...filter, campaignId: undefined, source: undefined, runId: wanted[0] });
  return rowsOf(ctx, { ...filter, runId: undefined }).where(sql<boolean>`d.run_id = ANY(${wanted}::uuid[])`);
}

/** Between the ids that the run notes for its rows, so that those of its campaign's other runs are not passed over one by one. */
async function rowsOfRun(ctx: Ctx, filter: DeliveryFilter) {
  const run = await ctx.db
    .selectFrom('runs')
    .select(['first_row', 'last_row'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', filter.runId as string)
    .executeTakeFirst();
  const query = rowsOf(ctx, filter);
  // an older version of Carillon noted nothing
  if (!run?.first_row || !run.last_row) return query;
  return query.where('d.id', '>=', run.first_row).where('d.id', '<=', run.last_row);
}

async function chosenRows(ctx: Ctx, filter: DeliveryFilter) {
  const query = await narrowedRows(ctx, filter);
  if (!filter.search) return query;
  const people = await contactsMatching(ctx, filter.search, fewPeople);
  // their rows by id, in a question of its own: else the planner may walk the whole log instead, looking for them. By the people
  // alone, who are the workspace's: with the workspace beside them it walks through all that the workspace ever sent
  if (people)
    return query.where(
      sql<boolean>`d.id = ANY(ARRAY(SELECT x.id FROM deliveries x WHERE x.contact_id = ANY(${people}::uuid[])))`,
    );
  const pattern = containing(filter.search);
  return query.where(
    sql<boolean>`(${contactText('c')} ILIKE ${pattern} OR d.address LIKE ${pattern} OR EXISTS (
      SELECT 1 FROM identities i WHERE i.workspace_id = d.workspace_id AND i.contact_id = d.contact_id
        AND ${identityText('i')} ILIKE ${pattern}))`,
  );
}

/** "sent" is everything that the platform accepted, so the filter and the figure of the report mean the same. */
function expandStates(states: DeliveryState[]): DeliveryState[] {
  return states.flatMap((state) =>
    state === 'sent' ? ['sent' as const, 'delivered' as const, 'read' as const] : [state],
  );
}

export async function listDeliveries(
  ctx: Ctx,
  filter: DeliveryFilter,
  page: PageQuery,
): Promise<Page<Delivery>> {
  const query = await chosenRows(ctx, filter);
  return fetchPage(
    query,
    page,
    { column: 'd.id', id: 'd.id', direction: 'desc', type: 'uuid' },
    toDelivery,
    () => (isCounted(filter) ? countedAlready(ctx, filter) : countUpTo(ctx, query, countedUpTo)),
  );
}

async function runsOf(ctx: Ctx, campaignId: string): Promise<string[]> {
  const runs = await ctx.db
    .selectFrom('runs')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', campaignId)
    .execute();
  return runs.map((run) => run.id);
}

/** Whole runs by state are what the counters know. */
function isCounted(filter: DeliveryFilter): boolean {
  return (
    filter.source === 'campaign' &&
    filter.campaignId !== undefined &&
    filter.reason === undefined &&
    filter.search === undefined &&
    filter.contactId === undefined
  );
}

async function countedAlready(ctx: Ctx, filter: DeliveryFilter): Promise<Total> {
  let query = ctx.db
    .selectFrom('run_counts as n')
    .innerJoin('runs as r', (join) =>
      join.onRef('r.workspace_id', '=', 'n.workspace_id').onRef('r.id', '=', 'n.run_id'),
    )
    .select(sql<number>`coalesce(sum(n.n), 0)::bigint`.as('total'))
    .where('r.workspace_id', '=', ctx.actor.workspaceId)
    .where('r.campaign_id', '=', filter.campaignId as string);
  if (filter.runId) query = query.where('r.id', '=', filter.runId);
  if (filter.states?.length) query = query.where('n.state', 'in', expandStates(filter.states));
  return query.executeTakeFirstOrThrow();
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
    detail: inWords(row.state, row.reason, row.detail, row.channel),
    attempts: row.attempts,
    created_at: row.created_at.toISOString(),
    sent_at: row.sent_at?.toISOString() ?? null,
    unknown_at: row.unknown_at?.toISOString() ?? null,
    delivered_at: row.delivered_at?.toISOString() ?? null,
    read_at: row.read_at?.toISOString() ?? null,
    clicked_at: row.clicked_at?.toISOString() ?? null,
    replied_at: row.replied_at?.toISOString() ?? null,
    conversation_id: wireOrNull('cnv', row.conversation_id),
    tested_at: row.tested_at?.toISOString() ?? null,
  };
}

/** Words first, the platform's own in brackets: "Blocked contact (403 bot was blocked by the user)". */
export function inWords(
  state: string,
  reason: string | null,
  detail: string | null,
  channel?: string,
): string | null {
  if (reason === countedAsSent) return detail ?? 'Counted as sent by a person';
  if (reason === settledByReceipt)
    return 'The answer to the send was lost; the platform told later that it went';
  if (reason === neverLeft) return leftReasons.never_left;
  const words = reason
    ? (
        {
          ...unknownReasons,
          ...(state === 'skipped' ? skipWordsOn(channel) : failureWordsOn(channel)),
        } as Record<string, string>
      )[reason]
    : null;
  if (!words) return detail;
  return detail ? `${words} (${detail})` : words;
}
