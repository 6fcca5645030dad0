// The states of a delivery and the legal moves between them: the one place that knows both. Everything that writes
// `deliveries.state` goes by this table; writers.test.ts tries all pairs against the database statements.
import type { DeliveryState, FailureReason } from '../../contract/deliveries.ts';
import type { AttemptOutcome } from '../../contract/delivery-history.ts';
import type { Outcome } from '../channels/channel.ts';

/** What only a receipt of the platform writes into a row that is not known to have gone (receipts/settle.ts). */
const proven = ['sent', 'delivered', 'read'] as const;

/**
 * planned → queued → sending → sent → delivered → read, and the ends. `unknown` may still turn out either way. A receipt with
 * our own id proves that a message left, whatever we believed: the row waits to be sent again, was given up or left out since.
 */
export const legalMoves: Record<DeliveryState, readonly DeliveryState[]> = {
  planned: ['queued', 'skipped', 'cancelled'],
  queued: ['sending', 'skipped', 'cancelled', ...proven],
  sending: ['failed', 'queued', 'unknown', 'skipped', ...proven],
  sent: ['delivered', 'read', 'failed'],
  delivered: ['read'],
  read: [],
  failed: ['queued', ...proven],
  // queued: left out as the twin of a merge that was undone, for they are two people after all
  skipped: ['queued', ...proven],
  unknown: ['failed', 'queued', ...proven],
  cancelled: [...proven],
};

export function mayMove(from: DeliveryState, to: DeliveryState): boolean {
  return legalMoves[from].includes(to);
}

/**
 * The states that may lead to `to`, for the WHERE of a statement that writes it. A writer that handles only some of them
 * names these; one that is not legal throws when the program starts, not when somebody is messaged twice.
 */
export function fromStates(to: DeliveryState, among?: readonly DeliveryState[]): DeliveryState[] {
  const legal = (Object.keys(legalMoves) as DeliveryState[]).filter((from) => mayMove(from, to));
  const illegal = among?.filter((from) => !legal.includes(from)) ?? [];
  if (illegal.length > 0) throw new Error(`A delivery never moves from ${illegal.join(', ')} to ${to}`);
  return among ? [...among] : legal;
}

/** `due_at` of a row that waits for nothing: not the present moment, which a clock that steps back would put in the future. */
export const atOnce = new Date(0);

/** Replies first, then cart and order messages, then broadcasts. */
export const priorities = { reply: 0, test: 1, event: 2, broadcast: 3 } as const;

/** Failures that another try can mend: the person comes back, a right is given, the platform recovers. */
export const retryableReasons: readonly FailureReason[] = [
  'blocked',
  'never_started',
  'no_rights',
  'credentials',
  'platform_unavailable',
  // they may have written since; the claim judges it anew
  'window_closed',
  // a paused template is let go, another one is approved
  'template_refused',
];

/** A message that the platform keeps failing to answer properly (5xx) is given up after so many tries. */
export const maxAttempts = 8;

/** Exponential, less up to a half by lot: what failed together does not come back together. 1 s … 10 min. */
export function backoffMs(attempt: number, random = Math.random()): number {
  const ceiling = Math.min(600_000, 1000 * 2 ** Math.min(attempt, 12));
  return Math.round(ceiling * (0.5 + random / 2));
}

/** What one outcome writes into the row. */
export interface Verdict {
  state: 'sent' | 'failed' | 'unknown' | 'queued';
  reason: string | null;
  detail: string | null;
  externalId: string | null;
  dueAt: Date | null;
  /** For the history. */
  outcome: AttemptOutcome;
  /** The try does not count: it failed because of the connection, not because of the message. */
  isFree?: boolean;
  /** As in Outcome: the run remembers it. */
  held?: true;
}

/** Outcome → verdict. `attempts`: how many count, this one with them; `now` is when the answer came; `isFree`: the connection is in trouble. */
export function verdictOf(outcome: Outcome, attempts: number, now: Date, isFree = false): Verdict {
  const none = { reason: null, detail: null, externalId: null, dueAt: null };
  switch (outcome.kind) {
    case 'accepted':
      return {
        ...none,
        state: 'sent',
        outcome: 'accepted',
        externalId: outcome.externalId,
        ...(outcome.held && { held: true }),
      };
    case 'rejected':
      return {
        ...none,
        state: 'failed',
        outcome: 'rejected',
        reason: outcome.reason,
        detail: outcome.detail,
      };
    case 'unknown':
      return { ...none, state: 'unknown', outcome: 'unknown', reason: outcome.cause, detail: outcome.detail };
    // a run that is stopped keeps its row for when it goes on
    case 'stopped':
    case 'broken':
      return {
        ...none,
        state: 'queued',
        outcome: outcome.kind,
        detail: outcome.detail,
        dueAt: atOnce,
        isFree: true,
      };
    case 'deferred': {
      if (outcome.scope === 'message' && attempts >= maxAttempts && !isFree)
        return {
          ...none,
          state: 'failed',
          outcome: 'given_up',
          reason: 'platform_unavailable',
          detail: outcome.detail,
        };
      const dueAt = new Date(now.getTime() + (outcome.retryAfterMs ?? backoffMs(attempts)));
      return { ...none, state: 'queued', outcome: 'deferred', detail: outcome.detail, dueAt, isFree };
    }
  }
}
