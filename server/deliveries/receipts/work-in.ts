// Working stored receipts into the ledger: a batch is taken, what it means to each row is decided (settle.ts), the rows move in
// one statement and the batch goes, all in one transaction. Any number of nodes may do it at once: nobody waits for a row that
// another holds, its receipts stay for the next round. So no circle of waiting ever closes with the lanes, which lock rows
// in the order of their answers.
import { sql } from 'kysely';
import type { Channel } from '../../../contract/connections.ts';
import type { DeliveryState, FailureReason } from '../../../contract/deliveries.ts';
import { toWireId } from '../../../contract/ids.ts';
import { settledByReceipt } from '../../../contract/receipts.ts';
import type { Receipt } from '../../channels/channel.ts';
import { asSystem, type BaseCtx, inTransaction } from '../../platform/context.ts';
import { isPassing } from '../../platform/db/storable.ts';
import type { News } from '../../platform/realtime/hub.ts';
import { fromStates } from '../delivery.ts';
import { addTally } from '../reports/tallies.ts';
import { showInThreads } from '../settling/settle.ts';
import { stateIn } from '../state-sql.ts';
import { differs, settled, type Told } from './settle.ts';
import type { StoppedMarketingJob } from './stopped-marketing.ts';

const atOnce = 2000;

/** States that a receipt moves a row out of; that of a row that is on the phone already may still turn "read". */
const movable = (['sent', 'delivered', 'read', 'failed'] as const)
  .flatMap((to) => fromStates(to))
  .concat('read');

interface Stored extends Receipt {
  seq: number;
  receivedAt: Date;
  workspaceId: string;
  connectionId: string;
}

type StoredColumns = Omit<Stored, 'failure'> & {
  reason: FailureReason | null;
  detail: string | null;
  stops: boolean;
};

interface Row extends Told {
  workspaceId: string;
  id: string;
  connectionId: string;
  contactId: string;
  runId: string | null;
  campaignId: string | null;
  channel: Channel;
  address: string | null;
}

export interface Worked {
  /** Receipts looked at, and those of them that are through; the others' rows were held by somebody else. */
  taken: number;
  done: number;
  /** What became known, once it is committed. */
  news: News[];
}

/**
 * The next batch, the oldest first. A receipt that cannot be worked in is found by halving and stands aside with its problem.
 * Throws what passes by itself (a database that is away), and then nothing is lost.
 */
export async function workInReceipts(base: BaseCtx, size = atOnce): Promise<Worked> {
  return work(base, size, null);
}

async function work(base: BaseCtx, size: number, only: number[] | null): Promise<Worked> {
  let taken: Stored[] = [];
  try {
    return await inTransaction(base, async (base) => {
      taken = await take(base, size, only);
      return await workIn(base, taken);
    });
  } catch (error) {
    if (isPassing(error) || taken.length === 0) throw error;
    const seqs = taken.map((receipt) => receipt.seq);
    if (seqs.length === 1) return setAside(base, seqs, error);
    const half = Math.ceil(seqs.length / 2);
    const one = await work(base, half, seqs.slice(0, half));
    const two = await work(base, half, seqs.slice(half));
    return {
      taken: one.taken + two.taken,
      done: one.done + two.done,
      news: [...one.news, ...two.news],
    };
  }
}

async function setAside(base: BaseCtx, seqs: number[], error: unknown): Promise<Worked> {
  base.log.error({ err: error, seq: seqs[0] }, 'a receipt could not be worked in and stands aside');
  await sql`UPDATE inbound_receipts SET problem = ${String(error).slice(0, 500)} WHERE seq = ANY(${seqs}::bigint[])`.execute(
    base.db,
  );
  return { taken: 1, done: 1, news: [] };
}

