// Taking rows for sending. The claim is what keeps anybody from being messaged twice: a row moves queued → sending under
// its row lock, for one claim only, whatever two lanes or two nodes do. Eligibility is judged again in the same statement.
import { type RawBuilder, sql } from 'kysely';
import type { BaseCtx } from '../../platform/context.ts';
import { channelIn } from '../../platform/db/channel-sql.ts';
import type { ShopEvent } from '../../templates/shop-scope.ts';
import { fromStates, priorities } from '../delivery.ts';
import { skipReason } from '../pressure/eligibility.ts';
import { nodeName, tell, tellLost } from '../reports/attempts.ts';
import { directIsHeld, runIsHeld } from '../runs/hold.ts';
import { awaitsLook } from '../runs/local-hours.ts';
import { stateIn } from '../state-sql.ts';
import type { DirectContent } from './enqueue.ts';

/** How long it can be told whose a claim was. */
const claimsKeptMs = 30 * 86_400_000;
/** What a claim takes: rows that may go under way, or be left out instead. */
export const waiting = stateIn('d.state', fromStates('sending', fromStates('skipped', ['queued'])));
/** What a process that is gone leaves behind. */
const underWay = stateIn('d.state', fromStates('unknown', ['sending']));

/** A row that is ours to send, with what rendering needs. */
export interface Claimed {
  workspaceId: string;
  id: string;
  runId: string | null;
  campaignId: string | null;
  contactId: string;
  address: string;
  attempts: number;
  /** How many of them are not held against the message. */
  uncounted: number;
  /** With the number of the try: which one it is. */
  claimedAt: Date;
  content: DirectContent | null;
  /** Which wording (deliveries/runs/variants.ts): its own, or the winner of its run; null: there is one only. */
  variant: number | null;
  /** What an automation's message is about, as it stands now (event_with_products, schema.sql); null: of a broadcast. */
  event: ShopEvent | null;
  /** Of an automation's person: when they last wrote here. */
  lastInboundAt: Date | null;
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
  /** Which batch of the run they are for; null: it is not sent in batches. */
  batch?: number | null;
}
export interface Taken {
  rows: Claimed[];
  /** False: nothing else is due there at present. */
  more: boolean;
}

/**
 * Due rows of many runs, `from` being the run. Rows whose person may not be messaged any more turn `skipped` instead.
 * A run that is paused, over, held or still to be looked at gives nothing, whatever its lane believes.
 */
