// Fetches updates of one connection by long polling and stores them. Run only by the node that holds the inbound lease:
// two pollers of one bot throw each other out.
import type { BaseCtx } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { breakConnection, openAccount, setHealth } from './accounts.ts';
import type { ConnectionRef } from './connection.ts';
import { findAnywhere } from './store.ts';
import { storeUpdates } from './updates.ts';

const waitSeconds = 25;
const firstBackoffMs = 1000;
const maxBackoffMs = 30_000;
/** A failover or a hiccup passes by itself; after so many failures in a row a person should know. */
const tellAfterFailures = 3;

/** Ends when the signal aborts, the connection is gone, or the platform refuses the credentials for good. */
export async function pollConnection(
  base: BaseCtx,
  connection: ConnectionRef,
  onStored: () => void,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      // opened anew for every poll: a new token or a removed connection is noticed here
      const open = await openAccount(base, connection.id);
      const row = await findAnywhere(base, connection.id);
      if (!open || !row || open.status !== 'connected') return;
      const { updates, nextOffset } = await open.adapter.poll(
        open.account,
        row.poll_offset,
        waitSeconds,
        signal,
      );
      if (nextOffset !== row.poll_offset) {
        const of = { workspaceId: connection.workspaceId, connectionId: connection.id };
        await storeUpdates(base, of, updates, nextOffset);
        onStored();
      }
      if (failures >= tellAfterFailures) await setHealth(base, connection.id, { problem: null });
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof AppError && error.code === 'CREDENTIALS_REJECTED')
        return await breakConnection(base, connection.id, error.message);
      failures += 1;
      base.log.warn({ err: error, connection: connection.id, failures }, 'polling failed');
      if (failures === tellAfterFailures) await tell(base, connection.id, error);
      await base.clock.sleep(backoffMs(failures, error), signal);
    }
  }
}

/** Jittered, so that many bots do not come back to a recovering platform in one wave. */
export function backoffMs(failures: number, error?: unknown): number {
  const askedFor = error instanceof AppError ? error.retryAfterMs : null;
  const grown = Math.min(firstBackoffMs * 2 ** (failures - 1), maxBackoffMs);
  return Math.max(askedFor ?? 0, grown / 2) + (Math.random() * grown) / 2;
}

async function tell(base: BaseCtx, connectionId: string, error: unknown): Promise<void> {
  if (!(error instanceof AppError)) return;
  const conflict =
    'Another program fetches the messages of this bot, so none arrive here. Stop it there, then press "Test".';
  const problem = error.message.includes('Conflict') ? conflict : error.message;
  await setHealth(base, connectionId, { problem }).catch(() => {});
}
