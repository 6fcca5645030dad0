// Which steps are done, which have something to settle: derived from the draft, kept nowhere.
import { useEffect, useState } from 'react';
import { stepOfPointer } from '../../../contract/checks.ts';
import type { Channel } from '../../../contract/connections.ts';
import type { FieldProblem } from '../../../contract/errors.ts';
import { isBlank } from '../../../contract/message.ts';
import type { Draft } from './draft.ts';
import { type Step, steps } from './steps/step.ts';

export interface StepState {
  mark: 'todo' | 'done' | 'error';
  /** How many things there are to settle. */
  count: number;
}

/** Whether a step holds all that it must hold. */
function isWhole(step: Step, draft: Draft, channel: Channel | null): boolean {
  if (step === 'details') return draft.name.trim() !== '' && draft.connection_id !== null;
  if (step === 'message') return !isBlank(draft.content, channel);
  return step !== 'review';
}

/** `furthest`: the step up to which a person has come; what lies behind it may be done without a look. */
export function stepStates(
  draft: Draft,
  problems: FieldProblem[],
  furthest: Step,
  channel: Channel | null = null,
): Record<Step, StepState> {
  const wrong = problems.map(({ pointer }) => stepOfPointer(pointer));
  return Object.fromEntries(
    steps.map((step, place): [Step, StepState] => {
      const count = wrong.filter((one) => one === step).length;
      const seen = place <= steps.indexOf(furthest);
      return [
        step,
        { count, mark: count > 0 ? 'error' : seen && isWhole(step, draft, channel) ? 'done' : 'todo' },
      ];
    }),
  ) as Record<Step, StepState>;
}

/** Follows a person through the steps. A campaign with a message, or one that is scheduled, has been through all of them. */
export function useStepStates(
  draft: Draft,
  problems: FieldProblem[],
  step: Step,
  begun: boolean,
  channel: Channel | null,
) {
  const written = !isBlank(draft.content, channel) || Boolean(draft.content.whatsapp?.template);
  const [furthest, setFurthest] = useState<Step>(begun || written ? 'review' : step);
  useEffect(() => {
    setFurthest((last) => (steps.indexOf(step) > steps.indexOf(last) ? step : last));
  }, [step]);
  return stepStates(draft, problems, furthest, channel);
}
