// The circuit breaker of one connection: what the platform's answers say about the platform, never about the person. Too
// many bad ones in a row and nothing more is claimed; the platform is asked again with growing pauses, first by a call that
// reaches nobody, then by one message at a time. Pure; what outlives the lane is kept with the connection (keep-circuit.ts).
import type { Outcome } from '../../channels/channel.ts';
import { backoffMs } from '../delivery.ts';

/** `answered`: the platform works. `refused`: no way to it. `failed`: it fails by its own account. `lost`: nobody knows. */
export type Sign = 'answered' | 'refused' | 'failed' | 'lost';

/** In a row, without one answer between them. Lost ones weigh most: each is a person of whom nobody knows. */
export const opensAfter = { lost: 10, refused: 5, bad: 20 } as const;
/** Or this share of so many answers within five minutes, where good and bad ones take turns. */
export const share = { bad: 0.5, of: 50, withinMs: 5 * 60_000 } as const;
/** Good ones in a row, one at a time, that close it again. */
export const closesAfter = 3;
/** 5 s, 10 s, … two minutes, each less up to a half by lot. */
const probeFirstMs = 5000;
export const probeLongestMs = 120_000;
/** A platform that is away for longer than this pauses the campaigns, so that a person looks at them. */
export const holdAfterMs = 15 * 60_000;

/** What is kept with the connection; the times are the wall clock's. */
export interface StoredCircuit {
  state: 'closed' | 'open' | 'half_open';
  since: Date | null;
  reason: string | null;
  probeAt: Date | null;
  probes: number;
  holdAt: Date | null;
}

export const closedCircuit: StoredCircuit = {
  state: 'closed',
  since: null,
  reason: null,
  probeAt: null,
  probes: 0,
  holdAt: null,
};

/** Null: says nothing about the connection (a 429 has its own exact pause, credentials their own way). */
export function signOf(outcome: Outcome): Sign | null {
  switch (outcome.kind) {
    case 'accepted':
      return 'answered';
    case 'rejected':
      // our own template never reached the platform; every other refusal is an answer about one person or message
      return outcome.reason === 'template_error' ? null : 'answered';
    case 'unknown':
      return 'lost';
    case 'broken':
    case 'stopped':
      return null;
    case 'deferred':
      if (outcome.retryAfterMs !== null || outcome.scope === 'recipient') return null;
      return outcome.scope === 'connection' ? 'refused' : 'failed';
  }
}

/** How long until the platform is asked again. `probes`: how often it was in vain. */
export function probePauseMs(probes: number, random = Math.random()): number {
  return Math.min(probeLongestMs, (backoffMs(probes, random) * probeFirstMs) / 1000);
}

export interface Now {
  /** Monotonic milliseconds: pauses, which a corrected wall clock must not stretch. */
  elapsedMs: number;
  /** For what is kept and shown. */
  wall: Date;
}

export interface Circuit {
  /** `nothing` may be claimed, `one` row at a time, or as many as the pace allows. */
  allows(): 'all' | 'one' | 'nothing';
  /** Open: milliseconds until the platform may be asked again. */
  waitMs(now: Now): number;
  /** One answer. `isProbe`: it belongs to a message sent one at a time. Returns whether the state changed. */
  note(sign: Sign, detail: string, now: Now, isProbe: boolean): boolean;
  /** What the call that reaches nobody found out: null when the platform answered, else why not. */
  probed(failure: string | null, now: Now): void;
  /** What stands with the connection by now: a person may have asked for a try at once. */
  adopt(stored: StoredCircuit, now: Now): void;
  stored(): StoredCircuit;
}

