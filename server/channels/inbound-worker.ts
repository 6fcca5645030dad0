// The inbound work of one connection on the node that owns it: settle how messages come in, poll if need be, and drain.
import type { BaseCtx } from '../platform/context.ts';
import { AppError } from '../platform/errors.ts';
import { breakConnection, setHealth } from './accounts.ts';
import type { ConnectionRef } from './connection.ts';
import { drainUpdates, type HandleInbound } from './drain.ts';
import { backoffMs, pollConnection } from './poller.ts';
import { settleReceiving } from './receiving.ts';

export interface InboundWorker {
  /** `broken`: only what is already stored is worked off. */
  readonly mode: 'webhook' | 'polling' | 'broken';
  /** Something may be waiting. */
  wake(): void;
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

const tellAfterFailures = 3;

export function startWorker(
  base: BaseCtx,
  connection: ConnectionRef,
  mode: InboundWorker['mode'],
  handle: HandleInbound,
): InboundWorker {
  const stopping = new AbortController();
  const { signal } = stopping;
  let current = mode;
  let ring = () => {};
  let isWaiting = true;

  const wake = () => {
    isWaiting = true;
    ring();
  };

  async function drainLoop(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      isWaiting = false;
      try {
        await drainUpdates(base, connection, handle, signal);
        failures = 0;
      } catch (error) {
        failures += 1;
        isWaiting = true;
        base.log.warn({ err: error, connection: connection.id }, 'inbound updates wait for the database');
        await base.clock.sleep(backoffMs(failures), signal);
      }
      // until somebody wakes or stops us
      if (!isWaiting && !signal.aborted) await new Promise<void>((resolve) => (ring = resolve));
    }
  }

  async function receive(): Promise<void> {
    for (let failures = 1; mode !== 'broken' && !signal.aborted; failures++) {
      try {
        if ((await settleReceiving(base, connection.id)) === 'polling')
          await pollConnection(base, connection, wake, signal);
        return;
      } catch (error) {
        base.log.warn({ err: error, connection: connection.id }, 'how messages come in is not settled yet');
        if (error instanceof AppError && error.code === 'CREDENTIALS_REJECTED')
          return void (await breakConnection(base, connection.id, error.message));
        if (error instanceof AppError && failures === tellAfterFailures)
          await setHealth(base, connection.id, { problem: error.message }).catch(() => {});
        await base.clock.sleep(backoffMs(failures, error), signal);
      }
    }
  }

  // a poller that ended leaves a worker that only drains: the next look compares that with the row
  const receiving = receive().finally(() => {
    if (mode === 'polling') current = 'broken';
  });
  const parts = [drainLoop(), receiving];
  const done = Promise.allSettled(parts).then((results) => {
    for (const result of results)
      if (result.status === 'rejected')
        base.log.error({ err: result.reason, connection: connection.id }, 'inbound work ended by an error');
  });
  return {
    get mode() {
      return current;
    },
    wake,
    async stop() {
      stopping.abort();
      ring();
      await done;
    },
  };
}