async function take(base: BaseCtx, size: number, only: number[] | null): Promise<Stored[]> {
  const { rows } = await sql<StoredColumns>`
    SELECT seq, workspace_id AS "workspaceId", connection_id AS "connectionId", external_id AS "externalId", delivery_id AS "deliveryId",
      attempt, status, at, reason, detail, stops, received_at AS "receivedAt"
    FROM inbound_receipts WHERE problem IS NULL ${only ? sql`AND seq = ANY(${only}::bigint[])` : sql``}
    ORDER BY seq LIMIT ${size} FOR UPDATE SKIP LOCKED`.execute(base.db);
  return rows.map(({ reason, detail, stops, ...receipt }) => ({
    ...receipt,
    failure: reason ? { reason, detail: detail ?? '', ...(stops && { stops }) } : null,
  }));
}

async function workIn(base: BaseCtx, taken: Stored[]): Promise<Worked> {
  if (taken.length === 0) return { taken: 0, done: 0, news: [] };
  // an id of ours that another account echoes is none of theirs: it must not even stand beside the real one
  const byDelivery = Map.groupBy(
    taken.filter((receipt) => receipt.deliveryId !== null),
    keyOf,
  );
  const rows = await lockRows(base, byDelivery);
  const held = await heldElsewhere(base, byDelivery, rows);
  const changes = rows.flatMap((row) => {
    // echoed by another account than the one that sent it: none of ours
    const theirs = (byDelivery.get(keyOf({ ...row, deliveryId: row.id })) ?? []).filter(
      (receipt) => receipt.connectionId === row.connectionId && receipt.workspaceId === row.workspaceId,
    );
    const after = settled(row, theirs);
    return differs(row, after) ? [{ row, after, receipts: theirs }] : [];
  });
  await noteFlow(base, taken);
  await writeRows(base, changes);
  await tellThreads(base, changes);
  await tellOfPeople(base, changes);
  const through = taken.filter((one) => one.deliveryId === null || !held.has(keyOf(one)));
  await sql`DELETE FROM inbound_receipts WHERE seq = ANY(${through.map(({ seq }) => seq)}::bigint[])`.execute(
    base.db,
  );
  return { taken: taken.length, done: through.length, news: newsOf(changes) };
}

type Theirs = Map<string, Stored[]>;

const keyOf = (of: { workspaceId: string; connectionId: string; deliveryId: string | null }) =>
  `${of.workspaceId} ${of.connectionId} ${of.deliveryId}`;

async function lockRows(base: BaseCtx, byDelivery: Theirs): Promise<Row[]> {
  const firsts = [...byDelivery.values()].map(([first]) => first as Stored);
  const { rows } = await sql<Row>`
    SELECT d.workspace_id AS "workspaceId", d.id, d.connection_id AS "connectionId", d.contact_id AS "contactId", d.run_id AS "runId",
      d.campaign_id AS "campaignId", d.channel, d.address, d.state, d.attempts, d.external_id AS "externalId", d.reason, d.detail,
      d.delivered_at AS "deliveredAt", d.read_at AS "readAt", d.unknown_at IS NOT NULL AS "wasUnknown"
    FROM ${asked(firsts)} JOIN deliveries d ON d.workspace_id = r.workspace_id AND d.id = r.id AND d.connection_id = r.connection_id
    ORDER BY d.id FOR NO KEY UPDATE OF d SKIP LOCKED`.execute(base.db);
  return rows;
}

/** Rows that are there and not ours now: a lane writes an answer into them, a merge moves them. */
async function heldElsewhere(base: BaseCtx, byDelivery: Theirs, rows: Row[]): Promise<Set<string>> {
  const locked = new Set(rows.map((row) => keyOf({ ...row, deliveryId: row.id })));
  const missing = [...byDelivery.entries()]
    .filter(([key]) => !locked.has(key))
    .map(([, [first]]) => first as Stored);
  if (missing.length === 0) return new Set();
  const { rows: there } = await sql<{ workspaceId: string; connectionId: string; deliveryId: string }>`
    SELECT r.workspace_id AS "workspaceId", r.connection_id AS "connectionId", r.id AS "deliveryId"
    FROM ${asked(missing)} JOIN deliveries d ON d.workspace_id = r.workspace_id AND d.id = r.id AND d.connection_id = r.connection_id`.execute(
    base.db,
  );
  return new Set(there.map(keyOf));
}

