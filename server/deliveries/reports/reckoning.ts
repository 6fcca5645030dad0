// Where everybody of a run is: planned = sent + failed + skipped + unknown + left + cancelled, and each sum in groups with
// a reason. Pure; reconciliation.ts reads the figures in one snapshot, report.ts shares the sums.
import {
  countedAsSent,
  type DeliveryState,
  failureWordsOn,
  skipWordsOn,
  unknownReasons,
} from '../../../contract/deliveries.ts';
import { neverLeft, settledByReceipt } from '../../../contract/receipts.ts';
import {
  leftReasons,
  type ReckoningGroup,
  type ReckoningState,
  type Reconciliation,
  type RunStatus,
} from '../../../contract/reconciliation.ts';
import type { SendingWait, WaitReason } from '../../../contract/waits.ts';

export interface RunFigures {
  status: RunStatus;
  /** How many rows the expansion will write; exact once `expanded`. */
  planned: number;
  expanded: boolean;
  /** Rows per state of a delivery. */
  counts: Record<string, number>;
  /** Whoever is planned waits for the winner of an A/B test, not for a canary. */
  isTest?: boolean;
}

export interface Sums extends Record<ReckoningState, number> {
  planned: number;
  /** Part of `left`: people of the audience without a row yet. */
  notWritten: number;
  /** Part of `sent`, where the platform tells: what arrived, and of that what was read. */
  delivered: number;
  read: number;
}

/** While rows are still being written, those to come are left; of a cancelled run none will come. */
export function sumsOf(run: RunFigures): Sums {
  const n = (state: DeliveryState) => run.counts[state] ?? 0;
  const written = Object.values(run.counts).reduce((sum, count) => sum + count, 0);
  const isComplete = run.expanded || run.status === 'cancelled';
  const planned = isComplete ? written : Math.max(run.planned, written);
  return {
    planned,
    notWritten: planned - written,
    delivered: n('delivered') + n('read'),
    read: n('read'),
    sent: n('sent') + n('delivered') + n('read'),
    failed: n('failed'),
    skipped: n('skipped'),
    unknown: n('unknown'),
    left: planned - written + n('planned') + n('queued') + n('sending'),
    cancelled: n('cancelled'),
  };
}

export interface ReasonCount {
  state: string;
  reason: string | null;
  count: number;
}
export interface RunDetails {
  /** Of failed, skipped and unknown rows. */
  reasons: ReasonCount[];
  countedAsSent: number;
  /** Sent rows that were unknown until a receipt of the platform proved them. */
  settledByReceipt: number;
  /** Queued rows whose person's quiet hours have not ended. */
  quiet: number;
  /** Queued rows whose time has not come for another reason. */
  later: number;
  /** Queued rows that were unknown once: somebody has decided to send them again. */
  again: number;
  /** Queued rows that were unknown and surely never left. */
  neverLeft: number;
  unknownTimes: Map<string | null, { first: Date; last: Date }>;
}

/** Groups that add up to the sums, each state's largest first; empty ones are left out. */
/** `channel`: whose words the reasons are told in. */
export function groupsOf(run: RunFigures, details: RunDetails, channel?: string): ReckoningGroup[] {
  const sums = sumsOf(run);
  const groups: ReckoningGroup[] = [];
  const add = (
    state: ReckoningState,
    reason: string | null,
    words: string,
    count: number,
    log: ReckoningGroup['log'],
  ) => {
    if (count <= 0) return;
    const times = state === 'unknown' ? details.unknownTimes.get(reason) : undefined;
    groups.push({
      state,
      reason,
      words,
      count,
      share: sums.planned > 0 ? count / sums.planned : 0,
      first_at: times?.first.toISOString() ?? null,
      last_at: times?.last.toISOString() ?? null,
      log,
    });
  };
  const byHand = details.countedAsSent;
  const byReceipt = details.settledByReceipt;
  const seen = sums.sent - byHand - byReceipt;
  add('sent', null, 'Accepted by the platform', seen, { state: 'sent', reason: 'none' });
  add('sent', settledByReceipt, settledByReceiptWords, byReceipt, {
    state: 'sent',
    reason: settledByReceipt,
  });
  add('sent', countedAsSent, 'Counted as sent by a person', byHand, { state: 'sent', reason: countedAsSent });
  for (const [state, words] of [
    ['failed', failureWordsOn(channel)],
    ['skipped', skipWordsOn(channel)],
    ['unknown', unknownReasons],
  ] as const) {
    const named = details.reasons.filter((row) => row.state === state);
    for (const { reason, count } of named.toSorted((a, b) => b.count - a.count))
      add(state, reason, wordsFor(words, reason), count, { state, reason: reason ?? 'none' });
  }
  const queued = run.counts.queued ?? 0;
  const soon = Math.max(0, queued - details.quiet - details.later - details.again - details.neverLeft);
  const waiting = { state: 'queued', reason: null };
  add('left', 'waiting', leftReasons.waiting, soon, waiting);
  add('left', 'again', leftReasons.again, details.again, waiting);
  add('left', neverLeft, leftReasons.never_left, details.neverLeft, { state: 'queued', reason: neverLeft });
  add('left', 'quiet', leftReasons.quiet, details.quiet, waiting);
  add('left', 'later', leftReasons.later, details.later, waiting);
  const behind = run.isTest ? 'variants' : 'canary';
  add('left', behind, leftReasons[behind], run.counts.planned ?? 0, { state: 'planned', reason: null });
  add('left', 'under_way', leftReasons.under_way, run.counts.sending ?? 0, {
    state: 'sending',
    reason: null,
  });
  add('left', 'not_written', leftReasons.not_written, sums.notWritten, null);
  add('cancelled', null, 'Sending was cancelled before their turn', sums.cancelled, {
    state: 'cancelled',
    reason: null,
  });
  return groups;
}

