// What a lane sends next: rows claimed ahead, by at most a second's worth, from the direct messages of its connection and
// from each of its active runs. Direct rows (replies, tests) always go first; runs take turns.
import type { BaseCtx } from '../../platform/context.ts';
import { runThrottle, type Throttle } from '../pace/throttle.ts';
import type { DayBudget } from '../pace/warm-up.ts';
import { type Limits, limitsOn, type Pressure } from '../pressure/eligibility.ts';
import { type Claimed, giveBack, type Taken } from './claim.ts';
import type { RunPlan } from './dispatch.ts';
import type { Ledger, Planned } from './ledger.ts';

/** What is held of one active run. */
export interface RunFeed {
  plan: RunPlan;
  rows: Claimed[];
  /** The campaign's own speed, below the platform's. */
  throttle: Throttle;
  exhausted: boolean;
  claiming: boolean;
  /** The platform refused the campaign as a whole: nothing of it goes until the lane has looked again. */
  isStopped: boolean;
  underWay: number;
  /** When quietRuns last told of it, since it last sent. */
  toldAt: number;
  /** Frequency caps and quiet hours that bind it; null: none. */
  limits: Limits | null;
}

/** What a message goes by: the reserve for replies, the connection's rate, or the rate that is paid for. */
export type Kind = 'reply' | 'campaign' | 'paid';
/** Something asked per kind of message: a rate, a wait in milliseconds. */
export type PerKind = (kind: Kind) => number;

export interface Next {
  row: Claimed;
  plan: RunPlan | null;
  kind: Kind;
  /** Whose throttle counts it: its run may be paused and resumed while it is under way. Null: it belongs to no run. */
  feed: RunFeed | null;
}

export interface Feeds {
  /** Which runs are active now. What is held of the others goes back unsent; everything may have new rows. */
  refresh(runIds: string[], pressure: Pressure | null): Promise<void>;
  /** Rows may have come due, or new ones been written: claims are tried again everywhere. */
  mayHaveMore(): void;
  /** Claims more where little is left. The claims under way, null when there is nothing to claim. */
  refill(rate: PerKind): Promise<unknown> | null;
  /**
   * The most urgent row that may go now, or the milliseconds until one may; null when nothing is held. `idle`: nothing is
   * held, a batch is to begin by then.
   */
  next(nowMs: number, waitMs: PerKind): Next | { waitMs: number; idle: boolean } | null;
  /** The taken row is put off unsent, and given back by the caller. */
  putOff(taken: Next): void;
  /** The answer is there; `counts` false: it surely did not arrive, so it is no part of its batch or day. */
  answered(taken: Next, counts: boolean): void;
  /** Gives everything held back to the ledger, unsent. */
  release(dueAt: Date | null): Promise<void>;
  /** Resolves when no claim is under way any more. */
  settled(): Promise<void>;
  /** What is held has gone back by itself (the lane's end): the day has it again. */
  forget(): Promise<void>;
  activeRuns(): string[];
  /** Runs that hold nothing, have nothing under way and can claim nothing now; each is told again after `againMs`. */
  quietRuns(nowMs: number, againMs: number): string[];
  /** Something has changed: every quiet run is told anew. */
  mayBeQuiet(): void;
}

