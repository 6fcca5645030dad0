// What the platform's answer to one send does: its row is written down, and what it tells of more than this message (too fast,
// credentials refused, a campaign stopped, a person gone) takes effect on the lane and beyond.
import type { Outcome } from '../../channels/channel.ts';
import type { BaseCtx } from '../../platform/context.ts';
import type { Breaker } from '../circuit/breaker.ts';
import { type Verdict, verdictOf } from '../delivery.ts';
import type { Sent } from './dispatch.ts';
import type { Feeds, Next } from './feeds.ts';
import type { LaneParts, OpenAccount } from './lane-parts.ts';
import type { LaneTempo } from './lane-tempo.ts';

/** The parts of one lane that an outcome may change. */
interface LaneInside {
  claim: string;
  tempo: LaneTempo;
  feeds: Feeds;
  breaker: Breaker;
  /** Asks the ledger what may still be sent. */
  look(): void;
  /** The lane sends nothing more. */
  end(): void;
}

/** One answered call. */
interface Answered extends Sent {
  /** Whether it was the one call by which a held connection is tried. */
  onTrial: boolean;
  latencyMs: number;
}

/** What a message that went lacks is said where people look for what became of it. */
function withNote(verdict: Verdict, message: Sent['message']): Verdict {
  const left = message?.left_out ?? [];
  if (verdict.state !== 'sent' || left.length === 0) return verdict;
  const why = [...new Set(left.map(({ detail }) => detail))].join(' ');
  return { ...verdict, detail: `Sent without its picture. ${why}` };
}

export function takeOutcomes(base: BaseCtx, open: OpenAccount, parts: LaneParts, lane: LaneInside) {
  const { recorder, minutes, news } = parts;
  const { account, adapter } = open;
  const { connectionId, workspaceId } = account;
  const { claim, tempo, feeds, breaker } = lane;
  let broken = false;

  async function take(next: Next, { outcome, message, onTrial, latencyMs }: Answered): Promise<void> {
    const { row } = next;
    const isFree = breaker.note(outcome, message !== null, onTrial);
    // written down before anything else can fail: a row without an outcome would be given back and sent again
    recorder.record({
      row,
      claim,
      verdict: withNote(verdictOf(outcome, row.attempts - row.uncounted, base.clock.now(), isFree), message),
      message,
      channel: adapter.channel,
      connectionId,
      latencyMs,
    });
    feeds.answered(next, !['deferred', 'broken', 'stopped'].includes(outcome.kind));
    if (outcome.kind === 'accepted') {
      tempo.answered();
      minutes.sent(account);
    } else
      await react(outcome, next).catch((error) =>
        base.log.warn({ err: error, connection: connectionId }, 'an outcome had no effect on its lane'),
      );
  }

  /** What one outcome means for the whole lane. */
  async function react(outcome: Outcome, { row, kind, feed }: Next): Promise<void> {
    if (outcome.kind === 'deferred') await tempo.deferred(outcome, row.address, kind, breaker.isClosed());
    else if (outcome.kind === 'rejected') tempo.answered();
    if (outcome.kind === 'broken') await breakConnection(outcome.detail);
    if (outcome.kind === 'stopped' && feed && !feed.isStopped) {
      feed.isStopped = true;
      // the look takes it out of the lane; where it could not be written down, the next refusal tries again
      await news.stopped(workspaceId, feed.plan.id, outcome.detail).finally(lane.look);
    }
    if (outcome.kind === 'rejected' && outcome.reason === 'marketing_stopped')
      await news.stoppedMarketing(adapter.channel, account, row, outcome.detail);
    if (outcome.kind === 'rejected' && outcome.gone)
      await news
        .gone(workspaceId, connectionId, [row.address], outcome.gone)
        .catch((error) => base.log.warn({ err: error }, 'a contact could not be marked unreachable'));
  }

  /** The credentials are refused: the lane ends, and nobody sends here until a person mends it. */
  async function breakConnection(detail: string): Promise<void> {
    if (broken) return;
    broken = true;
    lane.end();
    await news
      .broken(workspaceId, connectionId, detail, open.version)
      .catch((error) => base.log.error({ err: error }, 'a broken connection could not be marked'));
  }

  return { take, breakConnection };
}
