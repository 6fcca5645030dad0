// Fetches updates of one connection by long polling and stores them. Run only by the node that holds the inbound lease:
// two pollers of one bot throw each other out.
import type { BaseCtx } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { breakConnection, openAccount, setHealth } from './accounts.ts';
import type { ConnectionRef } from './connection.ts';
import { findAnywhere } from './store.ts';
import { storeUpdates } from './updates.ts';

const waitSeconds = 25;
/** A day less than the week, for clocks that differ. */
const renumberAfterMs = 6 * 86_400_000;
/** After a failure the next poll is short: success should be known soon, not after a long silence. */
const probeSeconds = 1;
const firstBackoffMs = 1000;
const longestWaitMs = 3_600_000;
const maxBackoffMs = 30_000;
/** A failover or a hiccup passes by itself; after so many failures a person should know. */
const tellAfterFailures = 3;
/** Two pollers take turns, so conflicts and successes alternate: conflicts are counted over this time. */
const conflictWindowMs = 60_000;

/** Ends when the signal aborts, the connection is gone, or the platform refuses the credentials for good. */
export async function pollConnection(
  base: BaseCtx,
  connection: ConnectionRef,
  onStored: () => void,
  signal: AbortSignal,
): Promise<void> {
  const of = { workspaceId: connection.workspaceId, connectionId: connection.id };
  let failures = 0;
  let conflicts: number[] = [];
  let told = false;
  const tell = async (problem: string | null) => {
    told = problem !== null;
    await setHealth(base, connection.id, { problem });
  };
  while (!signal.aborted) {
    try {
      // opened anew for every poll: a new token or a removed connection is noticed here
      const open = await openAccount(base, connection.id);
      const row = await findAnywhere(base, connection.id);
      if (!open?.adapter.poll || !row || open.status !== 'connected') return;
      const seconds = failures > 0 ? probeSeconds : waitSeconds;
      const offset = offsetOf(row, base.clock.now());
      const got = await open.adapter.poll(open.account, offset, seconds, signal);
      if (got.nextOffset !== offset) {
        await storeUpdates(base, of, got.updates, got.nextOffset);
        onStored();
      }
      failures = 0;
      conflicts = recent(conflicts, base.clock.now());
      if (told && conflicts.length === 0) await tell(null);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof AppError && error.code === 'CREDENTIALS_REJECTED')
        return void (await breakConnection(base, connection.id, error.message));
      failures += 1;
      base.log.warn({ err: error, connection: connection.id, failures }, 'polling failed');
      if (isConflict(error)) conflicts = [...recent(conflicts, base.clock.now()), base.clock.now().getTime()];
      const problem = problemOf(error, failures, conflicts.length);
      if (problem) await tell(problem).catch(() => {});
      await base.clock.sleep(backoffMs(failures, error), signal);
    }
  }
}

/**
 * Where to read on. After a week without updates Telegram chooses the next number at random (Bot API 10.1, Update.update_id,
 * 2026-06-11); an offset above it would confirm and lose what comes. From the beginning is safe: a repeated update is known.
 */
export function offsetOf(row: { poll_offset: number; polled_at: Date | null }, now: Date): number {
  const silentMs = row.polled_at ? now.getTime() - row.polled_at.getTime() : 0;
  return silentMs > renumberAfterMs ? 0 : row.poll_offset;
}

/**
 * Jittered, so that many bots do not come back to a recovering platform in one wave. Whatever the platform asks for, once an hour
 * somebody looks: a wait of weeks is a mistake of somebody's, and would outlast its mending.
 */
export function backoffMs(failures: number, error?: unknown): number {
  const askedFor = error instanceof AppError ? Math.min(error.retryAfterMs ?? 0, longestWaitMs) : null;
  const grown = Math.min(firstBackoffMs * 2 ** (failures - 1), maxBackoffMs);
  return Math.max(askedFor ?? 0, grown / 2) + (Math.random() * grown) / 2;
}

/** 409: "terminated by other getUpdates request" or "webhook is active" (reference/telegram.md section 5, 2026-11-20). */
function isConflict(error: unknown): boolean {
  return error instanceof AppError && error.message.includes('Conflict');
}

function recent(times: number[], now: Date): number[] {
  return times.filter((time) => time > now.getTime() - conflictWindowMs);
}

/** What a person should read by now, or null: our own database's trouble is not the connection's. */
function problemOf(error: unknown, failures: number, conflicts: number): string | null {
  if (conflicts >= tellAfterFailures)
    return 'Another program fetches the messages of this bot, so some never arrive here. Stop it there, then press "Test".';
  if (failures < tellAfterFailures || !(error instanceof AppError) || isConflict(error)) return null;
  return error.message;
}
