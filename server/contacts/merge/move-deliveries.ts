// The ledger's rows in a merge. Both may have a row of the same run or event: nobody may get it twice, so of the two only the one that
// went furthest counts, and the other becomes its twin, which the claim never sends. No state is written here.
import { sql } from 'kysely';
import type { Ctx } from '../../platform/context.ts';

/** What undoing needs of them. */
export interface MovedDeliveries {
  moved: string[];
  /** Rows of the one who went that stood in the way of a row of the survivor: their key was lengthened. */
  rekeyed: string[];
  /** Rows of either that became a twin. */
  twins: string[];
}

/** Past its moment of being claimed by a statement that began before the merge and still looks for the old address. */
const settleMs = 5000;
/** Who had it, or may have; then who is left out by the campaign; then who waits for it; then who did not get it. */
const strength = [
  'read',
  'delivered',
  'sent',
  'sending',
  'unknown',
  'excluded',
  'queued',
  'planned',
  'failed',
  'skipped',
  'cancelled',
];

interface RunRow {
  id: string;
  contact_id: string;
  campaign_id: string | null;
  /** What nobody may get twice: the run of a broadcast, the event of an automation, in whichever of its runs. */
  once: string;
  event_key: string;
  state: string;
  reason: string | null;
  twin_of: string | null;
}

const rankOf = ({ state, reason }: RunRow) =>
  strength.indexOf(state === 'skipped' && reason === 'excluded' ? reason : state);

export async function moveDeliveries(
  ctx: Ctx,
  given: { from: string; to: string },
): Promise<MovedDeliveries> {
  // whoever claims or records one of them now is waited for; afterwards nobody touches them before the merge stands
  const { rows } = await sql<RunRow>`
    SELECT d.id, d.contact_id, d.campaign_id, d.event_key, d.state, d.reason, d.twin_of,
      coalesce(e.campaign_id || ' ' || e.subject_id || ' ' || coalesce(e.version, 0), d.run_id::text) AS once
    FROM deliveries d LEFT JOIN delivery_events e ON e.workspace_id = d.workspace_id AND e.delivery_id = d.id
    WHERE d.workspace_id = ${ctx.actor.workspaceId} AND d.contact_id IN (${given.from}, ${given.to}) AND d.run_id IS NOT NULL
    ORDER BY d.id FOR UPDATE OF d`.execute(ctx.db);
  const twins = [...Map.groupBy(rows, (row) => row.once).values()].flatMap((rows) => twinsOf(rows));
  await flagTwins(ctx, twins);
  const kept = new Set(rows.filter((row) => row.contact_id === given.to).map(keyOf));
  const rekeyed = rows
    .filter((row) => row.contact_id === given.from && kept.has(keyOf(row)))
    .map((row) => row.id);
  const moved = await sql<{ id: string }>`
    UPDATE deliveries SET contact_id = ${given.to},
      event_key = CASE WHEN id = ANY(${rekeyed}::uuid[]) THEN event_key || ${suffixOf(given.from)} ELSE event_key END,
      due_at = ${settled(ctx)}
    WHERE workspace_id = ${ctx.actor.workspaceId} AND contact_id = ${given.from}
    RETURNING id`.execute(ctx.db);
  return { moved: moved.rows.map((row) => row.id), rekeyed, twins: twins.map((twin) => twin.id) };
}

const keyOf = (row: RunRow) => `${row.campaign_id} ${row.event_key}`;
const suffixOf = (contactId: string) => `:${contactId}`;
const settled = (ctx: Ctx) =>
  sql`CASE WHEN state = 'queued' THEN greatest(due_at, ${new Date(ctx.clock.now().getTime() + settleMs)}) ELSE due_at END`;

/** Of the rows that are for the same all but the one that went furthest, each with that one. */
function twinsOf(rows: RunRow[]): { id: string; of: string }[] {
  const alone = rows.filter((row) => row.twin_of === null);
  const [first, ...others] = alone.toSorted((a, b) => rankOf(a) - rankOf(b) || (a.id < b.id ? -1 : 1));
  return first ? others.map(({ id }) => ({ id, of: first.id })) : [];
}

async function flagTwins(ctx: Ctx, twins: { id: string; of: string }[]): Promise<void> {
  if (twins.length === 0) return;
  await sql`
    UPDATE deliveries d SET twin_of = t.of
    FROM unnest(${twins.map((twin) => twin.id)}::uuid[], ${twins.map((twin) => twin.of)}::uuid[]) AS t (id, of)
    WHERE d.workspace_id = ${ctx.actor.workspaceId} AND d.id = t.id`.execute(ctx.db);
}

/** Gives back what came over, and what was sent since to an address that goes back. Returns who is no twin any more. */
export async function takeBackDeliveries(
  ctx: Ctx,
  given: { from: string; to: string; was: MovedDeliveries; since: string; addresses: Address[] },
): Promise<void> {
  const { workspaceId } = ctx.actor;
  await sql`
    SELECT 1 FROM deliveries WHERE workspace_id = ${workspaceId} AND contact_id = ${given.from} ORDER BY id FOR UPDATE`.execute(
    ctx.db,
  );
  await sql`
    UPDATE deliveries SET twin_of = NULL WHERE workspace_id = ${workspaceId} AND id = ANY(${given.was.twins}::uuid[])`.execute(
    ctx.db,
  );
  await sql`
    UPDATE deliveries SET contact_id = ${given.to}, due_at = ${settled(ctx)},
      event_key = CASE WHEN id = ANY(${given.was.rekeyed}::uuid[])
        THEN left(event_key, -length(${suffixOf(given.to)})) ELSE event_key END
    WHERE workspace_id = ${workspaceId} AND contact_id = ${given.from} AND (id = ANY(${given.was.moved}::uuid[])
      OR (id > ${given.since} AND (connection_id, address) IN (${pairs(given.addresses)})))`.execute(ctx.db);
}

export interface Address {
  connection_id: string;
  address: string;
}

/** For IN: an empty list of pairs is no SQL. */
export const pairs = (addresses: Address[]) =>
  sql`SELECT * FROM unnest(${addresses.map((one) => one.connection_id)}::uuid[], ${addresses.map((one) => one.address)}::text[])`;
