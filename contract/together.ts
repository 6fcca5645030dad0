// Settings and schedules that cannot be had together: each holds people back in its own way, and two of them would contradict
// each other. A draft may hold such a contradiction; the check names it, and nothing of it is scheduled or sent.
import type { Settings } from './campaigns.ts';
import type { FieldProblem } from './errors.ts';

export interface TogetherPlan {
  schedule: { mode: string };
  settings: Pick<Settings, 'canary' | 'ab'>;
}

/** What contradicts what, at the test or the canary; none: all can be had. */
export function togetherProblems({ schedule, settings: { ab, canary } }: TogetherPlan): FieldProblem[] {
  const local = schedule.mode === 'recipient_local';
  const problems: FieldProblem[] = [];
  if (ab && canary)
    problems.push({
      pointer: '/settings/ab',
      detail:
        'A canary and an A/B test cannot be had together: both send to a few people first. Switch one of them off.',
    });
  if (ab && ab.winner.by !== 'hand' && ab.test_percent < 100 && local)
    problems.push({
      pointer: '/settings/ab',
      detail:
        'Where everybody gets it at their own local time, the figures cannot choose a winner in time. Choose the winner by hand, or another schedule.',
    });
  if (canary && local)
    problems.push({
      pointer: '/settings/canary',
      detail:
        'A canary cannot be had where everybody gets it at their own local time. Switch it off, or choose another schedule.',
    });
  return problems;
}