const settledByReceiptWords = 'Unknown first, then told by the platform';

function wordsFor(words: Record<string, string>, reason: string | null): string {
  return reason === null ? 'No reason was kept' : (words[reason] ?? reason);
}

/** What has to end before anybody is messaged; `reasons` as in the report's wait. */
const onceWords: Record<Exclude<WaitReason, 'held'>, string> = {
  circuit: 'once the platform answers again',
  canary: 'once the canary has been judged and passed',
  variants: 'once the winner of the A/B test is known',
  rate_limited: 'once the pause that the platform asked for is over',
  warm_up: 'once the next day of the warm-up plan begins',
  batch: 'after the pause between two batches',
  quiet: 'once their quiet hours end',
  local_time: 'once it is that time in their own time zone',
};

/** What going on would do, and what it never does. `wait`: what stands before those who are left. */
export function resumeOf(
  run: { status: RunStatus; resendAfterSeconds: number | null; wait?: SendingWait | null },
  sums: Pick<Sums, 'left'>,
  again: number,
): Reconciliation['resume'] {
  const wait = run.wait ?? null;
  if (run.status === 'cancelled')
    return { count: 0, words: 'Sending was cancelled. Nobody else is messaged.', wait: null };
  if (sums.left === 0) return { count: 0, words: 'Nobody is left to message.', wait: null };
  const twice =
    again > 0
      ? ` ${figure(again)} of them may have it already: somebody decided to send it to them again.`
      : '';
  const never =
    run.resendAfterSeconds === null
      ? 'Nobody else who was sent, or may have been sent, the message gets it again.'
      : 'Nobody else who was sent the message gets it again.';
  const does = doesWords(run.status, sums.left, wait);
  return {
    count: sums.left,
    words: `${does}.${twice} ${again > 0 ? never : never.replace(' else', '')}`,
    wait,
  };
}

function doesWords(status: RunStatus, count: number, wait: SendingWait | null): string {
  const left = `${figure(count)} ${count === 1 ? 'person who is' : 'people who are'} left`;
  const release = 'Nobody is messaged while the workspace is held; after the release,';
  if (status === 'paused')
    return wait?.reason === 'held' ? `${release} resume messages the ${left}` : `Resume messages the ${left}`;
  if (!wait) return `Sending goes on to the ${left}`;
  if (wait.reason === 'held') return `${release} sending goes on to the ${left}`;
  return `Sending goes on to the ${left} ${onceWords[wait.reason]}`;
}

/**
 * What becomes of unknown rows without anybody. `tells`: the platform tells of every message that it took. `holds`: it said that
 * it holds messages of the run back, and tells nothing of those for now.
 */
export function policyOf(
  resendAfterSeconds: number | null,
  {
    tells,
    holds = false,
    settled,
    neverLeft,
  }: { tells: boolean; holds?: boolean; settled: number; neverLeft: number },
): Reconciliation['policy'] {
  return {
    resend_after_seconds: resendAfterSeconds,
    words: tells
      ? tellingWords(resendAfterSeconds, holds, settled, neverLeft)
      : silentWords(resendAfterSeconds),
    settled_by_receipt: settled,
    never_left: neverLeft,
  };
}

function silentWords(seconds: number | null): string {
  return seconds === null
    ? 'Unknown ones wait for a person to decide. Nothing sends them again by itself.'
    : `Unknown ones are sent again by themselves after ${span(seconds)}, three tries in all. Some of them may get the message twice.`;
}

/** The platform's word settles them; its silence, as soon as it spoke of others, does so too (settling/window.ts). */
function tellingWords(seconds: number | null, holds: boolean, settled: number, neverLeft: number): string {
  const silence = holds
    ? 'WhatsApp holds messages of this template back for a while, so silence proves nothing: a person decides.'
    : seconds === null
      ? 'Those it tells nothing of wait for a person to decide.'
      : `If none comes within ${span(seconds)} while others do, the message never left, and is sent again by itself, three tries in all.`;
  const far = [
    ...(settled > 0 ? [`${figure(settled)} settled by a status`] : []),
    ...(neverLeft > 0
      ? [`${figure(neverLeft)} never left and ${neverLeft === 1 ? 'was' : 'were'} sent again`]
      : []),
  ];
  return `Unknown ones settle by themselves: a status of the platform tells what became of them. ${silence}${far.length > 0 ? ` So far: ${far.join(', ')}.` : ''}`;
}

const figure = (n: number) => n.toLocaleString('en-GB');

function span(seconds: number): string {
  for (const [size, word] of [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ] as const)
    if (seconds % size === 0) return `${seconds / size} ${word}${seconds === size ? '' : 's'}`;
  return `${seconds} seconds`;
}
