// Who of a run goes first, and what everybody else waits for: a canary, or an A/B test. The same of a run that is only
// planned as of one under way. Pure.
import type { Settings } from '../../../contract/campaigns.ts';
import type { CanaryReport } from '../../../contract/canary.ts';
import { canarySize } from '../canary/canary.ts';

export interface Stage {
  reason: 'canary' | 'variants';
  /** Those who go first and are still to be messaged. */
  first: number;
  /** After the last of them; null: until a person decides. */
  waitMs: number | null;
  /** Where all of them are through: when the wait ends. */
  until: Date | null;
}

/** People wait for the winner of an A/B test. */
export interface AbWait {
  /** Of the test itself: still to be messaged. */
  open: number;
  decideAt: string | null;
}

/** `ahead`: nobody is chosen yet, as before the launch. null: the run has none, or it is over. */
export interface Progress {
  canary: CanaryReport | 'ahead' | null;
  ab: AbWait | 'ahead' | null;
}

/** null: everybody goes at once. A campaign has a canary or a test, never both. `left`: who is still to be messaged in all. */
export function stageOf(settings: Partial<Settings>, left: number, { canary, ab }: Progress): Stage | null {
  return (
    (canary && canaryStage(settings.canary ?? null, left, canary)) ??
    (ab && testStage(settings.ab ?? null, left, ab))
  );
}

function canaryStage(
  canary: Settings['canary'],
  left: number,
  progress: CanaryReport | 'ahead',
): Stage | null {
  const report = progress === 'ahead' ? null : progress;
  if (!canary || report?.settled_at) return null;
  const people = report?.people ?? canarySize(canary.size, left);
  // a canary of everybody is none
  if ((report?.people ?? null) === null && people >= left) return null;
  const asks = canary.when_passed === 'ask';
  return {
    reason: 'canary',
    // while its people are watched nobody of them is left, also where some were left out at the last moment
    first: report?.step === 'waiting' ? 0 : Math.max(0, people - (report?.answered ?? 0)),
    waitMs: asks ? null : canary.wait_minutes * 60_000,
    until: asks || !report?.judge_at ? null : new Date(report.judge_at),
  };
}

function testStage(ab: Settings['ab'], left: number, progress: AbWait | 'ahead'): Stage | null {
  if (!ab) return null;
  const first = progress === 'ahead' ? Math.round((left * ab.test_percent) / 100) : progress.open;
  if (progress === 'ahead' && (first === 0 || first >= left)) return null;
  return {
    reason: 'variants',
    first,
    waitMs: ab.winner.by === 'hand' ? null : ab.winner.after_minutes * 60_000,
    until: progress === 'ahead' || !progress.decideAt ? null : new Date(progress.decideAt),
  };
}