export function claimOfRuns(base: BaseCtx, asks: Ask[]): Promise<Taken[]> {
  return claimRows(
    base,
    asks,
    sql`d.run_id = ask.source AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = ask.source AND (r.status <> 'active' OR ${awaitsLook(base.clock.now())} OR ${runIsHeld}))`,
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
  const result = await sql<ClaimedRow>`/* claim */
    WITH due AS MATERIALIZED (
      SELECT ask.place, ask.claim, ask.batch, plan.needs_window, plan.marketing_template, plan.campaign_version IS NOT NULL AS ongoing, d.* FROM ${asked(asks)}
      LEFT JOIN runs plan ON plan.id = ask.source
      CROSS JOIN LATERAL (
        SELECT d.workspace_id, d.id, d.contact_id, d.connection_id, d.channel, d.source, d.twin_of FROM deliveries d
        WHERE ${which} AND ${waiting} AND d.due_at <= ${now}
        ORDER BY ${order} LIMIT ask.most FOR UPDATE SKIP LOCKED
      ) d
    ), judged AS (
      SELECT due.place, due.claim, due.batch, due.workspace_id, due.id, ${person.columns},
        CASE WHEN c.id IS NULL THEN 'contact_erased'
             -- two contacts with a row each turned out to be one person (contacts/merge/move-deliveries.ts)
             WHEN due.twin_of IS NOT NULL THEN 'merged'
             -- an answer to somebody who wrote is no marketing: opted-out people may be answered
             WHEN due.source = 'reply' AND k.state = 'opted_out' AND i.reachable THEN NULL
             ELSE coalesce(${skipReason(rulesOf(sql.ref('due'), now))}, ${eventRefusal(sql`due`, now)}) END AS skip
      FROM due
      LEFT JOIN contacts c ON c.workspace_id = due.workspace_id AND c.id = due.contact_id
      ${person.joins(sql.ref('due'))}
    )
    UPDATE deliveries d SET
      state = CASE WHEN j.skip IS NULL THEN 'sending' ELSE 'skipped' END,
      reason = j.skip, detail = NULL, claim = j.claim, claimed_at = ${now},
      address = coalesce(j.address, d.address),
      batch = CASE WHEN j.skip IS NULL THEN j.batch ELSE d.batch END,
      attempts = least(d.attempts + (j.skip IS NULL)::int, 30000)
    FROM judged j
    WHERE d.workspace_id = j.workspace_id AND d.id = j.id
    RETURNING ${person.returned}, j.skip`.execute(base.db);
  return takenBy(asks, result.rows);
}

/** Of row `d` of an automation: why what it is about is no reason to write any more (X10), or NULL. Broadcasts ask nothing. */
export const eventRefusal = (d: RawBuilder<unknown>, at: Date) =>
  sql<string | null>`CASE WHEN ${d}.ongoing THEN event_refusal(${d}.workspace_id, ${d}.id, ${at}) END`;

const rulesOf = (due: RawBuilder<unknown>, at: Date) => ({
  at,
  needsWindow: sql<boolean>`${due}.needs_window`,
  marketingTemplate: sql<boolean>`${due}.marketing_template`,
  byPhone: channelIn(sql`${due}.channel`, 'addressesArePhones'),
});

/** The questions as rows of a FROM clause: source, claim, most, batch, place (from 1). */
export const asked = (asks: Ask[]) => sql`unnest(
  ${asks.map((ask) => ask.from)}::uuid[], ${asks.map((ask) => ask.claim)}::uuid[], ${asks.map((ask) => ask.limit)}::int[],
  ${asks.map((ask) => ask.batch ?? null)}::int[]
) WITH ORDINALITY AS ask (source, claim, most, batch, place)`;

/** What a claim learns of a person, in every statement that judges (c: the contact) and takes (j: what was judged). */
export const person = {
  columns: sql`i.address, c.external_id, c.first_name, c.last_name, c.email, c.phone, c.language, c.time_zone, c.attributes, c.tags`,
  /** `row`: the delivery's alias. Identity (i) and consent (k), as eligibility.ts judges them. */
  joins: (row: RawBuilder<unknown>) => sql`
    LEFT JOIN identities i ON i.workspace_id = ${row}.workspace_id AND i.contact_id = ${row}.contact_id AND i.connection_id = ${row}.connection_id
    LEFT JOIN consents k ON k.workspace_id = ${row}.workspace_id AND k.contact_id = ${row}.contact_id AND k.channel = ${row}.channel AND k.purpose = 'marketing'`,
  returned: sql`j.place, d.workspace_id, d.id, d.run_id, d.campaign_id, d.contact_id, d.address, d.attempts, d.uncounted, d.claimed_at, d.content, d.priority,
    coalesce(d.variant, (SELECT r.winner FROM runs r WHERE r.id = d.run_id)) AS variant,
    CASE WHEN d.priority = ${sql.lit(priorities.event)} THEN event_with_products(d.workspace_id, event_content(d.workspace_id, d.id)) END AS event,
    CASE WHEN d.priority = ${sql.lit(priorities.event)} THEN (SELECT v.last_inbound_at FROM conversations v
      WHERE v.workspace_id = d.workspace_id AND v.contact_id = d.contact_id AND v.connection_id = d.connection_id) END AS last_inbound_at,
    j.external_id, j.first_name, j.last_name, j.email, j.phone, j.language, j.time_zone, j.attributes, j.tags`,
};

/** The rows of one statement, each to the ask it answers (`place` counts from 1). */
export function takenBy(asks: Ask[], rows: ClaimedRow[]): Taken[] {
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
    uncounted: row.uncounted,
    claimedAt: row.claimed_at,
    content: row.content,
    variant: row.variant,
    event: row.event,
    lastInboundAt: row.last_inbound_at,
    contact: row,
  };
}

export interface ClaimedRow extends ClaimedContact {
  place: number;
  workspace_id: string;
  id: string;
  run_id: string | null;
  campaign_id: string | null;
  contact_id: string;
  address: string;
  attempts: number;
  uncounted: number;
  claimed_at: Date;
  content: DirectContent | null;
  variant: number | null;
  event: ShopEvent | null;
  last_inbound_at: Date | null;
  priority: number;
  skip: string | null;
}

/**
 * Rows that a former owner of a lane left in `sending`: nobody here can know whether the platform got them. They turn
 * `unknown` and keep the former claim, so that a slow owner's late answer still settles them. Also writes down which process
 * owns the lanes now, so that the next owner can name it. Returns how many rows there were, per lane.
 */