/** `stored` is what a former owner of the lane left; it waits as that one would have, at most the longest pause. */
export function createCircuit(stored: StoredCircuit, now: Now): Circuit {
  let kept = { ...stored };
  let probeAtMs = pauseOf(kept, now);
  let inRow = { lost: 0, refused: 0, bad: 0 };
  let good = 0;
  let recent: { at: number; bad: boolean }[] = [];

  function open(reason: string | null, now: Now): void {
    const pauseMs = probePauseMs(kept.probes);
    probeAtMs = now.elapsedMs + pauseMs;
    kept = {
      state: 'open',
      since: kept.since ?? now.wall,
      reason: reason ?? kept.reason,
      probeAt: new Date(now.wall.getTime() + pauseMs),
      // beyond this the pause does not grow, and the column is small
      probes: Math.min(kept.probes + 1, 100),
      holdAt: kept.holdAt ?? new Date(now.wall.getTime() + holdAfterMs),
    };
    good = 0;
  }

  function forget(): void {
    inRow = { lost: 0, refused: 0, bad: 0 };
    recent = [];
    good = 0;
  }

  function count(sign: Sign, atMs: number): void {
    if (sign === 'answered') inRow = { lost: 0, refused: 0, bad: 0 };
    else {
      inRow.bad += 1;
      // other trouble in between does not make a lost message any better
      inRow.lost = sign === 'lost' ? inRow.lost + 1 : inRow.lost;
      inRow.refused = sign === 'refused' ? inRow.refused + 1 : 0;
    }
    recent.push({ at: atMs, bad: sign !== 'answered' });
    while (recent.length > share.of || (recent[0] && recent[0].at <= atMs - share.withinMs)) recent.shift();
  }

  return {
    allows: () =>
      ({ closed: 'all', half_open: 'one', open: 'nothing' })[kept.state] as 'all' | 'one' | 'nothing',
    waitMs: (now) => Math.max(0, probeAtMs - now.elapsedMs),
    note(sign, detail, now, isProbe) {
      if (kept.state === 'closed') {
        count(sign, now.elapsedMs);
        const reason = sign === 'answered' ? null : openingReason(inRow, recent, detail);
        if (!reason) return false;
        kept.probes = 0;
        open(reason, now);
        return true;
      }
      // answers to what was under way when it opened decide nothing
      if (kept.state === 'open' || !isProbe) return false;
      if (sign !== 'answered') {
        open(stillWords(sign, detail), now);
        return true;
      }
      good += 1;
      if (good < closesAfter) return false;
      kept = { ...closedCircuit };
      forget();
      return true;
    },
    probed(failure, now) {
      if (failure !== null) return open(`Asked again in vain: ${words(firstSentence(failure))}`, now);
      kept = { ...kept, state: 'half_open', probeAt: null };
      good = 0;
    },
    adopt(stored, now) {
      const isSame = stored.state === kept.state && stored.probeAt?.getTime() === kept.probeAt?.getTime();
      kept = { ...kept, holdAt: stored.holdAt };
      if (isSame || kept.state !== 'open' || stored.state !== 'open') return;
      kept = { ...stored };
      probeAtMs = pauseOf(stored, now);
    },
    stored: () => ({ ...kept }),
  };
}

function pauseOf(stored: StoredCircuit, now: Now): number {
  const pauseMs = (stored.probeAt?.getTime() ?? 0) - now.wall.getTime();
  return now.elapsedMs + Math.min(probeLongestMs, Math.max(0, pauseMs));
}

/** Why it opens now, in words; null while it need not. */
function openingReason(
  inRow: { lost: number; refused: number; bad: number },
  recent: { bad: boolean }[],
  detail: string,
): string | null {
  const last = words(detail);
  if (inRow.lost >= opensAfter.lost)
    return `${inRow.lost} messages went unanswered with no answer in between. The last: ${last}`;
  if (inRow.refused >= opensAfter.refused)
    return `The platform could not be reached ${inRow.refused} times in a row. The last: ${last}`;
  if (inRow.bad >= opensAfter.bad) return `${inRow.bad} calls in a row went wrong. The last: ${last}`;
  const bad = recent.filter((one) => one.bad).length;
  if (recent.length >= share.of && bad >= share.of * share.bad)
    return `${bad} of the last ${recent.length} calls went wrong. The last: ${last}`;
  return null;
}

function stillWords(sign: Sign, detail: string): string {
  if (sign === 'lost') return `A message sent on trial went unanswered: ${words(detail)}`;
  if (sign === 'failed') return `A message sent on trial was not taken: ${words(detail)}`;
  return `The platform cannot be reached: ${words(detail)}`;
}

/** What is wrong; the advice that follows is for whoever is connecting a bot, here it goes on by itself. */
function firstSentence(detail: string): string {
  return detail.split(/(?<=[.!?])\s/)[0] ?? detail;
}

/** What the platform or the network says, as a sentence that ends. */
function words(detail: string): string {
  const text = detail.trim().slice(0, 200);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** What a campaign says that was paused because its connection stayed open for too long. */
export function heldWords(connectionName: string, reason: string | null): string {
  const minutes = Math.round(holdAfterMs / 60_000);
  return `${connectionName} has not worked for ${minutes} minutes. ${reason ?? ''} Everybody who was not messaged yet still waits. Resume to try again.`.replace(
    /\s+/g,
    ' ',
  );
}
