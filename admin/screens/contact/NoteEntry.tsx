// A note in the timeline: its text with who and when, changed or deleted in place.
import { Button, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TimelineEntry } from '../../../contract/timeline.ts';
import { api, keys } from '../../api.ts';
import { useMay, useZone } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { problemText } from '../../ui/FieldProblem.tsx';
import { moment } from '../../ui/times.ts';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import css from './Contact.module.css';
import { useFirstField } from './use-first-field.ts';

type NoteRow = Extract<TimelineEntry, { kind: 'note' }>;

export function NoteEntry({ contactId, note }: { contactId: string; note: NoteRow }) {
  const client = useQueryClient();
  const zone = useZone();
  const write = useMay('contacts:write');
  const saving = useAction();
  const deleting = useAction();
  const [draft, setDraft] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const form = useFirstField(draft !== null);
  const path = `/contacts/${contactId}/notes/${note.id}`;
  const refetch = () => client.invalidateQueries({ queryKey: keys.timeline(contactId) });
  const save = () =>
    saving.run(async () => {
      await api.patch(path, { text: draft });
      await refetch();
      setDraft(null);
    });
  const remove = () =>
    deleting.run(async () => {
      await api.delete(path);
      await refetch();
      tell('Note deleted');
    });
  if (draft !== null)
    return (
      <form
        ref={form}
        className={css.editor}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Textarea
          aria-label="Note"
          autosize
          minRows={2}
          maxRows={12}
          maxLength={5000}
          value={draft}
          error={saving.error ? problemText(saving.error) : undefined}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && setDraft(null)}
        />
        <div className="row">
          <Button type="submit" size="xs" miw={56} disabled={draft.trim() === ''}>
            {saving.busy ? 'Saving' : 'Save'}
          </Button>
          <Button size="xs" variant="subtle" onClick={() => setDraft(null)}>
            Cancel
          </Button>
        </div>
      </form>
    );
  return (
    <>
      <p className={css.noteText} dir="auto">
        {note.text}
      </p>
      <div className={`row wrap small t3 ${css.noteFoot}`}>
        {note.edited_at && (
          <span>
            Changed by {note.edited_by}, {moment(note.edited_at, zone)}
          </span>
        )}
        {write.may && (
          <>
            <button type="button" className={`plain-button ${css.quiet}`} onClick={() => setDraft(note.text)}>
              Edit
            </button>
            <button type="button" className={`plain-button ${css.quiet}`} onClick={() => setAsking(true)}>
              Delete
            </button>
          </>
        )}
      </div>
      <ConfirmDialog
        opened={asking}
        title="Delete this note?"
        action="Delete note"
        busyLabel="Deleting"
        danger
        busy={deleting.busy}
        error={deleting.error}
        onClose={() => setAsking(false)}
        onConfirm={() => void remove()}
      >
        What {note.author} wrote is gone for everybody. This cannot be taken back.
      </ConfirmDialog>
    </>
  );
}
