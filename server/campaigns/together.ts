// What of a campaign cannot be had together is refused where it would go out: at the launch, and as long as it is scheduled.
import type { FieldProblem } from '../../contract/errors.ts';
import type { Schedule } from '../../contract/schedules.ts';
import { type TogetherPlan, togetherProblems } from '../../contract/together.ts';
import { lengthInWords } from '../../contract/zones.ts';
import { AppError } from '../platform/errors.ts';
import { occurrencesAfter, whyNoDates } from './schedules/recurrence.ts';

type Plan = TogetherPlan & { schedule: Schedule };

/** Throws VALIDATION_FAILED at each test or canary that contradicts something. */
export function checkTogether(plan: Plan): void {
  const errors = [...togetherProblems(plan), ...endlessTest(plan)];
  if (errors[0]) throw new AppError('VALIDATION_FAILED', errors[0].detail, { errors });
}

/** So many dates are looked at for the shortest time between two. */
const datesLookedAt = 10;

/** A date of a series waits for the end of the run before it: a test must be decided before, and not by somebody who may be away. */
function endlessTest({ schedule, settings: { ab } }: Plan): FieldProblem[] {
  // of a test on everybody nobody waits
  if (!ab || ab.test_percent >= 100 || schedule.mode !== 'recurring') return [];
  const { winner } = ab;
  const pointer = '/settings/ab/winner';
  if (winner.by === 'hand')
    return [
      {
        pointer,
        detail:
          'A campaign that repeats cannot wait for a winner chosen by hand: its next dates would wait as well. Let the figures choose it, or leave the test out.',
      },
    ];
  if (whyNoDates(schedule)) return [];
  const dates = occurrencesAfter(schedule, new Date(0), datesLookedAt).map(({ at }) => Date.parse(at));
  const shortest = Math.min(...dates.slice(1).map((at, index) => at - (dates[index] as number)));
  if (winner.after_minutes * 60_000 < shortest) return [];
  return [
    {
      pointer: `${pointer}/after_minutes`,
      detail: `The test would take ${lengthInWords(winner.after_minutes * 60_000)}, but there is only ${lengthInWords(shortest)} between two dates. Decide earlier, or repeat less often.`,
    },
  ];
}
