// Taking rows for sending. The claim is what keeps anybody from being messaged twice: a row moves queued → sending under
// its row lock, for one claim only, whatever two lanes or two nodes do. Eligibility is judged again in the same statement.
import { type RawBuilder, sql } from 'kysely';
import type { BaseCtx } from '../platform/context.ts';
import { skipReason } from './audience.ts';
import type { DirectContent } from './enqueue.ts';

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

/** Up to `limit` due rows of one run. Rows whose person may not be messaged any more turn `skipped` instead. */
export function claimOfRun(base: BaseCtx, runId: string, claim: string, limit: number): Promise<Claimed[]> {
  return claimRows(base, sql`run_id = ${runId}`, sql`due_at, id`, claim, limit);
}

/** Up to `limit` due rows of a connection that belong to no run, the most urgent first. */
export function claimDirect(
  base: BaseCtx,
  connectionId: string,
  claim: string,
  limit: number,
): Promise<Claimed[]> {
  return claimRows(
    base,
    sql`connection_id = ${connectionId} AND run_id IS NULL`,
    sql`priority, due_at, id`,
    claim,
    limit,
  );
}

async function claimRows(
  base: BaseCtx,
  which: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
  claim: string,
  limit: number,
): Promise<Claimed[]> {
  const now = base.clock.now();
  const result = await sql<ClaimedRow>`
    WITH due AS MATERIALIZED (
      SELECT workspace_id, id, contact_id, connection_id, channel, source FROM deliveries
      WHERE ${which} AND state = 'queued' AND due_at <= ${now}
      ORDER BY ${order} LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ), judged AS (
      SELECT due.workspace_id, due.id, i.address, c.external_id, c.first_name, c.last_name, c.email, c.phone, c.language,
        c.time_zone, c.attributes, c.tags,
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
      reason = j.skip, detail = NULL, claim = ${claim}, claimed_at = ${now},
      address = coalesce(j.address, d.address),
      attempts = least(d.attempts + (j.skip IS NULL)::int, 30000)
    FROM judged j
    WHERE d.workspace_id = j.workspace_id AND d.id = j.id
    RETURNING d.workspace_id, d.id, d.run_id, d.campaign_id, d.contact_id, d.address, d.attempts, d.content, d.priority,
      j.skip, j.external_id, j.first_name, j.last_name, j.email, j.phone, j.language, j.time_zone, j.attributes, j.tags`.execute(
    base.db,
  );
  return result.rows
    .filter((row) => row.skip === null)
    .sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1))
    .map((row) => ({
      workspaceId: row.workspace_id,
      id: row.id,
      runId: row.run_id,
      campaignId: row.campaign_id,
      contactId: row.contact_id,
      address: row.address,
      attempts: row.attempts,
      content: row.content,
      contact: row,
    }));
}

interface ClaimedRow extends ClaimedContact {
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
 * Rows that a former owner of the lane left in `sending`: nobody here can know whether the platform got them. They turn
 * `unknown` and keep the former claim, so that a slow owner's late answer still settles them.
 */
export async function declareAbandoned(base: BaseCtx, connectionId: string, claim: string): Promise<number> {
  const result = await sql`
    UPDATE deliveries SET state = 'unknown', reason = 'node_lost', detail = NULL
    WHERE connection_id = ${connectionId} AND state = 'sending' AND claim IS DISTINCT FROM ${claim}`.execute(
    base.db,
  );
  return Number(result.numAffectedRows ?? 0);
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
  await sql`
    UPDATE deliveries SET state = 'queued', reason = NULL, claim = NULL, attempts = greatest(attempts - 1, 0)
    WHERE connection_id = ${connectionId} AND claim = ${claim}
      AND (state = 'sending' OR (state = 'unknown' AND reason = 'node_lost'))`.execute(base.db);
}
