// What keeps a message from being sent, each with a way to the field that says it.
import type { Ref } from 'react';
import type { FieldProblem } from '../../../contract/errors.ts';
import { Note } from '../../ui/Note.tsx';

/** The field on screen for a pointer: the one named after it, or after what it is part of. */
export function goToField(pointer: string): void {
  const named = [...document.querySelectorAll<HTMLElement>('[data-field]')]
    .filter((place) => pointer === place.dataset.field || pointer.startsWith(`${place.dataset.field}/`))
    .sort((a, b) => (b.dataset.field?.length ?? 0) - (a.dataset.field?.length ?? 0))[0];
  const own = named?.matches('input, textarea, select, button')
    ? named
    : (named?.querySelector<HTMLElement>('[aria-invalid="true"]') ??
      named?.querySelector<HTMLElement>('textarea, input:not([type="file"])') ??
      named?.querySelector<HTMLElement>('button'));
  own?.closest('details')?.setAttribute('open', '');
  own?.scrollIntoView({ block: 'center' });
  own?.focus();
}

export function ProblemSummary(props: {
  problems: FieldProblem[];
  /** What they keep from happening. */
  lead?: string;
  ref: Ref<HTMLDivElement>;
  onGo: (pointer: string) => void;
}) {
  const { problems, lead = 'Not ready to send yet:', ref, onGo } = props;
  return (
    <div tabIndex={-1} ref={ref}>
      <Note tone="bad">
        {lead}{' '}
        {problems.map((problem, index) => (
          <span key={`${problem.pointer}${problem.detail}`}>
            {index > 0 && ' '}
            <button type="button" className="plain-button" onClick={() => onGo(problem.pointer)}>
              {problem.detail}
            </button>
          </span>
        ))}
      </Note>
    </div>
  );
}
