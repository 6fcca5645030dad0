// A node's own row: written every two seconds while it lives, gone when it has stopped cleanly. Started by node.ts. Nobody's
// message depends on it: it tells people who runs what, and workers how many they are.
import os from 'node:os';
import { sql } from 'kysely';
import type { NodeRole } from '../../contract/nodes.ts';
import type { BaseCtx } from '../platform/context.ts';
import { type Leases, lockHolders, lockNumber, locksHeld } from '../platform/db/leases.ts';
import { beatEveryMs, cutOffAfterSeconds, forgottenAfterSeconds, lostAfterSeconds } from './node.ts';

export interface PresenceDeps {
  id: string;
  /** Holds the node's own lock, by which the others see at once that it is no more. */
  leases: Pick<Leases, 'tryAcquire'>;
  role: NodeRole;
  version: string;
  /** Connections whose lanes run here, and how many outcomes this node has recorded since its start. */
  work(): Promise<{ lanes: string[]; outcomes: number }>;
}

export interface Presence {
  /** Living nodes that run lanes, this one included; at least 1. As of the last heartbeat. */
  workers(): number;
  /** From now on it shows as stopping, and others stop counting on it. */
  leave(): Promise<void>;
  /** Ends the heartbeat and takes the row away. Never rejects: a row that stays is shown as lost and forgotten later. */
  stop(): Promise<void>;
}

/** Resolves after the first heartbeat. Rejects when the database is away. */
export async function startPresence(base: BaseCtx, deps: PresenceDeps): Promise<Presence> {
  const stopping = new AbortController();
  let isLeaving = false;
  let workers = 1;
  let last = { atMs: base.clock.elapsedMs(), outcomes: (await deps.work()).outcomes };

  const lease = `node:${deps.id}`;

  async function beat(): Promise<void> {
    const lock = (await deps.leases.tryAcquire(lease)) ? lockNumber(lease) : null;
    const { lanes, outcomes } = await deps.work();
    const atMs = base.clock.elapsedMs();
    const seconds = (atMs - last.atMs) / 1000;
    const perSecond = seconds > 0 ? (outcomes - last.outcomes) / seconds : 0;
    last = { atMs, outcomes };
    const answer = await sql<{ workers: number }>`
      INSERT INTO nodes (id, host, pid, role, version, started_at, heartbeat_at, stopping_at, lease, lanes, sends_per_second, memory_bytes)
      VALUES (${deps.id}, ${os.hostname()}, ${process.pid}, ${deps.role}, ${deps.version}, clock_timestamp(), clock_timestamp(),
        CASE WHEN ${isLeaving} THEN clock_timestamp() END, ${lock}::bigint, ${lanes}::uuid[], ${perSecond}, ${process.memoryUsage.rss()})
      ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at, lease = excluded.lease, lanes = excluded.lanes,
        stopping_at = coalesce(nodes.stopping_at, excluded.stopping_at),
        sends_per_second = excluded.sends_per_second, memory_bytes = excluded.memory_bytes
      RETURNING (SELECT count(*) FROM nodes n
        WHERE n.id <> ${deps.id} AND n.role <> 'web' AND n.stopping_at IS NULL
          AND n.heartbeat_at > clock_timestamp() - make_interval(secs => ${lostAfterSeconds})
          AND (n.lease IS NULL OR n.lease IN (${sql.raw(locksHeld)}))) AS workers`.execute(base.db);
    workers = (answer.rows[0]?.workers ?? 0) + 1;
  }

  const notBeaten = (error: unknown) =>
    base.log.warn({ err: error }, 'the heartbeat could not be written; it is tried again');
  await beat();
  const beating = (async () => {
    while (!stopping.signal.aborted) {
      await base.clock.sleep(beatEveryMs, stopping.signal);
      if (!stopping.signal.aborted)
        await beat()
          .then(() => cutOffSilent(base))
          .catch(notBeaten);
    }
  })();
  return {
    workers: () => workers,
    async leave() {
      isLeaving = true;
      await beat().catch(notBeaten);
    },
    async stop() {
      stopping.abort();
      await beating;
      await base.db
        .deleteFrom('nodes')
        .where('id', '=', deps.id)
        .execute()
        .catch((error) => base.log.warn({ err: error }, 'the entry of this node could not be removed'));
    },
  };
}

/**
 * Nodes that are silent and still hold their locks (stopped, swapped out, a machine asleep): their lease sessions are ended, so
 * that others get the lanes. Who wakes up finds its leases lost and begins anew.
 */
async function cutOffSilent(base: BaseCtx): Promise<void> {
  const cut = await sql<{ host: string; pid: number }>`
    SELECT n.host, n.pid, pg_terminate_backend(l.pid) AS ended FROM nodes n
    JOIN (${sql.raw(lockHolders)}) l ON l.lock = n.lease
    WHERE n.heartbeat_at < clock_timestamp() - make_interval(secs => ${cutOffAfterSeconds})`.execute(base.db);
  for (const node of cut.rows)
    base.log.warn({ node }, 'a node that was silent and held its lanes was cut off');
}

/** Job `nodes.forget`, every ten minutes: entries of nodes that nobody has heard of for an hour. */
export async function forgetLostNodes(base: BaseCtx): Promise<void> {
  await sql`DELETE FROM nodes WHERE heartbeat_at < clock_timestamp() - make_interval(secs => ${forgottenAfterSeconds})`.execute(
    base.db,
  );
}
