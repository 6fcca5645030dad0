// Everything that comes in. Of all nodes, the one that holds the lease `inbound:<connection>` polls (where there is no
// webhook) and drains the stored updates in order. Wakes by the hub, and looks by itself every two seconds.
import { sql } from 'kysely';
import type { Channel } from '../../contract/connections.ts';
import type { BaseCtx } from '../platform/context.ts';
import type { Leases } from '../platform/db/leases.ts';
import type { ConnectionRef } from './connection.ts';
import type { HandleInbound } from './drain.ts';
import { type InboundWorker, startWorker } from './inbound-worker.ts';
import { paceOf } from './registry.ts';

export interface Inbound {
  /** Ends polls and finishes the update in hand; leases are free afterwards. */
  stop(): Promise<void>;
}

const lookEveryMs = 2000;
const leaseOf = (connectionId: string) => `inbound:${connectionId}`;

export function startInbound(base: BaseCtx, leases: Leases, handle: HandleInbound): Inbound {
  const workers = new Map<string, InboundWorker>();
  const stopping = new AbortController();
  let looking: Promise<void> | null = null;
  let lookAgain = false;

  async function look(): Promise<void> {
    const rows = await readConnections(base);
    const present = new Set(rows.map((row) => row.ref.id));
    for (const [id, worker] of workers) if (!present.has(id)) await drop(id, worker);
    for (const row of rows) {
      if (stopping.signal.aborted) return;
      const { ref, mode } = row;
      const worker = workers.get(ref.id);
      if (worker?.mode === mode) {
        if (row.isWaiting) worker.wake();
        continue;
      }
      if (worker) await stopWorker(ref.id, worker);
      if (await leases.tryAcquire(leaseOf(ref.id))) workers.set(ref.id, startWorker(base, ref, mode, handle));
    }
  }

  /** One look at a time; a call during a look makes another one follow. */
  function lookSoon(): void {
    lookAgain = true;
    looking ??= (async () => {
      while (lookAgain && !stopping.signal.aborted) {
        lookAgain = false;
        await look().catch((error) => base.log.warn({ err: error }, 'inbound work could not be looked up'));
      }
      looking = null;
    })();
  }

  async function stopWorker(id: string, worker: InboundWorker): Promise<void> {
    workers.delete(id);
    await worker.stop();
  }
  async function drop(id: string, worker: InboundWorker): Promise<void> {
    await stopWorker(id, worker);
    await leases.release(leaseOf(id));
  }

  const unsubscribe = base.hub.subscribe((news) => {
    if (news.topic === 'inbound' || news.topic === 'connection') workers.get(news.connectionId)?.wake();
    if (news.topic === 'connection') lookSoon();
  });
  leases.onLost((keys) => {
    for (const [id, worker] of workers) if (keys.includes(leaseOf(id))) void stopWorker(id, worker);
  });
  const ticking = (async () => {
    while (!stopping.signal.aborted) {
      lookSoon();
      await base.clock.sleep(lookEveryMs, stopping.signal);
    }
  })();

  return {
    async stop() {
      stopping.abort();
      unsubscribe();
      await ticking;
      await looking;
      const ids = [...workers.keys()];
      await Promise.all([...workers].map(([id, worker]) => stopWorker(id, worker)));
      for (const id of ids) await leases.release(leaseOf(id));
    },
  };
}

/** `mode` is all that a worker's doing depends on: when it changes, the worker starts anew. */
async function readConnections(
  base: BaseCtx,
): Promise<{ ref: ConnectionRef; mode: InboundWorker['mode']; isWaiting: boolean }[]> {
  const rows = await base.db
    .selectFrom('connections')
    .select(['workspace_id', 'id', 'channel', 'username', 'status', 'receives_by'])
    .select(
      sql<boolean>`EXISTS (SELECT FROM inbound_updates u WHERE u.connection_id = connections.id AND u.processed_at IS NULL)`.as(
        'is_waiting',
      ),
    )
    .where('deleted_at', 'is', null)
    .execute();
  const ours = rows.filter((row) => paceOf(row.channel as Channel) !== null);
  return ours.map((row) => ({
    ref: {
      workspaceId: row.workspace_id,
      id: row.id,
      channel: row.channel as Channel,
      username: row.username,
    },
    mode: row.status === 'connected' ? (row.receives_by as 'webhook' | 'polling') : 'broken',
    isWaiting: row.is_waiting,
  }));
}
