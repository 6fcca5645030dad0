// Taking rows for sending. The claim is what keeps anybody from being messaged twice: a row moves queued → sending under
// its row lock, for one claim only, whatever two lanes or two nodes do. Eligibility is judged again in the same statement.
import { type RawBuilder, sql } from 'kysely';
import type { BaseCtx } from '../platform/context.ts';
import { skipReason } from './audience.ts';
import type { DirectContent } from './enqueue.ts';
import { directIsHeld, runIsHeld } from './hold.ts';

/** A row that is ours to send, with what rendering needs. */
export interface Claimed {
  workspaceId: string;
  id: string;
  runId: string | null;
  campaignId: string | null;
  contactId: string;
  address: string;
  attempts: number;
  content: DirectContent | null;
  contact: ClaimedContact;
}
export interface ClaimedContact {
  external_id: string | null;
  first_name: string | null;
  last_name: string | null;
  email: string | null;
  phone: string | null;
  language: string | null;
  time_zone: string | null;
  attributes: unknown;
  tags: string[];
}

/** One lane's question: up to `limit` rows of a run (or, asked directly, of a connection) for its `claim`. */
export interface Ask {
  from: string;
  claim: string;
  limit: number;
}
export interface Taken {
  rows: Claimed[];
  /** False: nothing else is due there at present. */
  more: boolean;
}

/** Due rows of many runs, `from` being the run. Rows whose person may not be messaged any more turn `skipped` instead. */
export function claimOfRuns(base: BaseCtx, asks: Ask[]): Promise<Taken[]> {
  return claimRows(
    base,
    asks,
    sql`d.run_id = ask.source AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = ask.source AND ${runIsHeld})`,
    sql`d.due_at, d.id`,
  );
}

/** Due rows that belong to no run, the most urgent first; `from` is the connection. */
export function claimDirect(base: BaseCtx, asks: Ask[]): Promise<Taken[]> {
  return claimRows(
    base,
    asks,
    sql`d.connection_id = ask.source AND d.run_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM connections n WHERE n.id = ask.source AND ${directIsHeld})`,
    sql`d.priority, d.due_at, d.id`,
  );
}

/** All lanes of a node in one statement: a claim for each would cost PostgreSQL more than the sends themselves. */
async function claimRows(
  base: BaseCtx,
  asks: Ask[],
  which: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
): Promise<Taken[]> {
  const now = base.clock.now();
  const result = await sql<ClaimedRow>`
    WITH due AS MATERIALIZED (
      SELECT ask.place, ask.claim, d.* FROM unnest(
        ${asks.map((ask) => ask.from)}::uuid[], ${asks.map((ask) => ask.claim)}::uuid[], ${asks.map((ask) => ask.limit)}::int[]
      ) WITH ORDINALITY AS ask (source, claim, most, place)
      CROSS JOIN LATERAL (
        SELECT d.workspace_id, d.id, d.contact_id, d.connection_id, d.channel, d.source FROM deliveries d
        WHERE ${which} AND d.state = 'queued' AND d.due_at <= ${now}
        ORDER BY ${order} LIMIT ask.most FOR UPDATE SKIP LOCKED
      ) d
    ), judged AS (
      SELECT due.place, due.claim, due.workspace_id, due.id, i.address, c.external_id, c.first_name, c.last_name, c.email,
        c.phone, c.language, c.time_zone, c.attributes, c.tags,
        CASE WHEN c.id IS NULL THEN 'contact_erased'
             -- an answer to somebody who wrote is no marketing: opted-out people may be answered
             WHEN due.source = 'reply' AND k.state = 'opted_out' AND i.reachable THEN NULL
             ELSE ${skipReason} END AS skip
      FROM due
      LEFT JOIN contacts c ON c.workspace_id = due.workspace_id AND c.id = due.contact_id
      LEFT JOIN identities i ON i.workspace_id = due.workspace_id AND i.contact_id = due.contact_id AND i.connection_id = due.connection_id
      LEFT JOIN consents k ON k.workspace_id = due.workspace_id AND k.contact_id = due.contact_id AND k.channel = due.channel AND k.purpose = 'marketing'
    )
    UPDATE deliveries d SET
      state = CASE WHEN j.skip IS NULL THEN 'sending' ELSE 'skipped' END,
      reason = j.skip, detail = NULL, claim = j.claim, claimed_at = ${now},
      address = coalesce(j.address, d.address),
      attempts = least(d.attempts + (j.skip IS NULL)::int, 30000)
    FROM judged j
    WHERE d.workspace_id = j.workspace_id AND d.id = j.id
    RETURNING j.place, d.workspace_id, d.id, d.run_id, d.campaign_id, d.contact_id, d.address, d.attempts, d.content, d.priority,
      j.skip, j.external_id, j.first_name, j.last_name, j.email, j.phone, j.language, j.time_zone, j.attributes, j.tags`.execute(
    base.db,
  );
  return takenBy(asks, result.rows);
}

