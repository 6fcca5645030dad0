// One connection's lane: claim ahead, take a token, send, take the outcome in. Run by one node at a time; the
// owner starts by declaring what a former owner left behind. It is a pump and no loop of sleeps: the host ticks all lanes
// of the node together, so that a thousand lanes cost one timer. Ends by itself when the connection breaks or nothing is left.
import type { BaseCtx } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { createBreaker } from '../circuit/breaker.ts';
import { storedCircuit } from '../circuit/keep-circuit.ts';
import { dayBudget } from '../pace/warm-up.ts';
import { giveBack, giveBackUnsent } from './claim.ts';
import { createDispatcher, messagesOf } from './dispatch.ts';
import { createFeeds, type Kind, type Next } from './feeds.ts';
import type { LaneParts, OpenAccount } from './lane-parts.ts';
import { laneTempo } from './lane-tempo.ts';
import type { Seen } from './ledger.ts';
import { takeOutcomes } from './take-outcome.ts';

const maxInFlight = 64;
/** How often it is asked whether a picture has arrived. */
const uploadRestMs = 50;
/** How often a lane that has nothing to do is ticked. */
const restMs = 1000;
/** An idle lane stays for a while: the next reply finds it warm. */
const lingerMs = 30_000;
/** A pause longer than this gives held rows back: a crash meanwhile leaves fewer unknown. */
const holdThroughMs = 1500;
/** A run that waits for something (a time, an answer) is looked at this often whether it is done. */
const doneEveryMs = 5000;
/**
 * A process that stood still for so long may have been taken for dead, and what it holds for others' by now: it gives that back
 * and asks again. Less than it takes to be taken for dead (leases.ts).
 */
const asleepMs = 3000;
/** About half a minute; then the next owner declares the rows unknown. */
const giveBackTries = 10;

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

