// Opens a connection's account for whoever sends or receives through it, and marks it as broken when the platform says so.
import type { Channel } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import type { Account, Adapter } from './channel.ts';
import { apiRootOf, credentialsPlace, type KeptCircuitRow } from './connection.ts';
import { adapterOf } from './registry.ts';
import { type ConnectionChange, changeRow, findAnywhere } from './store.ts';

export interface OpenAccount {
  account: Account;
  adapter: Adapter;
  /** Messages per second that 429s taught; null: the adapter's declared pace. */
  learnedRate: number | null;
  /** What the platform grants this very account; its adapter's pace has it already. */
  platformRate: number | null;
  /** Whether a warm-up plan limits the campaign messages of a day. */
  isWarmingUp: boolean;
  version: number;
  status: 'connected' | 'error';
  username: string | null;
  name: string;
  /** What is known of the platform's trouble, as kept with the connection. */
  circuit: KeptCircuitRow;
}

/**
 * Null: there is no such connection any more. Throws CONNECTION_NOT_READY where it cannot be opened at present: secrets
 * sealed with another key, a sandbox that does not run.
 */
export async function openAccount(base: BaseCtx, connectionId: string): Promise<OpenAccount | null> {
  const row = await findAnywhere(base, connectionId);
  if (!row) return null;
  const apiRoot = apiRootOf(base.config, row.channel, row.sandbox);
  if (!apiRoot)
    throw new AppError(
      'CONNECTION_NOT_READY',
      'This connection lives in the sandbox, and the sandbox is off. Start with SANDBOX=on.',
    );
  return {
    account: {
      workspaceId: row.workspace_id,
      connectionId: row.id,
      apiRoot,
      credentials: openCredentials(base, row.id, row.credentials),
    },
    adapter: atPlatformRate(adapterOf(row.channel as Channel), row.platform_rate),
    learnedRate: row.learned_rate,
    platformRate: row.platform_rate,
    isWarmingUp: row.warm_up_day_limits !== null,
    version: row.version,
    status: row.status as OpenAccount['status'],
    username: row.username,
    name: row.name,
    circuit: row,
  };
}

function atPlatformRate(adapter: Adapter, perSecond: number | null): Adapter {
  return perSecond === null ? adapter : { ...adapter, pace: { ...adapter.pace, perSecond } };
}

/** Throws CONNECTION_NOT_READY where they were sealed with another key. */
export function openCredentials(base: BaseCtx, connectionId: string, sealed: Buffer): Record<string, string> {
  try {
    return JSON.parse(base.secrets.open(sealed, credentialsPlace(connectionId)));
  } catch (cause) {
    throw new AppError(
      'CONNECTION_NOT_READY',
      'The stored credentials do not open with the present encryption key. Restore ENCRYPTION_KEY or the encryption.key file of the data folder, or enter the token again.',
      { cause },
    );
  }
}

/**
 * Nothing goes out or comes in until a person mends it: `problem` tells them what is wrong and what to do. `version`: only
 * if the connection is still the one that was refused; returns false where a person has mended it meanwhile.
 */
export async function breakConnection(
  base: BaseCtx & Partial<Pick<Ctx, 'actor'>>,
  connectionId: string,
  problem: string,
  version?: number,
): Promise<boolean> {
  if (version !== undefined && (await findAnywhere(base, connectionId))?.version !== version) return false;
  await setHealth(base, connectionId, { status: 'error', problem });
  return true;
}

/** Writes status and problem where they differ from what stands there, and tells panel, lanes and pollers. */
export async function setHealth(
  base: BaseCtx,
  connectionId: string,
  health: Pick<ConnectionChange, 'problem' | 'status'>,
): Promise<void> {
  const row = await findAnywhere(base, connectionId);
  if (!row) return;
  const isSame = row.problem === health.problem && (health.status ?? row.status) === row.status;
  if (isSame) return;
  base.log.warn(
    { connection: toWireId('con', connectionId), ...health },
    'the health of a connection changed',
  );
  await inTransaction(asSystem(base, row.workspace_id), async (ctx) => {
    await changeRow(ctx, connectionId, health);
    if (health.status === 'error') {
      const hold = {
        workspaceId: row.workspace_id,
        connectionId,
        reason: health.problem ?? 'The connection does not work.',
      };
      await ctx.jobs.enqueue(ctx, 'deliveries.hold', hold, { key: connectionId });
    }
    await announce(ctx, connectionId);
  });
}

/** News of a changed connection: to the panel, and a wake-up to whoever works for it. */
export async function announce(ctx: Ctx, connectionId: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  const frame = { type: 'connection.changed' as const, connection_id: toWireId('con', connectionId) };
  await ctx.hub.publish(ctx, { topic: 'live', workspaceId, frame });
  await ctx.hub.publish(ctx, { topic: 'connection', connectionId });
}