const asked = (
  some: Stored[],
) => sql`unnest(${some.map((one) => one.workspaceId)}::uuid[], ${some.map((one) => one.connectionId)}::uuid[],
  ${some.map((one) => one.deliveryId)}::uuid[]) AS r (workspace_id, connection_id, id)`;

/** What of these connections was told, by when it happened (settling/window.ts). A clock ahead of ours is no news from the future. */
async function noteFlow(base: BaseCtx, taken: Stored[]): Promise<void> {
  const times = taken.map((receipt) => ({
    ...receipt,
    happened: Math.min(receipt.at.getTime(), receipt.receivedAt.getTime()),
  }));
  const slots = [...Map.groupBy(times, (one) => `${one.connectionId} ${slotOf(one.happened)}`).values()].map(
    (some) => {
      const [{ workspaceId, connectionId, happened }] = some as [(typeof times)[number]];
      const lags = some.map((one) => one.receivedAt.getTime() - one.happened);
      return {
        workspaceId,
        connectionId,
        slot: new Date(slotOf(happened)),
        first: new Date(Math.min(...some.map((one) => one.happened))),
        received: new Date(Math.min(...some.map((one) => one.receivedAt.getTime()))),
        lag: Math.max(...lags) / 1000,
      };
    },
  );
  const column = <T>(value: (slot: (typeof slots)[number]) => T) => slots.map(value);
  await sql`
    INSERT INTO receipt_flow AS f (workspace_id, connection_id, slot, first_at, received_at, lag_seconds)
    SELECT v.* FROM unnest(${column((one) => one.workspaceId)}::uuid[], ${column((one) => one.connectionId)}::uuid[],
      ${column((one) => one.slot)}::timestamptz[], ${column((one) => one.first)}::timestamptz[],
      ${column((one) => one.received)}::timestamptz[], ${column((one) => one.lag)}::float8[])
      AS v (workspace_id, connection_id, slot, first_at, received_at, lag_seconds)
    ORDER BY v.connection_id, v.slot
    ON CONFLICT (connection_id, slot) DO UPDATE SET first_at = least(f.first_at, excluded.first_at),
        received_at = least(f.received_at, excluded.received_at), lag_seconds = greatest(f.lag_seconds, excluded.lag_seconds)
      WHERE f.first_at > excluded.first_at OR f.received_at > excluded.received_at OR f.lag_seconds < excluded.lag_seconds`.execute(
    base.db,
  );
}

const slotMs = 5000;
const slotOf = (time: number) => Math.floor(time / slotMs) * slotMs;

interface Change {
  row: Row;
  after: Told;
  receipts: Stored[];
}

/**
 * Of somebody who was erased meanwhile only the state is kept: the platform's id of a message has the number in it, and its
 * words may. The counters follow by the triggers of the ledger.
 */
async function writeRows(base: BaseCtx, changes: Change[]): Promise<void> {
  if (changes.length === 0) return;
  const now = base.clock.now();
  const column = <T>(value: (change: Change) => T) => changes.map(value);
  await sql`/* receipts */
    WITH v AS (
      SELECT * FROM unnest(
        ${column(({ row }) => row.workspaceId)}::uuid[], ${column(({ row }) => row.id)}::uuid[], ${column(({ row }) => row.state)}::text[],
        ${column(({ after }) => after.state)}::text[], ${column(({ after }) => after.externalId)}::text[], ${column(({ after }) => after.reason)}::text[],
        ${column(({ after }) => after.detail)}::text[], ${column(({ after }) => after.deliveredAt)}::timestamptz[],
        ${column(({ after }) => after.readAt)}::timestamptz[]
      ) AS v (workspace_id, id, was, state, external_id, reason, detail, delivered_at, read_at)
    ), moved AS (
      UPDATE deliveries d SET state = v.state, reason = v.reason, detail = CASE WHEN d.address IS NOT NULL THEN v.detail END,
        external_id = CASE WHEN d.address IS NOT NULL THEN v.external_id END,
        delivered_at = v.delivered_at, read_at = v.read_at,
        sent_at = CASE WHEN v.state IN ('sent', 'delivered', 'read') THEN coalesce(d.sent_at, d.claimed_at, ${now}) ELSE d.sent_at END
      FROM v WHERE d.workspace_id = v.workspace_id AND d.id = v.id AND d.state = v.was AND ${stateIn('d.state', movable)}
      RETURNING d.workspace_id, d.id, d.run_id, d.variant, d.attempts, d.reason, d.detail, v.was, d.state
    ), turned AS (
      SELECT *, state IN ('sent', 'delivered', 'read') AS went FROM moved
      WHERE state <> was AND (was NOT IN ('sent', 'delivered') OR state = 'failed')
    ), told AS (
      INSERT INTO delivery_attempts (workspace_id, delivery_id, attempt, at, outcome, reason, detail)
      SELECT workspace_id, id, attempts, ${now}, CASE WHEN went THEN 'settled_by_receipt' ELSE 'undelivered' END,
        CASE WHEN NOT went THEN reason END, detail
      FROM turned
    ), known AS (SELECT * FROM turned WHERE was IN ('unknown', 'queued'))
    ${addTally(settledByReceipt, sql`known`)}`.execute(base.db);
}

