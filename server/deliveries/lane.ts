// One connection's lane: claim ahead, take a token, send, hand the outcome to the recorder. Run by one node at a time; the
// owner starts by declaring what a former owner left behind. It is a pump and no loop of sleeps: the host ticks all lanes
// of the node together, so that a thousand lanes cost one timer. Ends by itself when the connection breaks or nothing is left.
import { sql } from 'kysely';
import type { Account, Adapter, Outcome } from '../channels/channel.ts';
import { lanePace, recipientPace } from '../channels/pacing.ts';
import type { BaseCtx } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { type Claimed, giveBack, giveBackUnsent } from './claim.ts';
import { backoffMs, verdictOf } from './delivery.ts';
import { createDispatcher, type RunPlan } from './dispatch.ts';
import { createFeeds } from './feeds.ts';
import type { Ledger, Seen } from './ledger.ts';
import type { Recorder } from './record.ts';

const maxInFlight = 64;
/** How often a lane that has nothing to do is ticked. */
const restMs = 1000;
/** An idle lane stays for a while: the next reply finds it warm. */
const lingerMs = 30_000;
/** A pause longer than this gives held rows back: a crash meanwhile leaves fewer unknown. */
const holdThroughMs = 1500;
/** A run that waits for something (a time, an answer) is looked at this often whether it is done. */
const doneEveryMs = 5000;
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
  /** Something has changed: nothing more is sent until the lane has looked. */
  wake(): void;
  /** Looks whether it still may send, and what; in between it goes on. */
  look(): void;
  tick(nowMs: number): void;
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

/** What the lanes of a node share. */
export interface LaneParts {
  ledger: Ledger;
  recorder: Recorder;
  news: LaneNews;
}

