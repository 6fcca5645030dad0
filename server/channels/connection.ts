// A connection's row and what the wire shows of it. Pure.
import type { Channel, Circuit, Connection } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Config } from '../platform/config.ts';
import type { Adapter } from './channel.ts';

/** A connection as far as inbound work needs to know it. */
export interface ConnectionRef {
  workspaceId: string;
  id: string;
  channel: Channel;
  username: string | null;
}

export interface CircuitRow {
  circuit: string;
  circuit_since: Date | null;
  circuit_reason: string | null;
  circuit_probe_at: Date | null;
  circuit_hold_at: Date | null;
}

export interface KeptCircuitRow extends CircuitRow {
  circuit_probes: number;
}

export interface ConnectionRow extends CircuitRow {
  workspace_id: string;
  id: string;
  channel: string;
  name: string;
  status: string;
  problem: string | null;
  account_id: string;
  username: string | null;
  receives_by: string;
  sandbox: boolean;
  learned_rate: number | null;
  version: number;
  created_at: Date;
  reachable_contacts: number;
  warm_up_day_limits: number[] | null;
  warm_up_started_on: string | null;
}

export function toConnection(row: ConnectionRow, adapter: Adapter): Connection {
  return {
    id: toWireId('con', row.id),
    channel: row.channel as Channel,
    name: row.name,
    status: row.status as Connection['status'],
    problem: row.problem,
    identity: { username: row.username, id: row.account_id },
    receives_by: row.receives_by as Connection['receives_by'],
    sandbox: row.sandbox,
    rate_per_second: row.learned_rate ?? adapter.pace.perSecond,
    circuit: toCircuit(row),
    reachable_contacts: row.reachable_contacts,
    warm_up: { day_limits: row.warm_up_day_limits, started_on: row.warm_up_started_on },
    version: row.version,
    created_at: row.created_at.toISOString(),
  };
}

/** Null: it is closed, the platform answers. */
export function toCircuit(row: CircuitRow): Circuit | null {
  if (row.circuit === 'closed' || !row.circuit_since) return null;
  return {
    state: row.circuit as Circuit['state'],
    since: row.circuit_since.toISOString(),
    reason: row.circuit_reason ?? '',
    next_try_at: row.circuit === 'open' ? (row.circuit_probe_at?.toISOString() ?? null) : null,
    pauses_at: row.circuit_hold_at?.toISOString() ?? null,
  };
}

/** Where the platform's API is for a connection; null: it lives in a sandbox that does not run. */
export function apiRootOf(config: Config, isSandbox: boolean): string | null {
  return isSandbox ? config.sandboxUrl : config.telegramApiRoot;
}

/** The place a connection's secrets are sealed for (platform/crypto.ts). */
export function credentialsPlace(connectionId: string): string {
  return `connections/${connectionId}/credentials`;
}

/**
 * The address the platform delivers updates to; null: we poll. Telegram delivers to https alone (Bot API 10.1, setWebhook,
 * 2026-06-11), and the sandbox is on this machine, where a way through the world would only be a detour.
 */
export function webhookUrl(
  config: Config,
  connection: { id: string; channel: string; sandbox: boolean },
): string | null {
  if (connection.sandbox || !config.publicUrl?.startsWith('https://')) return null;
  return `${config.publicUrl}/hooks/${connection.channel}/${toWireId('con', connection.id)}`;
}
