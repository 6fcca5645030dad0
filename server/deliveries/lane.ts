// One connection's lane: claim, wait for a token, send, hand the outcome to the recorder. Run by one node at a time; the
// owner starts by declaring what a former owner left behind. Stops by itself when the connection breaks or nothing is left.
import { sql } from 'kysely';
import type { Account, Adapter, Outcome } from '../channels/channel.ts';
import { lanePace, recipientPace } from '../channels/pacing.ts';
import type { BaseCtx } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { type Claimed, declareAbandoned, giveBack, giveBackUnsent } from './claim.ts';
import { backoffMs, verdictOf } from './delivery.ts';
import { createDispatcher, type Dispatcher, type RunPlan } from './dispatch.ts';
import { createFeeds } from './feeds.ts';
import type { Recorder } from './record.ts';

const maxInFlight = 64;
/** How often a lane looks for itself, should a wake-up be lost. */
const lookEveryMs = 1000;
/** An idle lane stays for a while: the next reply finds it warm. */
const lingerMs = 30_000;
/** A pause longer than this gives held rows back: a crash meanwhile leaves fewer unknown. */
const holdThroughMs = 1500;
/** About half a minute; then the next owner declares the rows unknown. */
const giveBackTries = 10;

export interface OpenAccount {
  account: Account;
  adapter: Adapter;
  learnedRate: number | null;
  /** Raised by every change of a person, the token above all. */
  version: number;
}

export interface Lane {
  wake(): void;
  /** Sends nothing more, waits for the answers under way, writes them down. */
  stop(): Promise<void>;
  /** Resolves when the lane has ended, by itself or by stop(). */
  ended: Promise<void>;
}

/** What the lane tells its surroundings, so that it needs to know no module above it. */
export interface LaneNews {
  runMayBeDone(workspaceId: string, runId: string): Promise<unknown>;
  /** `version`: of the connection whose credentials were refused; a newer one is not to blame. */
  broken(workspaceId: string, connectionId: string, detail: string, version: number): Promise<void>;
  gone(
    workspaceId: string,
    connectionId: string,
    addresses: string[],
    reason: 'blocked' | 'deactivated',
  ): Promise<unknown>;
}