export function createFeeds(
  base: BaseCtx,
  ledger: Ledger,
  budget: DayBudget,
  connectionId: string,
  claim: string,
): Feeds {
  const direct: Claimed[] = [];
  const runs = new Map<string, RunFeed>();
  let directWaiting = true;
  let refilling: Promise<unknown> | null = null;
  let turn = 0;
  async function refresh(runIds: string[], pressure: Pressure | null): Promise<void> {
    const active = new Set(runIds);
    for (const [id, feed] of runs)
      if (!active.has(id)) {
        runs.delete(id);
        // taken out first: a release under way at this moment must not refund them as well
        const rows = feed.rows.splice(0);
        await giveBack(base, rows, claim, null);
        budget.refund(rows.length);
      }
    for (const id of runIds) {
      const planned = runs.has(id) ? null : await ledger.plan(id);
      if (planned) runs.set(id, feedOf(base, planned, pressure));
    }
    for (const feed of runs.values()) {
      feed.limits = limitsOn(pressure, feed.plan.settings);
      feed.isStopped = false;
    }
    mayHaveMore();
  }

  function mayHaveMore(): void {
    directWaiting = true;
    for (const feed of runs.values()) feed.exhausted = false;
  }

  function refill(rate: PerKind): Promise<unknown> | null {
    if (refilling) return refilling;
    const now = base.clock.elapsedMs();
    const claims: Promise<unknown>[] = [];
    const forDirect = Math.max(1, Math.floor(rate('reply') / 2));
    if (directWaiting && direct.length < forDirect) claims.push(claimDirect(forDirect));
    if (budget.isShort() && [...runs.values()].some((feed) => !feed.exhausted))
      void budget.refresh(forDirect);
    for (const feed of runs.values()) {
      const perRun = Math.max(1, Math.floor(rate(kindOf(feed)) / 2 / runs.size));
      if (feed.exhausted || feed.isStopped || feed.rows.length > perRun / 2) continue;
      const limit = budget.claimable(feed.throttle.claimable(perRun, feed.rows.length, now));
      if (limit > 0) claims.push(claimFor(feed, limit));
    }
    if (claims.length === 0) return null;
    refilling = allOf(claims).finally(() => {
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
    budget.spend(limit);
    const batch = feed.throttle.batch(base.clock.elapsedMs())?.number ?? null;
    const ask = { from: feed.plan.id, claim, limit, batch };
    let taken: Taken = { rows: [], more: true };
    feed.claiming = true;
    try {
      taken = await (feed.limits
        ? ledger.claimLimited({ ...ask, limits: feed.limits })
        : ledger.claimOfRun(ask));
    } finally {
      feed.claiming = false;
      budget.refund(limit - taken.rows.length);
    }
    // the run may have been paused while the claim was under way
    if (runs.get(feed.plan.id) !== feed) {
      await giveBack(base, taken.rows, claim, null);
      return budget.refund(taken.rows.length);
    }
    feed.rows.push(...taken.rows);
    if (!taken.more) feed.exhausted = true;
  }

  function isQuiet(feed: RunFeed, nowMs: number): boolean {
    if (feed.rows.length > 0 || feed.underWay > 0 || feed.claiming) return false;
    // a day that is used up or a pause between batches asks for no rows: nothing may be left all the same
    return feed.exhausted || budget.claimable(feed.throttle.claimable(1, 0, nowMs)) === 0;
  }

  /** 0: the feed's next row may go; else the milliseconds, Infinity where nothing of it is there. */
  function waitOf(feed: RunFeed, nowMs: number, waitMs: PerKind): number {
    if (feed.isStopped) return Number.POSITIVE_INFINITY;
    if (feed.rows.length === 0)
      return feed.exhausted
        ? Number.POSITIVE_INFINITY
        : feed.throttle.batch(nowMs)?.beginsInMs || Number.POSITIVE_INFINITY;
    // the platform's wait first: the throttle counts what it lets through
    return waitMs(kindOf(feed)) || feed.throttle.take(nowMs);
  }

  return {
    refresh,
    mayHaveMore,
    refill,
    next(nowMs, waitMs) {
      let wait = Number.POSITIVE_INFINITY;
      if (direct.length > 0) {
        wait = waitMs('reply');
        if (wait === 0) return { row: direct.shift() as Claimed, plan: null, kind: 'reply', feed: null };
      }
      const feeds = [...runs.values()];
      for (let i = 0; i < feeds.length; i++) {
        const feed = feeds[(turn + i) % feeds.length] as RunFeed;
        const feedWait = waitOf(feed, nowMs, waitMs);
        if (feedWait > 0) {
          wait = Math.min(wait, feedWait);
          continue;
        }
        turn += i + 1;
        const row = feed.rows.shift() as Claimed;
        feed.underWay += 1;
        feed.toldAt = Number.NEGATIVE_INFINITY;
        return { row, plan: feed.plan, kind: kindOf(feed), feed };
      }
      if (wait === Number.POSITIVE_INFINITY) return null;
      return { waitMs: wait, idle: direct.length === 0 && feeds.every((feed) => feed.rows.length === 0) };
    },
    putOff({ feed }) {
      if (!feed) return;
      feed.underWay -= 1;
      feed.throttle.untake();
      budget.refund(1);
    },
    answered({ feed }, counts) {
      if (!feed) return;
      feed.underWay -= 1;
      feed.throttle.settle(base.clock.elapsedMs(), counts);
      if (!counts) budget.refund(1);
    },
    async release(dueAt) {
      await refilling?.catch(() => {});
      // taken out only once they are back: rows that cannot be given back now are still held
      const rows = [...direct, ...[...runs.values()].flatMap((feed) => feed.rows)];
      await giveBack(base, rows, claim, dueAt);
      direct.length = 0;
      // what a refresh has taken out meanwhile is refunded there
      for (const feed of runs.values()) budget.refund(feed.rows.splice(0).length);
      mayHaveMore();
    },
    async settled() {
      await refilling?.catch(() => {});
    },
    async forget() {
      for (const feed of runs.values()) budget.refund(feed.rows.splice(0).length);
      await budget.release();
    },
    activeRuns: () => [...runs.keys()],
    quietRuns(nowMs, againMs) {
      const quiet: string[] = [];
      for (const feed of runs.values())
        if (nowMs - feed.toldAt >= againMs && isQuiet(feed, nowMs)) {
          feed.toldAt = nowMs;
          quiet.push(feed.plan.id);
        }
      return quiet;
    },
    mayBeQuiet() {
      for (const feed of runs.values()) feed.toldAt = Number.NEGATIVE_INFINITY;
    },
  };
}

/** Waits for every one, also when one fails: a claim that is still under way brings rows that must be given back. */
async function allOf(claims: Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(claims)).find((claim) => claim.status === 'rejected');
  if (failed) throw failed.reason;
}

const kindOf = (feed: RunFeed): Kind => (feed.plan.settings.paid_broadcast ? 'paid' : 'campaign');

function feedOf(base: BaseCtx, { plan, start }: Planned, pressure: Pressure | null): RunFeed {
  const batchEnded = (batch: number, inMs: number) => {
    // where it fails the next owner waits the whole pause
    base.db
      .updateTable('runs')
      .set({ batch, batch_due_at: new Date(base.clock.now().getTime() + inMs) })
      .where('id', '=', plan.id)
      .execute()
      .catch((error) =>
        base.log.warn({ err: error, run: plan.id }, 'the end of a batch was not written down'),
      );
  };
  return {
    plan,
    rows: [],
    throttle: runThrottle(plan.settings, start, base.clock.elapsedMs(), batchEnded),
    exhausted: false,
    claiming: false,
    isStopped: false,
    underWay: 0,
    toldAt: Number.NEGATIVE_INFINITY,
    limits: limitsOn(pressure, plan.settings),
  };
}
