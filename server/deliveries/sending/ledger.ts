// What the lanes of a node ask the database while they send, gathered: with a thousand lanes one statement a moment
// instead of a thousand.
import { sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Content } from '../../../contract/message.ts';
import type { KeptCircuitRow } from '../../channels/connection.ts';
import type { BaseCtx } from '../../platform/context.ts';
import { gather, gatherSettled } from '../../platform/gather.ts';
import type { StoredCircuit } from '../circuit/circuit.ts';
import { storedCircuit } from '../circuit/keep-circuit.ts';
import type { ThrottleStart } from '../pace/throttle.ts';
import type { Pressure } from '../pressure/eligibility.ts';
import { runIsHeld } from '../runs/hold.ts';
import { type Ask, claimDirect, claimOfRuns, declareAbandoned, type Taken } from './claim.ts';
import { claimLimited, type LimitedAsk } from './claim-limited.ts';
import type { RunPlan } from './dispatch.ts';

/** A connection as it stands now, for the lane that runs it; null: it was removed. */
export interface Seen {
  version: number;
  /** What the platform grants this very account; null: what its adapter declares. */
  platformRate: number | null;
  status: string;
  circuit: StoredCircuit;
  /** Its active runs, the oldest first. */
  runIds: string[];
  /** What its workspace asks of everything it sends; null: nothing. */
  pressure: Pressure | null;
}

export interface Planned {
  plan: RunPlan;
  start: ThrottleStart;
}

export interface Ledger {
  claimOfRun(ask: Ask): Promise<Taken>;
  claimLimited(ask: LimitedAsk): Promise<Taken>;
  claimDirect(ask: Ask): Promise<Taken>;
  /** Rows that a former owner left in `sending` are unknown from now on; how many there were. */
  declareAbandoned(lane: { connectionId: string; claim: string }): Promise<number>;
  look(connectionId: string): Promise<Seen | null>;
  /** Content and settings of a run, which never change, and where it stands in its batches. */
  plan(runId: string): Promise<Planned | null>;
}

/** Some two thousand rows: larger statements are no cheaper per row, and the last lane would wait for the first. */
const claimsAtOnce = 128;
const questionsAtOnce = 1000;
/** A lane asks when half of what it holds is left, a quarter of a second's worth: this much later is early enough. */
const claimRestMs = 25;

export function createLedger(base: BaseCtx): Ledger {
  return {
    claimOfRun: gather((asks) => claimOfRuns(base, asks), claimsAtOnce, claimRestMs),
    claimLimited: gatherSettled((asks) => claimLimited(base, asks), claimsAtOnce, claimRestMs),
    claimDirect: gather((asks) => claimDirect(base, asks), claimsAtOnce),
    declareAbandoned: gather((lanes) => declareAbandoned(base, lanes), questionsAtOnce),
    look: gather((ids) => lookAt(base, ids), questionsAtOnce),
    plan: gather((ids) => readPlans(base, ids), claimsAtOnce),
  };
}

interface SeenRow extends KeptCircuitRow {
  id: string;
  version: number;
  platform_rate: number | null;
  status: string;
  run_ids: string[];
  workspace_id: string;
  time_zone: string | null;
  frequency_caps: Pressure['caps'];
  quiet_hours: Pressure['quiet'];
}

async function lookAt(base: BaseCtx, ids: string[]): Promise<(Seen | null)[]> {
  const result = await sql<SeenRow>`
    SELECT c.id, c.version, c.platform_rate, c.status, c.circuit, c.circuit_since, c.circuit_reason, c.circuit_probe_at, c.circuit_probes,
      c.circuit_hold_at, c.workspace_id, w.time_zone, w.frequency_caps, w.quiet_hours,
      ARRAY(SELECT r.id::text FROM runs r WHERE r.connection_id = c.id AND r.status = 'active' AND NOT ${runIsHeld} ORDER BY r.created_at, r.id) AS run_ids
    FROM connections c
    LEFT JOIN workspaces w ON w.id = c.workspace_id AND (w.quiet_hours IS NOT NULL OR w.frequency_caps <> '[]')
    WHERE c.id = ANY(${ids}::uuid[]) AND c.deleted_at IS NULL`.execute(base.db);
  const byId = new Map(result.rows.map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = byId.get(id);
    return row
      ? {
          version: row.version,
          platformRate: row.platform_rate,
          status: row.status,
          circuit: storedCircuit(row),
          runIds: row.run_ids,
          pressure: pressureOf(row),
        }
      : null;
  });
}

function pressureOf(row: SeenRow): Pressure | null {
  if (row.time_zone === null) return null;
  return {
    workspaceId: row.workspace_id,
    timeZone: row.time_zone,
    caps: row.frequency_caps,
    quiet: row.quiet_hours,
  };
}

async function readPlans(base: BaseCtx, ids: string[]): Promise<(Planned | null)[]> {
  const now = base.clock.now().getTime();
  const rows = await base.db
    .selectFrom('runs')
    .select(['id', 'content', 'settings', 'batch', 'batch_due_at'])
    .select((eb) =>
      eb
        .selectFrom('run_counts')
        .select(sql<number>`coalesce(sum(n), 0)::bigint`.as('n'))
        .whereRef('run_counts.run_id', '=', 'runs.id')
        .where('state', 'in', ['sending', 'sent', 'delivered', 'read', 'failed', 'unknown'])
        .$asScalar()
        .$notNull()
        .as('done'),
    )
    .where('id', 'in', ids)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = byId.get(id);
    if (!row) return null;
    const batchDueInMs = row.batch_due_at ? row.batch_due_at.getTime() - now : null;
    return {
      plan: { id, content: row.content as Content, settings: row.settings as Settings },
      start: { done: row.done, batch: row.batch, batchDueInMs },
    };
  });
}
