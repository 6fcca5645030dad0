// The six steps above the form: each is a link, with what is done and what is to settle.
import { IconCheck, IconExclamationMark } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type Step, steps, stepWords } from './steps/step.ts';
import type { StepState } from './use-step-states.ts';
import css from './Wizard.module.css';

export function StepBar({ id, step, states }: { id: string; step: Step; states: Record<Step, StepState> }) {
  return (
    <nav aria-label="Steps" className={css.steps}>
      <ol>
        {steps.map((one, place) => {
          const { mark, count } = states[one];
          return (
            <li key={one}>
              <Link
                to="/campaigns/$id/edit"
                params={{ id }}
                search={{ step: one }}
                className={css.step}
                data-mark={mark}
                aria-current={one === step ? 'step' : undefined}
              >
                <span className={css.mark} data-place={place + 1} aria-hidden>
                  {mark === 'error' ? (
                    <IconExclamationMark size={14} stroke={2} />
                  ) : mark === 'done' && one !== step ? (
                    <IconCheck size={14} stroke={2} />
                  ) : null}
                </span>
                <span className={css.stepName}>
                  {stepWords[one]}
                  {count > 0 && <small>{count} to fix</small>}
                  {mark === 'done' && <span className="sr-only">, done</span>}
                </span>
              </Link>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
