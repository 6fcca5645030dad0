// All lanes of this node: finds connections with work, takes their lease, runs a lane for each, and lets go. Where a lane
// runs is only a matter of pacing; nothing here is needed for correctness.
import { sql } from 'kysely';
import type { BaseCtx } from '../platform/context.ts';
import type { Leases } from '../platform/db/leases.ts';
import { type Lane, type LaneNews, type OpenAccount, startLane } from './lane.ts';
import { lanesOwned } from './metrics.ts';
import { createRecorder } from './record.ts';

const lookEveryMs = 1000;

export interface LaneHost {
  stop(): Promise<void>;
  owned(): string[];
}

export interface LaneHostDeps {
  leases: Leases;
  /** Opens secrets and adapter of a connection; null when it is gone or not working. */
  open(base: BaseCtx, connectionId: string): Promise<OpenAccount | null>;
  news: LaneNews;
}

export function startLanes(base: BaseCtx, deps: LaneHostDeps): LaneHost {
  const recorder = createRecorder(base);
  const lanes = new Map<string, Lane>();
  let stopped = false;
  let looking: Promise<void> | null = null;

  const unsubscribe = base.hub.subscribe((news) => {
    if (news.topic !== 'outbound' && news.topic !== 'connection') return;
    const lane = lanes.get(news.connectionId);
    if (lane) lane.wake();
    else void look();
  });
  const timer = setInterval(() => void look(), lookEveryMs);
  deps.leases.onLost((keys) => {
    for (const key of keys) void lanes.get(key.replace(/^lane:/, ''))?.stop();
  });

  function look(): Promise<void> {
    if (stopped) return Promise.resolve();
    looking ??= takeWork()
      .catch((error) => base.log.warn({ err: error }, 'looking for work failed; it is tried again'))
      .finally(() => {
        looking = null;
      });
    return looking;
  }

  async function takeWork(): Promise<void> {
    for (const connectionId of await connectionsWithWork(base)) {
      if (lanes.has(connectionId) || stopped) continue;
      const key = `lane:${connectionId}`;
      if (!(await deps.leases.tryAcquire(key))) continue;
      const open = await deps.open(base, connectionId).catch((error) => {
        // one connection that cannot be opened must not keep the others from sending
        base.log.warn({ err: error, connection: connectionId }, 'a connection cannot be opened');
        return null;
      });
      if (!open || stopped) {
        await deps.leases.release(key);
        continue;
      }
      const lane = startLane(base, open, recorder, deps.news);
      lanes.set(connectionId, lane);
      lanesOwned.set(lanes.size);
      void lane.ended.then(async () => {
        lanes.delete(connectionId);
        lanesOwned.set(lanes.size);
        await deps.leases.release(key);
      });
    }
  }

  void look();
  return {
    owned: () => [...lanes.keys()],
    async stop() {
      stopped = true;
      clearInterval(timer);
      unsubscribe();
      await looking;
      await Promise.all([...lanes.values()].map((lane) => lane.stop()));
      await recorder.stop();
    },
  };
}

/** Connected accounts with an active run, a direct row that is due, or rows left in `sending` by a dead owner. */
async function connectionsWithWork(base: BaseCtx): Promise<string[]> {
  const now = base.clock.now();
  const rows = await sql<{ id: string }>`
    SELECT c.id FROM connections c
    WHERE c.deleted_at IS NULL AND c.status = 'connected' AND (
      EXISTS (SELECT 1 FROM runs r WHERE r.connection_id = c.id AND r.status = 'active')
      OR EXISTS (SELECT 1 FROM deliveries d WHERE d.connection_id = c.id AND d.state = 'queued' AND d.run_id IS NULL AND d.due_at <= ${now})
      OR EXISTS (SELECT 1 FROM deliveries d WHERE d.connection_id = c.id AND d.state = 'sending'))`.execute(
    base.db,
  );
  return rows.rows.map((row) => row.id);
}
