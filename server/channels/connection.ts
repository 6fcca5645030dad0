// A connection's row and what the wire shows of it. Pure.
import { factsOf } from '../../contract/channel-facts.ts';
import type { AccountHealth, Channel, Circuit, Connection } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Config } from '../platform/config.ts';
import type { Adapter, Pace } from './channel.ts';

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
  platform_rate: number | null;
  health: unknown;
  health_at: Date | null;
  version: number;
  created_at: Date;
  reachable_contacts: number;
  people_done: number;
  people_total: number | null;
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
    rate_per_second: row.learned_rate ?? perSecondOf(row, adapter.pace),
    circuit: toCircuit(row),
    health: row.health_at && {
      ...(row.health as AccountHealth),
      checked_at: row.health_at.toISOString(),
    },
    reachable_contacts: row.reachable_contacts,
    finding_people: row.people_total === null ? null : { done: row.people_done, total: row.people_total },
    warm_up: { day_limits: row.warm_up_day_limits, started_on: row.warm_up_started_on },
    version: row.version,
    created_at: row.created_at.toISOString(),
  };
}

/** What the platform allows this very account, or else every account. */
export function perSecondOf(row: { platform_rate: number | null }, pace: Pace): number {
  return row.platform_rate ?? pace.perSecond;
}

/** What people know the account by: "@shop_bot", "+44 …" without the blanks, or its name. */
export function handleOf(channel: string, who: { username: string | null; name: string }): string {
  if (!who.username) return who.name;
  return `${factsOf(channel)?.handleMark ?? ''}${who.username}`;
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

const apis: Record<Channel, (config: Config) => { root: string | null; version: string | null }> = {
  telegram: (config) => ({ root: config.telegramApiRoot, version: null }),
  whatsapp: (config) => ({ root: config.whatsappApiRoot, version: config.whatsappApiVersion }),
  website: () => ({ root: null, version: null }),
};

/** Where the platform's API is for a connection; null: it lives in a sandbox that does not run. */
export function apiRootOf(config: Config, channel: string, isSandbox: boolean): string | null {
  const { root, version } = apis[channel as Channel](config);
  const at = isSandbox ? config.sandboxUrl : root;
  return at && (version === null ? at : `${at}/${version}`);
}

/** The place a connection's secrets are sealed for (platform/crypto.ts). */
export function credentialsPlace(connectionId: string): string {
  return `connections/${connectionId}/credentials`;
}

/** The address of its webhooks below an origin. */
export function hookPath(connection: { id: string; channel: string }): string {
  return `/hooks/${connection.channel}/${toWireId('con', connection.id)}`;
}

/**
 * The address the platform delivers updates to; null: none, we poll if the platform lets us. Both deliver to https alone
 * (Bot API 10.1, setWebhook, 2026-06-11; Cloud API, webhooks, 2026-11-20). The sandbox is on this machine, where a way through
 * the world would only be a detour: it is polled, or delivers to this node.
 */
export function webhookUrl(
  config: Config,
  connection: { id: string; channel: string; sandbox: boolean },
  polls: boolean,
): string | null {
  const origin = connection.sandbox
    ? polls
      ? null
      : config.ownUrl
    : config.publicUrl?.startsWith('https://')
      ? config.publicUrl
      : null;
  return origin && `${origin}${hookPath(connection)}`;
}