export async function declareAbandoned(
  base: BaseCtx,
  lanes: { connectionId: string; claim: string }[],
): Promise<number[]> {
  const now = base.clock.now();
  const result = await sql<{ connection_id: string; n: number }>`
    WITH lane AS (
      SELECT * FROM unnest(${lanes.map((lane) => lane.connectionId)}::uuid[], ${lanes.map((lane) => lane.claim)}::uuid[]) AS lane (connection_id, claim)
    ), owned AS (
      INSERT INTO lane_claims (workspace_id, claim, connection_id, node, taken_at)
      SELECT c.workspace_id, lane.claim, c.id, ${nodeName}, ${now} FROM lane JOIN connections c ON c.id = lane.connection_id
      ON CONFLICT DO NOTHING
    ), lost AS (
      UPDATE deliveries d SET state = 'unknown', reason = 'node_lost', detail = NULL, unknown_at = ${now}
      FROM lane
      WHERE d.connection_id = lane.connection_id AND ${underWay} AND d.claim IS DISTINCT FROM lane.claim
      RETURNING d.workspace_id, d.id, d.attempts, d.connection_id, d.claim
    ), told AS (${tellLost(now)})
    SELECT connection_id, count(*) AS n FROM lost GROUP BY connection_id`.execute(base.db);
  const lost = new Map(result.rows.map((row) => [row.connection_id, row.n]));
  return lanes.map(({ connectionId }) => lost.get(connectionId) ?? 0);
}

/**
 * Job `deliveries.sweep`, every minute: rows in `sending` that no lane will ever look at again, because their connection was
 * removed or broke with its owner. No call takes five minutes; a late answer would still settle the row.
 */
export async function declareForgotten(base: BaseCtx): Promise<void> {
  const now = base.clock.now();
  const before = new Date(now.getTime() - 5 * 60_000);
  await sql`
    WITH lost AS (
      UPDATE deliveries d SET state = 'unknown', reason = 'node_lost', detail = NULL, unknown_at = ${now}
      WHERE ${underWay} AND d.claimed_at < ${before}
      RETURNING d.workspace_id, d.id, d.attempts, d.claim
    ) ${tellLost(now)}`.execute(base.db);
  await sql`DELETE FROM lane_claims WHERE taken_at < ${new Date(now.getTime() - claimsKeptMs)}`.execute(
    base.db,
  );
}

/** Gives claimed rows back that surely were not sent (pause, shutdown, frozen lane). Their try does not count. */
export async function giveBack(
  base: BaseCtx,
  rows: Claimed[],
  claim: string,
  dueAt: Date | null,
): Promise<void> {
  if (rows.length === 0) return;
  const ours = sql`(d.workspace_id, d.id) IN (SELECT * FROM unnest(${rows.map((row) => row.workspaceId)}::uuid[], ${rows.map((row) => row.id)}::uuid[]))
    AND d.claim = ${claim}`;
  await sql`
    WITH lost AS (
      SELECT d.workspace_id, d.id, d.attempts FROM deliveries d WHERE ${ours} AND d.state = 'unknown'
    ), back AS (
      UPDATE deliveries d SET ${unsent} ${dueAt ? sql`, due_at = ${dueAt}` : sql``}
      WHERE ${ours} AND ${stateIn('d.state', fromStates('queued', ['sending', 'unknown']))}
    ) ${tell('lost', 'not_sent', base.clock.now())}`.execute(base.db);
}

/**
 * Gives back everything that a lane claimed and surely did not send: its calls have all ended and their outcomes are
 * written, so rows that still carry its claim never left, also those of a claim whose answer was lost and those that a new
 * owner has declared abandoned meanwhile.
 */
export async function giveBackUnsent(base: BaseCtx, connectionId: string, claim: string): Promise<void> {
  await sql`UPDATE deliveries d SET ${unsent}
    WHERE d.connection_id = ${connectionId} AND d.claim = ${claim} AND ${stateIn('d.state', fromStates('queued', ['sending']))}`.execute(
    base.db,
  );
  // by the runs of the connection: there is an index for what is unknown in a run, none for a claim
  await sql`
    WITH back AS (
      UPDATE deliveries d SET ${unsent}
      WHERE (d.run_id IS NULL OR d.run_id IN (SELECT id FROM runs WHERE connection_id = ${connectionId}))
        AND d.connection_id = ${connectionId} AND d.claim = ${claim}
        AND ${stateIn('d.state', fromStates('queued', ['unknown']))} AND d.reason = 'node_lost'
      RETURNING d.workspace_id, d.id, d.attempts
    ) ${tell('back', 'not_sent', base.clock.now())}`.execute(base.db);
}

/** Proven unsent: it was never unknown, as far as the person is concerned. */
const unsent = sql`state = 'queued', reason = NULL, claim = NULL, attempts = greatest(d.attempts - 1, 0),
  unknown_at = CASE WHEN d.state = 'unknown' THEN NULL ELSE d.unknown_at END`;
