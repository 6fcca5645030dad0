// What a lane sends next: rows claimed ahead, by at most a second's worth, from the direct messages of its connection and
// from each of its active runs. Direct rows (replies, tests) always go first; runs take turns.
import { type TokenBucket, tokenBucket } from '../channels/pacing.ts';
import type { BaseCtx } from '../platform/context.ts';
import { type Claimed, giveBack } from './claim.ts';
import type { RunPlan } from './dispatch.ts';
import type { Ledger } from './ledger.ts';

interface RunFeed {
  plan: RunPlan;
  rows: Claimed[];
  /** The campaign's own messages per minute, below the platform's. */
  bucket: TokenBucket | null;
  exhausted: boolean;
}

export interface Feeds {
  /** Which runs are active now. What is held of the others goes back unsent; everything may have new rows. */
  refresh(runIds: string[]): Promise<void>;
  /** Rows may have come due, or new ones been written: claims are tried again everywhere. */
  mayHaveMore(): void;
  /** Claims more where little is left. The claims under way, null when there is nothing to claim. */
  refill(rate: number): Promise<unknown> | null;
  /** The most urgent row that may go now, or the milliseconds until one may; null when nothing is held. */
  next(nowMs: number): { row: Claimed; plan: RunPlan | null } | { waitMs: number } | null;
  /** Gives everything held back to the ledger, unsent. */
  release(dueAt: Date | null): Promise<void>;
  /** Resolves when no claim is under way any more. */
  settled(): Promise<void>;
  activeRuns(): string[];
}

export function createFeeds(base: BaseCtx, ledger: Ledger, connectionId: string, claim: string): Feeds {
  const direct: Claimed[] = [];
  const runs = new Map<string, RunFeed>();
  let directWaiting = true;
  let refilling: Promise<unknown> | null = null;
  let turn = 0;

  async function refresh(runIds: string[]): Promise<void> {
    const active = new Set(runIds);
    for (const [id, feed] of runs)
      if (!active.has(id)) {
        runs.delete(id);
        await giveBack(base, feed.rows, claim, null);
      }
    for (const id of runIds) {
      const plan = runs.has(id) ? null : await ledger.plan(id);
      if (plan) runs.set(id, feedOf(plan, base.clock.elapsedMs()));
    }
    mayHaveMore();
  }

  function mayHaveMore(): void {
    directWaiting = true;
    for (const feed of runs.values()) feed.exhausted = false;
  }

  function refill(rate: number): Promise<unknown> | null {
    if (refilling) return refilling;
    const share = Math.max(1, Math.floor(rate / 2));
    const perRun = Math.max(1, Math.floor(share / Math.max(1, runs.size)));
    const claims: Promise<unknown>[] = [];
    if (directWaiting && direct.length < share) claims.push(claimDirect(share));
    for (const feed of runs.values()) {
      const own = feed.bucket ? Math.max(1, Math.min(perRun, Math.floor(feed.bucket.rate() / 2))) : perRun;
      if (!feed.exhausted && feed.rows.length <= own / 2) claims.push(claimFor(feed, own));
    }
    if (claims.length === 0) return null;
    refilling = Promise.all(claims).finally(() => {
      refilling = null;
    });
    return refilling;
  }

  async function claimDirect(limit: number): Promise<void> {
    directWaiting = false;
    const taken = await ledger.claimDirect({ from: connectionId, claim, limit });
    direct.push(...taken.rows);
    if (taken.more) directWaiting = true;
  }

  async function claimFor(feed: RunFeed, limit: number): Promise<void> {
    const taken = await ledger.claimOfRun({ from: feed.plan.id, claim, limit });
    // the run may have been paused while the claim was under way
    if (runs.get(feed.plan.id) !== feed) return giveBack(base, taken.rows, claim, null);
    feed.rows.push(...taken.rows);
    if (!taken.more) feed.exhausted = true;
  }

  return {
    refresh,
    mayHaveMore,
    refill,
    next(nowMs) {
      const row = direct.shift();
      if (row) return { row, plan: null };
      let waitMs = Number.POSITIVE_INFINITY;
      const feeds = [...runs.values()];
      for (let i = 0; i < feeds.length; i++) {
        const feed = feeds[(turn + i) % feeds.length];
        if (!feed || feed.rows.length === 0) continue;
        const wait = feed.bucket?.take(nowMs) ?? 0;
        if (wait === 0) {
          turn += i + 1;
          return { row: feed.rows.shift() as Claimed, plan: feed.plan };
        }
        waitMs = Math.min(waitMs, wait);
      }
      return waitMs === Number.POSITIVE_INFINITY ? null : { waitMs };
    },
    async release(dueAt) {
      await refilling?.catch(() => {});
      // taken out only once they are back: rows that cannot be given back now are still held
      const rows = [...direct, ...[...runs.values()].flatMap((feed) => feed.rows)];
      await giveBack(base, rows, claim, dueAt);
      direct.length = 0;
      for (const feed of runs.values()) feed.rows.length = 0;
      mayHaveMore();
    },
    async settled() {
      await refilling?.catch(() => {});
    },
    activeRuns: () => [...runs.keys()],
  };
}

function feedOf(plan: RunPlan, nowMs: number): RunFeed {
  const perMinute = plan.settings.messages_per_minute;
  return {
    plan,
    rows: [],
    bucket: perMinute ? tokenBucket(perMinute / 60, 1, nowMs) : null,
    exhausted: false,
  };
}
