// Above the form: what concerns the whole automation, and what keeps it from being saved.
import { Note } from '../../../ui/Note.tsx';
import { ConflictNote } from '../../composer/ConflictNote.tsx';
import { goToField, ProblemSummary } from '../../composer/ProblemSummary.tsx';
import type { AutomationEditing } from './use-automation-editor.ts';

export function EditorNotes({ editing }: { editing: AutomationEditing }) {
  const { campaign, control, write, readOnly, problems, tried, summary } = editing;
  return (
    <>
      {readOnly && <Note tone="info">{write.reason}</Note>}
      {campaign.status_reason && <Note tone="warn">{campaign.status_reason}</Note>}
      <ConflictNote control={control} automation />
      {control.state === 'refused' && control.error && control.error.errors.length === 0 && (
        <Note tone="bad">{control.error.detail} What you changed is kept in this browser.</Note>
      )}
      {tried && problems.length > 0 && (
        <ProblemSummary
          ref={summary}
          lead="Not saved yet:"
          problems={problems}
          onGo={(pointer) => goToField(pointer)}
        />
      )}
      {control.restored && control.state !== 'saved' && (
        <Note tone="info">
          These are changes of yours from before, kept in this browser. Nobody gets them until you save.
        </Note>
      )}
    </>
  );
}
