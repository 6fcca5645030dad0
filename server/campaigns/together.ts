// What of a campaign cannot be had together is refused where it would go out: at the launch, and as long as it is scheduled.
import { type TogetherPlan, togetherProblems } from '../../contract/together.ts';
import { AppError } from '../platform/errors.ts';

/** Throws VALIDATION_FAILED at each test or canary that contradicts something. */
export function checkTogether(plan: TogetherPlan): void {
  const errors = togetherProblems(plan);
  if (errors[0]) throw new AppError('VALIDATION_FAILED', errors[0].detail, { errors });
}
