// What a lane holds claimed and not yet sent: rows of no run (replies, tests) and rows of each active run. Keeps at most
// about three quarters of a second's worth, so that a crash leaves few rows unknown, and claims ahead while sending goes on.

import type { Settings } from '../../contract/campaigns.ts';
import type { Content } from '../../contract/message.ts';
import { type TokenBucket, tokenBucket } from '../channels/pacing.ts';
import type { BaseCtx } from '../platform/context.ts';
import { type Claimed, claimDirect, claimOfRun, giveBack } from './claim.ts';
import type { RunPlan } from './dispatch.ts';

interface RunFeed {
  plan: RunPlan;
  rows: Claimed[];
  /** The campaign's own messages per minute, below the platform's. */
  bucket: TokenBucket | null;
  exhausted: boolean;
}

export interface Feeds {
  /** Looks which runs are active and takes new direct rows; `true` after a wake-up or once a second. */
  refresh(): Promise<void>;
  /** Claims more where little is left. Returns the claims under way, null when there is nothing to claim. */
  refill(rate: number): Promise<unknown> | null;
  /** The most urgent row that may go now, or the milliseconds until one may; null when nothing is held. */
  next(nowMs: number): { row: Claimed; plan: RunPlan | null } | { waitMs: number } | null;
  putBack(row: Claimed): void;
  /** Gives everything held back to the ledger, unsent. */
  release(dueAt: Date | null): Promise<void>;
  activeRuns(): string[];
}

export function createFeeds(base: BaseCtx, connectionId: string, claim: string): Feeds {
  const direct: Claimed[] = [];
  const runs = new Map<string, RunFeed>();
  let directWaiting = true;
  let refilling: Promise<unknown> | null = null;
  let turn = 0;

  async function refresh(): Promise<void> {
    const active = await base.db
      .selectFrom('runs')
      .select(['id', 'content', 'settings'])
      .where('connection_id', '=', connectionId)
      .where('status', '=', 'active')
      .orderBy('created_at')
      .execute();
    const ids = new Set(active.map((run) => run.id));
    for (const [id, feed] of runs)
      if (!ids.has(id)) {
        runs.delete(id);
        await giveBack(base, feed.rows, claim, null);
      }
    for (const run of active) {
      const known = runs.get(run.id);
      if (known) known.exhausted = false;
      else {
        const settings = run.settings as Settings;
        const perSecond = settings.messages_per_minute ? settings.messages_per_minute / 60 : null;
        runs.set(run.id, {
          plan: { id: run.id, content: run.content as Content, settings },
          rows: [],
          bucket: perSecond ? tokenBucket(perSecond, 1, base.clock.now().getTime()) : null,
          exhausted: false,
        });
      }
    }
    directWaiting = true;
  }

  function refill(rate: number): Promise<unknown> | null {
    if (refilling) return refilling;
    const claims: Promise<unknown>[] = [];
    const share = Math.max(1, Math.floor(rate / 2));
    if (directWaiting && direct.length < share) {
      directWaiting = false;
      claims.push(
        claimDirect(base, connectionId, claim, share).then((rows) => {
          direct.push(...rows);
          if (rows.length === share) directWaiting = true;
        }),
      );
    }
    const perRun = Math.max(1, Math.floor(share / Math.max(1, runs.size)));
    for (const feed of runs.values()) {
      const own = feed.bucket ? Math.max(1, Math.min(perRun, Math.floor(feed.bucket.rate() / 2))) : perRun;
      if (feed.exhausted || feed.rows.length > own / 2) continue;
      claims.push(
        claimOfRun(base, feed.plan.id, claim, own).then(async (rows) => {
          // the run may have been paused while the claim was under way
          if (runs.get(feed.plan.id) !== feed) return giveBack(base, rows, claim, null);
          feed.rows.push(...rows);
          // skipped rows are claimed too, so an empty answer means: nothing due
          if (rows.length === 0) feed.exhausted = !(await stillWaiting(base, feed.plan.id));
        }),
      );
    }
    if (claims.length === 0) return null;
    refilling = Promise.all(claims).finally(() => {
      refilling = null;
    });
    return refilling;
  }

  return {
    refresh,
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
    putBack(row) {
      const feed = row.runId ? runs.get(row.runId) : null;
      if (feed) feed.rows.unshift(row);
      else direct.unshift(row);
    },
    async release(dueAt) {
      await refilling?.catch(() => {});
      // taken out only once they are back: rows that cannot be given back now are still held
      const rows = [...direct, ...[...runs.values()].flatMap((feed) => feed.rows)];
      await giveBack(base, rows, claim, dueAt);
      direct.length = 0;
      for (const feed of runs.values()) feed.rows.length = 0;
      directWaiting = true;
      for (const feed of runs.values()) feed.exhausted = false;
    },
    activeRuns: () => [...runs.keys()],
  };
}

async function stillWaiting(base: BaseCtx, runId: string): Promise<boolean> {
  const row = await base.db
    .selectFrom('deliveries')
    .select('id')
    .where('run_id', '=', runId)
    .where('state', '=', 'queued')
    .where('due_at', '<=', base.clock.now())
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