/** The rows of one statement, each to the ask it answers (`place` counts from 1). */
function takenBy(asks: Ask[], rows: ClaimedRow[]): Taken[] {
  const byAsk: ClaimedRow[][] = asks.map(() => []);
  for (const row of rows) byAsk[row.place - 1]?.push(row);
  return byAsk.map((own, index) => ({
    rows: own
      .filter((row) => row.skip === null)
      .sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1))
      .map(claimedOf),
    // skipped rows count: they were due
    more: own.length >= (asks[index] as Ask).limit,
  }));
}

function claimedOf(row: ClaimedRow): Claimed {
  return {
    workspaceId: row.workspace_id,
    id: row.id,
    runId: row.run_id,
    campaignId: row.campaign_id,
    contactId: row.contact_id,
    address: row.address,
    attempts: row.attempts,
    content: row.content,
    contact: row,
  };
}

interface ClaimedRow extends ClaimedContact {
  place: number;
  workspace_id: string;
  id: string;
  run_id: string | null;
  campaign_id: string | null;
  contact_id: string;
  address: string;
  attempts: number;
  content: DirectContent | null;
  priority: number;
  skip: string | null;
}

/**
 * Rows that a former owner of a lane left in `sending`: nobody here can know whether the platform got them. They turn
 * `unknown` and keep the former claim, so that a slow owner's late answer still settles them. Returns how many, per lane.
 */
export async function declareAbandoned(
  base: BaseCtx,
  lanes: { connectionId: string; claim: string }[],
): Promise<number[]> {
  const result = await sql<{ connection_id: string }>`
    UPDATE deliveries d SET state = 'unknown', reason = 'node_lost', detail = NULL
    FROM unnest(${lanes.map((lane) => lane.connectionId)}::uuid[], ${lanes.map((lane) => lane.claim)}::uuid[]) AS lane (connection_id, claim)
    WHERE d.connection_id = lane.connection_id AND d.state = 'sending' AND d.claim IS DISTINCT FROM lane.claim
    RETURNING d.connection_id`.execute(base.db);
  return lanes.map(
    ({ connectionId }) => result.rows.filter((row) => row.connection_id === connectionId).length,
  );
}

/**
 * Job `deliveries.sweep`, every minute: rows in `sending` that no lane will ever look at again, because their connection was
 * removed or broke with its owner. No call takes five minutes; a late answer would still settle the row.
 */
export async function declareForgotten(base: BaseCtx): Promise<void> {
  const before = new Date(base.clock.now().getTime() - 5 * 60_000);
  await sql`
    UPDATE deliveries SET state = 'unknown', reason = 'node_lost', detail = NULL
    WHERE state = 'sending' AND claimed_at < ${before}`.execute(base.db);
}

/** Gives claimed rows back that surely were not sent (pause, shutdown, frozen lane). Their try does not count. */
export async function giveBack(
  base: BaseCtx,
  rows: Claimed[],
  claim: string,
  dueAt: Date | null,
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    UPDATE deliveries SET state = 'queued', reason = NULL, claim = NULL, attempts = greatest(attempts - 1, 0)
      ${dueAt ? sql`, due_at = ${dueAt}` : sql``}
    WHERE (workspace_id, id) IN (SELECT * FROM unnest(${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.id)}::uuid[]))
      AND claim = ${claim} AND state IN ('sending', 'unknown')`.execute(base.db);
}

/**
 * Gives back everything that a lane claimed and surely did not send: its calls have all ended and their outcomes are
 * written, so rows that still carry its claim never left, also those of a claim whose answer was lost and those that a new
 * owner has declared abandoned meanwhile.
 */
export async function giveBackUnsent(base: BaseCtx, connectionId: string, claim: string): Promise<void> {
  const unsent = sql`SET state = 'queued', reason = NULL, claim = NULL, attempts = greatest(attempts - 1, 0)`;
  await sql`UPDATE deliveries ${unsent}
    WHERE connection_id = ${connectionId} AND claim = ${claim} AND state = 'sending'`.execute(base.db);
  // by the runs of the connection: there is an index for what is unknown in a run, none for a claim
  await sql`UPDATE deliveries ${unsent}
    WHERE (run_id IS NULL OR run_id IN (SELECT id FROM runs WHERE connection_id = ${connectionId}))
      AND connection_id = ${connectionId} AND claim = ${claim} AND state = 'unknown' AND reason = 'node_lost'`.execute(
    base.db,
  );
}
