// Where a circuit's state outlives its lane: columns of the connection. Also what follows from it there: campaigns that are
// paused after a while, and a person's wish to try again at once.
import { sql } from 'kysely';
import type { Circuit } from '../../../contract/connections.ts';
import { announce } from '../../channels/accounts.ts';
import { type KeptCircuitRow, toCircuit } from '../../channels/connection.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../../platform/context.ts';
import { holdRuns } from '../runs/finish.ts';
import { heldWords, holdAfterMs, type StoredCircuit } from './circuit.ts';

/** Columns that belong to a circuit, for a select. */
export const circuitColumns = [
  'circuit',
  'circuit_since',
  'circuit_reason',
  'circuit_probe_at',
  'circuit_probes',
  'circuit_hold_at',
] as const;

export function storedCircuit(row: KeptCircuitRow): StoredCircuit {
  return {
    state: row.circuit as StoredCircuit['state'],
    since: row.circuit_since,
    reason: row.circuit_reason,
    probeAt: row.circuit_probe_at,
    probes: row.circuit_probes,
    holdAt: row.circuit_hold_at,
  };
}

/**
 * Writes it down and tells panel and nodes. `knownProbeAt`: the moment of the next try that its lane last saw there; where
 * another stands by now, a person has asked for one meanwhile, and theirs stays.
 */
export async function keepCircuit(
  base: BaseCtx,
  { workspaceId, connectionId }: { workspaceId: string; connectionId: string },
  circuit: StoredCircuit,
  knownProbeAt: Date | null,
): Promise<void> {
  const isAsked = sql`${circuit.state} = 'open' AND circuit = 'open' AND circuit_probe_at IS DISTINCT FROM ${knownProbeAt}::timestamptz`;
  await inTransaction(asSystem(base, workspaceId), async (ctx) => {
    await ctx.db
      .updateTable('connections')
      .set({
        circuit: circuit.state,
        circuit_since: circuit.since,
        circuit_reason: circuit.reason,
        circuit_probe_at: sql<Date>`CASE WHEN ${isAsked} THEN circuit_probe_at ELSE ${circuit.probeAt}::timestamptz END`,
        circuit_probes: sql<number>`CASE WHEN ${isAsked} THEN circuit_probes ELSE ${circuit.probes}::smallint END`,
        // a person's later moment stands: they asked for their full time
        circuit_hold_at:
          circuit.state === 'closed'
            ? null
            : sql<Date>`greatest(circuit_hold_at, ${circuit.holdAt}::timestamptz)`,
      })
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', connectionId)
      .execute();
    await announce(ctx, connectionId);
  });
}

/**
 * A person asks for a try, or resumes a campaign of that connection: it is tried at once, and has its full time again before
 * its campaigns are paused. Returns the circuit as it stands now; null: it is closed, the platform answers.
 */
export async function tryCircuitNow(ctx: Ctx, connectionId: string): Promise<Circuit | null> {
  const now = ctx.clock.now();
  const changed = await ctx.db
    .updateTable('connections')
    .set({ circuit_probe_at: now, circuit_probes: 0, circuit_hold_at: new Date(now.getTime() + holdAfterMs) })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', connectionId)
    .where('circuit', '<>', 'closed')
    .returning(circuitColumns)
    .executeTakeFirst();
  if (!changed) return null;
  await announce(ctx, connectionId);
  return toCircuit(changed);
}

/** Job `deliveries.hold_circuits`, every minute: connections that stay open for too long pause their campaigns. */
export async function holdCircuits(base: BaseCtx): Promise<void> {
  const now = base.clock.now();
  const isOverdue = sql<boolean>`(n.circuit <> 'closed' AND n.circuit_hold_at <= ${now} AND n.deleted_at IS NULL)`;
  const overdue = await base.db
    .selectFrom('connections as n')
    .select(['n.workspace_id', 'n.id', 'n.name', 'n.circuit_reason'])
    .where(isOverdue)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('runs as r')
          .select('r.id')
          .whereRef('r.connection_id', '=', 'n.id')
          .where('r.status', '=', 'active'),
      ),
    )
    .execute();
  for (const row of overdue)
    await holdRuns(
      base,
      {
        workspaceId: row.workspace_id,
        connectionId: row.id,
        reason: heldWords(row.name, row.circuit_reason),
      },
      isOverdue,
    );
}
