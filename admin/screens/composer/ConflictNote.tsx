// Somebody else saved first. What was typed here stays on screen until the person chooses.
import { useNavigate } from '@tanstack/react-router';
import { Note } from '../../ui/Note.tsx';
import { tellProblem } from '../../ui/toast.tsx';
import type { DraftControl } from './use-draft.ts';

export function ConflictNote({ control, automation }: { control: DraftControl; automation?: boolean }) {
  const navigate = useNavigate();
  if (control.state !== 'conflict') return null;
  const load = () => control.reload().catch((error) => tellProblem('Loading did not work', error));
  const copy = () =>
    control
      .keepAsCopy()
      .then(({ id }) =>
        automation
          ? navigate({ to: '/automations', search: { open: id } })
          : navigate({ to: '/campaigns/$id/edit', params: { id } }),
      )
      .catch((error) => tellProblem('The copy could not be made', error));
  return (
    <Note
      tone="warn"
      actions={
        <>
          <button type="button" className="plain-button" onClick={() => void load()}>
            Load the other version
          </button>
          <button type="button" className="plain-button" onClick={() => void copy()}>
            Keep mine as a copy
          </button>
        </>
      }
    >
      {control.error?.detail ?? 'Somebody changed this in another tab.'} What you typed is still here, but it
      is not saved.
    </Note>
  );
}
