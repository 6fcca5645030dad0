// The rules of a canary: how many people it takes, what is held against them, and what is said about it. Pure; the deeds are
// in tend-canary.ts. A canary's people are drawn by lot over the whole audience, not taken from its oldest end.
import type { Canary, CanaryFigure, CanaryStep } from '../../../contract/canary.ts';
import { whoIsBlocked } from '../../../contract/deliveries.ts';

/** What the run keeps of its canary (runs.canary); times as ISO text. */
export interface CanaryRecord {
  /** How many people it is meant for; null until the whole audience has its rows. */
  people: number | null;
  /** When the last of its people had an outcome, as far as it was seen. */
  sampledAt: string | null;
  judgeAt: string | null;
  judgedAt: string | null;
  /** As judged: what comes later is no longer the canary's. */
  counts: CanaryCounts | null;
  finding: string | null;
  settledAt: string | null;
  settledBy: string | null;
}

export const freshCanary: CanaryRecord = {
  people: null,
  sampledAt: null,
  judgeAt: null,
  judgedAt: null,
  counts: null,
  finding: null,
  settledAt: null,
  settledBy: null,
};

/** What happened to the people of a canary. Each message is in one of sent, failed, unknown, blocked; opting out comes beside. */
export interface CanaryCounts {
  /** Rows that were to be sent: those left out on purpose are no part of it and are replaced. */
  people: number;
  /** Still waiting or under way. */
  open: number;
  failed: number;
  unknown: number;
  blocked: number;
  optedOut: number;
}

/** Rows beyond the canary are let go once it is settled. */
export function isSettled(step: CanaryStep | null, record: CanaryRecord | null): boolean {
  return step === null || record?.settledAt != null;
}

/** `sendable`: rows that are meant to be sent. At least one person, and a share is rounded up. */
export function canarySize(size: Canary['size'], sendable: number): number {
  if ('people' in size) return size.people;
  return Math.max(1, Math.ceil((sendable * size.percent) / 100));
}

/** The figures against their limits, as shares of `of` people. A limit is kept up to and including itself. */
export function judge(counts: CanaryCounts, limits: Canary['limits'], of = counts.people): CanaryFigure[] {
  const figure = (what: CanaryFigure['what'], count: number, limit_percent: number): CanaryFigure => {
    const percent = of > 0 ? (count / of) * 100 : 0;
    // compared unrounded and without a division, so that 7 of 100 is exactly 7 %
    return {
      what,
      count,
      percent: tenth(percent),
      limit_percent,
      within: count * 100 <= limit_percent * of + 1e-9,
    };
  };
  return [
    figure('failed', counts.failed + counts.unknown, limits.failed_percent),
    figure('blocked', counts.blocked, limits.blocked_percent),
    figure('opted_out', counts.optedOut, limits.opted_out_percent),
  ];
}

export function isWithin(figures: CanaryFigure[]): boolean {
  return figures.every((figure) => figure.within);
}

/** "Canary stopped: 7 of 100 people blocked the bot (7.0 %, limit 2 %)." */
export function stoppedWords(
  figures: CanaryFigure[],
  counts: CanaryCounts,
  { of = counts.people, channel }: { of?: number; channel?: string } = {},
): string {
  const over = figures
    .filter((figure) => !figure.within)
    .map((figure) => figureWords(figure, counts, of, whoIsBlocked(channel)));
  return `Canary stopped: ${over.join('; ')}.`;
}

/** "Canary passed: of 100 people 1 blocked the bot." */
export function passedWords(counts: CanaryCounts, channel?: string): string {
  const whom = whoIsBlocked(channel);
  const all = counted(counts.people, 'person', 'people');
  const parts = [
    counts.failed > 0 ? `${counted(counts.failed, 'message', 'messages')} failed` : '',
    counts.unknown > 0 ? `${counted(counts.unknown, 'message has', 'messages have')} no answer` : '',
    counts.blocked > 0 ? `${counts.blocked} blocked ${whom}` : '',
    counts.optedOut > 0 ? `${counts.optedOut} opted out` : '',
  ].filter(Boolean);
  if (parts.length === 0) return `Canary passed: all ${all} got it, nobody blocked ${whom} or opted out.`;
  return `Canary passed, within its limits: of ${all}, ${parts.join(', ')}.`;
}

/** What resuming means in this step, for the person who presses it. `left`: everybody still waiting. */
export function resumeWords(step: CanaryStep | null, record: CanaryRecord | null, left: number): string {
  const rest = `${counted(left, 'person', 'people')} will be messaged. Nobody gets it twice.`;
  if (step === 'stopped') return `Continues although the canary was stopped: ${rest}`;
  if (step === 'passed' && !record?.settledAt) return `The canary has passed: ${rest}`;
  if (step === 'sampling')
    return 'The people of the canary first, everybody else once it has passed. Nobody gets it twice.';
  if (step === 'waiting')
    return 'The canary has gone out and its wait goes on: everybody else follows once it has passed.';
  return rest;
}

function figureWords(figure: CanaryFigure, counts: CanaryCounts, of: number, whom: string): string {
  const exact = of > 0 ? (figure.count / of) * 100 : 0;
  // 2.04 % is over a limit of 2 %, and "2.0 %" would not look so
  const digits = figure.percent === figure.limit_percent && exact !== figure.limit_percent ? 2 : 1;
  const share = `(${exact.toFixed(digits)} %, limit ${figure.limit_percent} %)`;
  const all = counted(of, 'person', 'people');
  if (figure.what === 'blocked') return `${figure.count} of ${all} blocked ${whom} ${share}`;
  if (figure.what === 'opted_out') return `${figure.count} of ${all} opted out ${share}`;
  const messages = counted(of, 'message', 'messages');
  if (counts.unknown === 0) return `${figure.count} of ${messages} failed ${share}`;
  return `${figure.count} of ${messages} failed or have no answer ${share}`;
}

function counted(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

function tenth(n: number): number {
  return Math.round(n * 10) / 10;
}