export function startLane(base: BaseCtx, open: OpenAccount, parts: LaneParts): Lane {
  const { ledger, recorder, minutes, news } = parts;
  const { account, adapter } = open;
  const { connectionId, workspaceId } = account;
  const claim = newId();
  const nowMs = () => base.clock.elapsedMs();
  const tempo = laneTempo(base, open, minutes);
  const budget = dayBudget(base, account, open.isWarmingUp, () => {
    dueAt = 0;
  });
  const feeds = createFeeds(base, ledger, budget, connectionId, claim);
  const dispatcher = createDispatcher(base, account, adapter);
  const breaker = createBreaker(
    base,
    { account, adapter, circuit: storedCircuit(open.circuit) },
    {
      changed() {
        feeds.mayHaveMore();
        dueAt = 0;
      },
      refused: (detail) => void outcomes.breakConnection(detail),
    },
  );
  let over = false;
  let end: (error?: unknown) => void = () => {};
  const isOver = new Promise<unknown>((resolve) => {
    end = (error) => {
      over = true;
      resolve(error);
    };
  });
  const outcomes = takeOutcomes(base, open, parts, {
    claim,
    tempo,
    feeds,
    breaker,
    look: () => void look().catch(end),
    end: () => end(),
  });
  /** False from a wake-up until the lane has looked. */
  let fresh = false;
  let looking = false;
  let lookAgain = false;
  let releasing = false;
  let closing = false;
  let inFlight = 0;
  let drained = () => {};
  let lastWork = nowMs();
  /** When the first row that was put off is due again. */
  let putOffUntil = Number.POSITIVE_INFINITY;
  /** When the pump has something to do again, on the clock of elapsedMs. */
  let dueAt = 0;
  let tickedAt = nowMs();

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
      if (!parts.owns(connectionId) || !isAsOpened(seen)) {
        end();
        return;
      }
      breaker.adopt(seen.circuit);
      await feeds.refresh(seen.runIds, seen.pressure);
      if (over) return;
      if (seen.runIds.length > 0) void budget.refresh(tempo.rate('campaign'));
      await tempo.teach();
    } while (lookAgain);
    looking = false;
    fresh = true;
    pump();
  }

  const isAsOpened = (seen: Seen | null): seen is Seen =>
    seen?.version === open.version && seen.platformRate === open.platformRate && seen.status === 'connected';

  function pump(): void {
    const now = nowMs();
    dueAt = now + restMs;
    if (!parts.owns(connectionId)) end();
    if (over || !fresh || releasing) return;
    // an answer that lay unread may wake us before the first tick does
    if (now - tickedAt > asleepMs) {
      wakeUp(now);
      return;
    }
    const frozenMs = Math.max(tempo.frozenForMs(now), breaker.holdsForMs());
    if (frozenMs > 0) {
      dueAt = now + Math.min(frozenMs, restMs);
      if (frozenMs > holdThroughMs || !breaker.isClosed()) release();
      return;
    }
    if (now >= putOffUntil) {
      putOffUntil = Number.POSITIVE_INFINITY;
      feeds.mayHaveMore();
    }
    refill();
    closeDone(now);
    const most = breaker.isOnTrial() ? 1 : maxInFlight;
    while (inFlight < most) {
      const next = feeds.next(now, (kind) => waitMs(now, kind));
      if (next === null) {
        dueAt = Math.min(dueAt, putOffUntil);
        yieldIdle(now);
        return;
      }
      if ('waitMs' in next) {
        dueAt = Math.min(now + Math.min(next.waitMs, restMs), putOffUntil);
        if (!next.idle) lastWork = now;
        return;
      }
      lastWork = now;
      const chatWaitMs = tempo.takeChat(next.row.address, now);
      if (chatWaitMs > 0) putOff(next, chatWaitMs);
      else {
        tempo.take(now, next.kind, messagesOf(next.row, next.plan));
        inFlight += 1;
        void send(next);
      }
    }
  }

  /** Replies go on while a picture is being uploaded; the campaigns' messages wait for it unsent. */
  function waitMs(now: number, kind: Kind): number {
    return kind !== 'reply' && dispatcher.isUploading() ? uploadRestMs : tempo.waitMs(now, kind);
  }

  function refill(): void {
    // on trial one row is enough of everything
    feeds
      .refill((kind) => (breaker.isOnTrial() ? 1 : tempo.rate(kind)))
      ?.then(() => {
        dueAt = 0;
      }, end);
  }

  function release(): void {
    if (releasing) return;
    releasing = true;
    feeds.release(null).then(() => {
      releasing = false;
    }, end);
  }

  function putOff(next: Next, ms: number): void {
    putOffUntil = Math.min(putOffUntil, nowMs() + ms);
    feeds.putOff(next);
    giveBack(base, [next.row], claim, new Date(base.clock.now().getTime() + ms)).catch(end);
  }

  async function send(next: Next): Promise<void> {
    const calledAt = nowMs();
    const onTrial = breaker.isOnTrial();
    const sent = await dispatcher.send(next.row, next.plan);
    await outcomes.take(next, { ...sent, onTrial, latencyMs: Math.round(nowMs() - calledAt) });
    // the pump stands still while all calls are under way, and closes runs when the last has its answer
    if (inFlight === maxInFlight || inFlight === 1) dueAt = 0;
    inFlight -= 1;
    if (inFlight === 0) drained();
  }

  /** Nothing to send: the lane is yielded when it has been idle long enough. */
  function yieldIdle(now: number): void {
    if (inFlight === 0 && !closing && feeds.activeRuns().length === 0 && now - lastWork > lingerMs) end();
  }

  /** Runs of which nothing is left here may be done, whatever the others of the connection are about. */
  function closeDone(now: number): void {
    if (closing) return;
    const quiet = feeds.quietRuns(now, doneEveryMs);
    if (quiet.length === 0) return;
    closing = true;
    closeRuns(quiet)
      .catch((error) =>
        base.log.warn({ err: error, connection: connectionId }, 'a run could not be closed yet'),
      )
      .finally(() => {
        closing = false;
      });
  }

  async function closeRuns(runIds: string[]): Promise<void> {
    await recorder.flush();
    if (!parts.owns(connectionId)) return;
    // a dead owner's last claim may have taken place after we began: PostgreSQL ends what was sent to it
    await ledger.declareAbandoned({ connectionId, claim });
    for (const runId of runIds)
      await news
        .runMayBeDone(workspaceId, runId)
        .catch((error) => base.log.warn({ err: error, run: runId }, 'a run could not be closed yet'));
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
    await breaker.settled();
    await recorder.flush();
    for (let tries = 0; ; tries++)
      try {
        await giveBackUnsent(base, connectionId, claim);
        await feeds.forget();
        await tempo.teach();
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

  /** Nothing is sent before what is in hand has gone back and the lane has looked. */
  function wakeUp(now: number): void {
    tickedAt = now;
    fresh = false;
    release();
    look().catch(end);
  }

  return {
    wake() {
      fresh = false;
      feeds.mayBeQuiet();
      look().catch(end);
    },
    look: () => void look().catch(end),
    tick(now) {
      if (now - tickedAt > asleepMs) wakeUp(now);
      tickedAt = now;
      if (now >= dueAt) pump();
    },
    async stop() {
      end();
      await ended;
    },
    ended,
  };
}
