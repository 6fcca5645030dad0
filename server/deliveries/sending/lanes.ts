// All lanes of this node: finds connections with work, takes their leases, runs a lane for each, ticks them, and lets go.
// With other nodes about it keeps to its share (nodes/share.ts). Where a lane runs is only a matter of pacing; nothing here
// is needed for correctness.
import { sql } from 'kysely';
import { createShare } from '../../nodes/share.ts';
import type { BaseCtx } from '../../platform/context.ts';
import type { Leases } from '../../platform/db/leases.ts';
import { lanesOwned } from '../metrics.ts';
import { createMinutes } from '../pace/minutes.ts';
import { directIsHeld, runIsHeld } from '../runs/hold.ts';
import { createStepWatch, waitAnew } from './clock-step.ts';
import { type Lane, startLane } from './lane.ts';
import type { LaneNews, LaneParts, OpenAccount } from './lane-parts.ts';
import { createLedger } from './ledger.ts';
import { createRecorder } from './record.ts';

const lookEveryMs = 1000;
/** A lane's bucket holds a tenth of a second, so a tenth of that loses nothing of its rate. */
const tickMs = 10;
/** Connections opened at once when many have work: each is a query and a decryption. */
const openAtOnce = 8;

export interface LaneHost {
  stop(): Promise<void>;
  owned(): string[];
}

export interface LaneHostDeps {
  leases: Leases;
  /** Opens secrets and adapter of a connection; null when it is gone or not working. */
  open(base: BaseCtx, connectionId: string): Promise<OpenAccount | null>;
  news: LaneNews;
  /** Living nodes that run lanes, this one included. */
  workers(): number;
}

export function startLanes(base: BaseCtx, deps: LaneHostDeps): LaneHost {
  const parts: LaneParts = {
    ledger: createLedger(base),
    recorder: createRecorder(base),
    minutes: createMinutes(base),
    news: deps.news,
    owns: (connectionId) => deps.leases.held(leaseOf(connectionId)),
  };
  const lanes = new Map<string, Lane>();
  /** Lanes on their way to another node: they end as soon as their answers are in. */
  const leaving = new Set<string>();
  const share = createShare();
  let stopped = false;
  let looking: Promise<void> | null = null;

  const unsubscribe = base.hub.subscribe((news) => {
    if (news.topic !== 'outbound' && news.topic !== 'connection') return;
    const lane = lanes.get(news.connectionId);
    if (lane) lane.wake();
    else void findWork();
  });
  const stepWatch = createStepWatch(base);
  const lookTimer = setInterval(() => {
    const setBackMs = stepWatch.setBackMs();
    if (setBackMs > 0) void mend(setBackMs);
    for (const lane of lanes.values()) lane.look();
    void findWork();
  }, lookEveryMs);
  const ticker = setInterval(() => {
    const now = base.clock.elapsedMs();
    for (const lane of lanes.values()) lane.tick(now);
  }, tickMs);
  deps.leases.onLost((keys) => {
    for (const key of keys) void lanes.get(key.replace(/^lane:/, ''))?.stop();
  });

  async function mend(setBackMs: number): Promise<void> {
    try {
      const rows = await waitAnew(base);
      base.log.warn({ setBackMs, rows }, 'the clock was set back; what was put off waits no longer for it');
    } catch (error) {
      base.log.warn({ err: error, setBackMs }, 'the clock was set back; what was put off may wait for it');
    }
  }

  function findWork(): Promise<void> {
    if (stopped) return Promise.resolve();
    looking ??= takeWork()
      .catch((error) => base.log.warn({ err: error }, 'looking for work failed; it is tried again'))
      .finally(() => {
        looking = null;
      });
    return looking;
  }

  async function takeWork(): Promise<void> {
    const wanted = await wantedLanes();
    const taken = await deps.leases.tryAcquireAll(wanted.map(leaseOf));
    const mine = wanted.filter((id) => taken.has(leaseOf(id)));
    await Promise.all(
      Array.from({ length: openAtOnce }, async () => {
        for (let id = mine.pop(); id; id = mine.pop()) await run(id);
      }),
    );
  }

  /** What this node should take now. What it has beyond its share it lets go of, lane by lane. */
  async function wantedLanes(): Promise<string[]> {
    const busy = await connectionsWithWork(base);
    const others = busy.filter((id) => !lanes.has(id));
    const workers = deps.workers();
    // alone, whoever holds what need not be asked
    const free = workers > 1 ? await freeOf(others) : others;
    const { take, handOver } = share.decide({
      busy,
      mine: busy.filter((id) => lanes.has(id) && !leaving.has(id)),
      free,
      workers,
      nowMs: base.clock.elapsedMs(),
    });
    if (handOver.length > 0)
      base.log.info({ lanes: handOver.length, workers }, 'lanes are handed over to another node');
    for (const id of handOver) {
      leaving.add(id);
      void lanes.get(id)?.stop();
    }
    return take;
  }

  async function freeOf(connectionIds: string[]): Promise<string[]> {
    const free = new Set(await deps.leases.freeOf(connectionIds.map(leaseOf)));
    return connectionIds.filter((id) => free.has(leaseOf(id)));
  }

  async function run(connectionId: string): Promise<void> {
    const open = await openOrNull(connectionId);
    // opening takes a moment: by now another node may have the lease, and its rows must not be declared abandoned
    if (!open || stopped || !parts.owns(connectionId)) return deps.leases.release(leaseOf(connectionId));
    const lane = startLane(base, open, parts);
    lanes.set(connectionId, lane);
    lanesOwned.set(lanes.size);
    void lane.ended.then(async () => {
      lanes.delete(connectionId);
      leaving.delete(connectionId);
      lanesOwned.set(lanes.size);
      await deps.leases.release(leaseOf(connectionId));
    });
  }

  /** One connection that cannot be opened must not keep the others from sending. */
  async function openOrNull(connectionId: string): Promise<OpenAccount | null> {
    try {
      return stopped ? null : await deps.open(base, connectionId);
    } catch (error) {
      base.log.warn({ err: error, connection: connectionId }, 'a connection cannot be opened');
      return null;
    }
  }

  void findWork();
  return {
    owned: () => [...lanes.keys()],
    async stop() {
      stopped = true;
      clearInterval(lookTimer);
      unsubscribe();
      await looking;
      await Promise.all([...lanes.values()].map((lane) => lane.stop()));
      clearInterval(ticker);
      await parts.recorder.stop();
      await parts.minutes.stop();
    },
  };
}

const leaseOf = (connectionId: string) => `lane:${connectionId}`;

/** Connected accounts with an active run, a direct row that is due, or rows left in `sending` by a dead owner. */
async function connectionsWithWork(base: BaseCtx): Promise<string[]> {
  const now = base.clock.now();
  const rows = await sql<{ id: string }>`
    SELECT n.id FROM connections n
    WHERE n.deleted_at IS NULL AND n.status = 'connected' AND (
      -- a platform that did not answer is asked again although nothing waits at present
      n.circuit = 'open'
      OR EXISTS (SELECT 1 FROM runs r WHERE r.connection_id = n.id AND r.status = 'active' AND NOT ${runIsHeld})
      OR (EXISTS (SELECT 1 FROM deliveries d WHERE d.connection_id = n.id AND d.state = 'queued' AND d.run_id IS NULL AND d.due_at <= ${now})
        AND NOT ${directIsHeld})
      OR EXISTS (SELECT 1 FROM deliveries d WHERE d.connection_id = n.id AND d.state = 'sending'))`.execute(
    base.db,
  );
  return rows.rows.map((row) => row.id);
}