const wasSent = (state: DeliveryState) => state === 'sent' || state === 'delivered' || state === 'read';

/** Whoever is now known to have got it has it in the thread; the send that never told of it will find nothing to do. */
async function tellThreads(base: BaseCtx, changes: Change[]): Promise<void> {
  const found = changes.filter(({ row, after }) => !wasSent(row.state) && wasSent(after.state));
  for (const [workspaceId, some] of Map.groupBy(found, ({ row }) => row.workspaceId))
    await showInThreads(
      asSystem(base, workspaceId),
      some.map(({ row }) => row.id),
    );
}

/** What a failure says of the run or the person: by jobs, for elsewhere contacts are locked before rows. */
async function tellOfPeople(base: BaseCtx, changes: Change[]): Promise<void> {
  const failed = changes.flatMap(({ row, after, receipts }) => {
    const failure = receipts.find(({ failure }) => failure?.reason === after.reason)?.failure;
    const { address } = row;
    return after.state === 'failed' && failure && address ? [{ ...row, address, failure }] : [];
  });
  for (const some of Map.groupBy(
    failed.filter(({ failure, runId }) => failure.stops && runId),
    ({ runId }) => runId,
  ).values()) {
    const [{ workspaceId, runId, failure }] = some as [(typeof failed)[number]];
    const job = { workspaceId, runId: runId as string, reason: failure.detail };
    await base.jobs.enqueue(base, 'deliveries.hold_run', job, { key: job.runId });
  }
  const stopped = failed.filter(({ failure }) => failure.reason === 'marketing_stopped');
  for (const [workspaceId, some] of Map.groupBy(stopped, (one) => one.workspaceId)) {
    const [{ channel }] = some as [(typeof stopped)[number]];
    const people = some.map(({ contactId, connectionId, address, failure }) => ({
      contactId,
      connectionId,
      address,
      words: failure.detail,
    }));
    const job: StoppedMarketingJob = { workspaceId, channel, people };
    await base.jobs.enqueue(base, 'deliveries.stopped_marketing', job);
  }
}

function newsOf(changes: Change[]): News[] {
  const runs = new Map(changes.flatMap(({ row }) => (row.runId ? [[row.runId, row] as const] : [])));
  const direct = new Map(changes.flatMap(({ row }) => (row.runId ? [] : [[row.contactId, row] as const])));
  return [
    ...[...runs.values()].map(
      (row): News => ({
        topic: 'live',
        workspaceId: row.workspaceId,
        frame: {
          type: 'run.progressed',
          campaign_id: toWireId('cmp', row.campaignId as string),
          run_id: toWireId('run', row.runId as string),
        },
      }),
    ),
    ...[...direct.values()].map(
      (row): News => ({
        topic: 'live',
        workspaceId: row.workspaceId,
        frame: { type: 'message.sent', conversation_id: null, contact_id: toWireId('cnt', row.contactId) },
      }),
    ),
  ];
}