export function startLane(base: BaseCtx, open: OpenAccount, { ledger, recorder, news }: LaneParts): Lane {
  const { account, adapter } = open;
  const { connectionId, workspaceId } = account;
  const claim = newId();
  const nowMs = () => base.clock.elapsedMs();
  const pace = lanePace(adapter.pace.perSecond, open.learnedRate, nowMs());
  const recipients = recipientPace(adapter.pace.perRecipientPerSecond, adapter.pace.recipientBurst);
  const feeds = createFeeds(base, ledger, connectionId, claim);
  const dispatcher = createDispatcher(base, account, adapter);
  let over = false;
  let end: (error?: unknown) => void = () => {};
  const isOver = new Promise<unknown>((resolve) => {
    end = (error) => {
      over = true;
      resolve(error);
    };
  });
  /** False from a wake-up until the lane has looked. */
  let fresh = false;
  let looking = false;
  let lookAgain = false;
  let releasing = false;
  let closing = false;
  let closedAt = Number.NEGATIVE_INFINITY;
  let inFlight = 0;
  let drained = () => {};
  let failuresInRow = 0;
  let broken = false;
  let taughtRate = open.learnedRate;
  let lastWork = nowMs();
  /** When the first row that was put off is due again. */
  let putOffUntil = Number.POSITIVE_INFINITY;
  /** When the pump has something to do again, on the clock of elapsedMs. */
  let dueAt = 0;

  async function begin(): Promise<void> {
    const abandoned = await ledger.declareAbandoned({ connectionId, claim });
    if (abandoned > 0)
      base.log.warn({ connection: connectionId, abandoned }, 'rows of a stopped sender are now unknown');
    await look();
  }

  async function look(): Promise<void> {
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = true;
    do {
      lookAgain = false;
      const seen = await ledger.look(connectionId);
      // removed, broken or with another token by now: the next owner opens it anew, or nobody does
      if (!isAsOpened(seen)) {
        end();
        return;
      }
      await feeds.refresh(seen.runIds);
    } while (lookAgain);
    looking = false;
    fresh = true;
    pump();
  }

  const isAsOpened = (seen: Seen | null): seen is Seen =>
    seen?.version === open.version && seen.status === 'connected';

  function pump(): void {
    const now = nowMs();
    dueAt = now + restMs;
    if (over || !fresh || releasing) return;
    const frozenMs = pace.frozenForMs(now);
    if (frozenMs > 0) {
      dueAt = now + Math.min(frozenMs, restMs);
      if (frozenMs > holdThroughMs) release();
      return;
    }
    if (now >= putOffUntil) {
      putOffUntil = Number.POSITIVE_INFINITY;
      feeds.mayHaveMore();
    }
    refill();
    while (inFlight < maxInFlight) {
      const waitMs = pace.waitMs(now);
      if (waitMs > 0) {
        dueAt = now + waitMs;
        return;
      }
      const next = feeds.next(now);
      if (next === null) {
        dueAt = Math.min(dueAt, putOffUntil);
        idle(now);
        return;
      }
      lastWork = now;
      if ('waitMs' in next) {
        dueAt = now + Math.min(next.waitMs, restMs);
        return;
      }
      const recipientWaitMs = recipients.take(next.row.address, now);
      if (recipientWaitMs > 0) putOff(next.row, recipientWaitMs);
      else {
        pace.take(now);
        inFlight += 1;
        void send(next.row, next.plan);
      }
    }
  }

  function refill(): void {
    feeds.refill(pace.rate())?.then(() => {
      dueAt = 0;
    }, end);
  }

  function release(): void {
    releasing = true;
    feeds.release(null).then(() => {
      releasing = false;
    }, end);
  }

  function putOff(row: Claimed, ms: number): void {
    putOffUntil = Math.min(putOffUntil, nowMs() + ms);
    giveBack(base, [row], claim, new Date(base.clock.now().getTime() + ms)).catch(end);
  }

  async function send(row: Claimed, plan: RunPlan | null): Promise<void> {
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
    if (outcome.kind === 'accepted') failuresInRow = 0;
    else
      await react(outcome, row).catch((error) =>
        base.log.warn({ err: error, connection: connectionId }, 'an outcome had no effect on its lane'),
      );
    // the pump stands still while all calls are under way, and closes runs when the last has its answer
    if (inFlight === maxInFlight || inFlight === 1) dueAt = 0;
    inFlight -= 1;
    if (inFlight === 0) drained();
  }

  /** What one outcome means for the whole lane. */
  async function react(outcome: Outcome, row: Claimed): Promise<void> {
    if (outcome.kind === 'deferred' && outcome.scope === 'connection') {
      if (outcome.retryAfterMs !== null) {
        pace.slowDown(nowMs(), outcome.retryAfterMs);
        await teach(pace.rate());
      } else pace.freeze(nowMs(), backoffMs(failuresInRow++));
    } else if (outcome.kind === 'rejected') failuresInRow = 0;
    if (outcome.kind === 'broken' && !broken) {
      broken = true;
      end();
      await news
        .broken(workspaceId, connectionId, outcome.detail, open.version)
        .catch((error) => base.log.error({ err: error }, 'a broken connection could not be marked'));
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

  /** Nothing to send: close runs that are done; yield the lane when it has been idle long enough. */
  function idle(now: number): void {
    if (inFlight > 0 || closing) return;
    const isNew = closedAt <= lastWork;
    const active = feeds.activeRuns();
    if (active.length === 0) {
      if (now - lastWork > lingerMs) end();
      return;
    }
    if (!isNew && now - closedAt < doneEveryMs) return;
    closing = true;
    closedAt = now;
    closeRuns(active)
      .catch((error) =>
        base.log.warn({ err: error, connection: connectionId }, 'a run could not be closed yet'),
      )
      .finally(() => {
        closing = false;
      });
  }

  async function closeRuns(runIds: string[]): Promise<void> {
    await recorder.flush();
    for (const runId of runIds) await news.runMayBeDone(workspaceId, runId);
  }

  /**
   * The lane's last act: once every call has its answer and every answer is written, whatever still carries our claim was
   * never sent and goes back, exactly. A database that is away is waited for; else those rows would turn unknown.
   */
  async function finish(): Promise<void> {
    if (inFlight > 0)
      await new Promise<void>((resolve) => {
        drained = resolve;
      });
    await feeds.settled();
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

  const ended = isOver.then((error) => {
    if (error !== undefined)
      base.log.error(
        { err: error, connection: connectionId },
        'a lane stopped with an error; it starts again',
      );
    return finish();
  });
  begin().catch(end);

  return {
    wake() {
      fresh = false;
      closedAt = Number.NEGATIVE_INFINITY;
      look().catch(end);
    },
    look: () => void look().catch(end),
    tick(now) {
      if (now >= dueAt) pump();
    },
    async stop() {
      end();
      await ended;
    },
    ended,
  };
}