export function startLane(base: BaseCtx, open: OpenAccount, recorder: Recorder, news: LaneNews): Lane {
  const { account, adapter } = open;
  const { connectionId, workspaceId } = account;
  const claim = newId();
  const nowMs = () => base.clock.elapsedMs();
  const pace = lanePace(adapter.pace.perSecond, open.learnedRate, nowMs());
  const recipients = recipientPace(adapter.pace.perRecipientPerSecond, adapter.pace.recipientBurst);
  const feeds = createFeeds(base, connectionId, claim);
  const abort = new AbortController();
  let knock = new AbortController();
  let awake = true;
  let inFlight = 0;
  let failuresInRow = 0;
  let broken = false;
  let taughtRate = open.learnedRate;
  let lastWork = nowMs();
  let lookedAt = 0;

  const wake = () => {
    awake = true;
    knock.abort();
  };
  const pauseFor = async (ms: number) => {
    knock = new AbortController();
    if (!awake && !abort.signal.aborted) await base.clock.sleep(ms, knock.signal);
  };

  async function work(): Promise<void> {
    const abandoned = await declareAbandoned(base, connectionId, claim);
    if (abandoned > 0)
      base.log.warn({ connection: connectionId, abandoned }, 'rows of a stopped sender are now unknown');
    const dispatcher = createDispatcher(base, account, adapter);
    while (!abort.signal.aborted && !broken) {
      const frozenMs = pace.frozenForMs(nowMs());
      if (frozenMs > 0) {
        if (frozenMs > holdThroughMs) await feeds.release(null);
        awake = false;
        await pauseFor(Math.min(frozenMs, lookEveryMs));
        continue;
      }
      if (awake || nowMs() - lookedAt >= lookEveryMs) {
        awake = false;
        lookedAt = nowMs();
        // removed, broken or with another token by now: the next owner opens it anew, or nobody does
        if (!(await isAsOpened())) return;
        await feeds.refresh();
      }
      const refilling = feeds.refill(pace.rate());
      const next = inFlight < maxInFlight ? feeds.next(nowMs()) : { waitMs: lookEveryMs };
      if (next === null) {
        if (refilling) await refilling;
        else if (!(await idle())) return;
        continue;
      }
      refilling?.catch(() => {});
      lastWork = nowMs();
      if ('waitMs' in next) {
        await pauseFor(Math.min(next.waitMs, lookEveryMs));
        continue;
      }
      const waitMs = pace.take(nowMs());
      if (waitMs > 0) {
        // a reply that comes in while we wait takes this token: the row goes back in front of its own queue
        await base.clock.sleep(waitMs, abort.signal);
        if (awake || pace.take(nowMs()) > 0) {
          feeds.putBack(next.row);
          continue;
        }
      }
      if (abort.signal.aborted) {
        feeds.putBack(next.row);
        break;
      }
      const recipientWaitMs = recipients.take(next.row.address, nowMs());
      if (recipientWaitMs > 0) {
        await giveBack(base, [next.row], claim, new Date(base.clock.now().getTime() + recipientWaitMs));
        continue;
      }
      inFlight += 1;
      void send(next.row, next.plan, dispatcher).finally(() => {
        inFlight -= 1;
        if (inFlight === maxInFlight - 1) knock.abort();
      });
    }
  }

  async function isAsOpened(): Promise<boolean> {
    const row = await base.db
      .selectFrom('connections')
      .select(['version', 'status'])
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', connectionId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    return row?.version === open.version && row.status === 'connected';
  }

  async function send(row: Claimed, plan: RunPlan | null, dispatcher: Dispatcher): Promise<void> {
    const { outcome, message } = await dispatcher.send(row, plan);
    // written down before anything else can fail: a row without an outcome would be given back and sent again
    recorder.record({
      row,
      claim,
      verdict: verdictOf(outcome, row.attempts, base.clock.now()),
      message,
      channel: adapter.channel,
      connectionId,
    });
    await react(outcome, row).catch((error) =>
      base.log.warn({ err: error, connection: connectionId }, 'an outcome had no effect on its lane'),
    );
  }

  /** What one outcome means for the whole lane. */
  async function react(outcome: Outcome, row: Claimed): Promise<void> {
    if (outcome.kind === 'deferred' && outcome.scope === 'connection') {
      if (outcome.retryAfterMs !== null) {
        pace.slowDown(nowMs(), outcome.retryAfterMs);
        await teach(pace.rate());
      } else pace.freeze(nowMs(), backoffMs(failuresInRow++));
    } else if (outcome.kind === 'accepted' || outcome.kind === 'rejected') failuresInRow = 0;
    if (outcome.kind === 'broken' && !broken) {
      broken = true;
      await news
        .broken(workspaceId, connectionId, outcome.detail, open.version)
        .catch((error) => base.log.error({ err: error }, 'a broken connection could not be marked'));
      wake();
    }
    if (outcome.kind === 'rejected' && outcome.gone)
      await news
        .gone(workspaceId, connectionId, [row.address], outcome.gone)
        .catch((error) => base.log.warn({ err: error }, 'a contact could not be marked unreachable'));
  }

  /** Remembers the learned rate beyond this lane. */
  async function teach(rate: number): Promise<void> {
    if (taughtRate !== null && Math.abs(rate - taughtRate) < 0.5) return;
    taughtRate = rate;
    await sql`UPDATE connections SET learned_rate = ${rate >= adapter.pace.perSecond ? null : rate}
      WHERE workspace_id = ${workspaceId} AND id = ${connectionId}`.execute(base.db);
  }

  /** Nothing to send: close runs that are done, then wait. False when the lane has been idle long enough to yield. */
  async function idle(): Promise<boolean> {
    if (inFlight === 0) {
      await recorder.flush();
      for (const runId of feeds.activeRuns()) await news.runMayBeDone(workspaceId, runId);
      if (nowMs() - lastWork > lingerMs && feeds.activeRuns().length === 0) return false;
    }
    await pauseFor(inFlight > 0 ? 20 : lookEveryMs);
    return true;
  }

  /**
   * The lane's last act: once every call has its answer and every answer is written, whatever still carries our claim was
   * never sent and goes back, exactly. A database that is away is waited for; else those rows would turn unknown.
   */
  async function finish(): Promise<void> {
    while (inFlight > 0) await base.clock.sleep(10);
    await recorder.flush();
    for (let tries = 0; ; tries++)
      try {
        await giveBackUnsent(base, connectionId, claim);
        await teach(pace.rate());
        return;
      } catch (error) {
        base.log.warn({ err: error, connection: connectionId }, 'unsent rows could not be given back yet');
        if (tries >= giveBackTries) return;
        await base.clock.sleep(Math.min(200 * 2 ** tries, 5000));
      }
  }

  const ended = work()
    .catch((error) =>
      base.log.error(
        { err: error, connection: connectionId },
        'a lane stopped with an error; it starts again',
      ),
    )
    .then(finish);

  return {
    wake,
    async stop() {
      abort.abort();
      wake();
      await ended;
    },
    ended,
  };
}
