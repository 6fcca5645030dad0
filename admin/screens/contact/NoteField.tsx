// A new note, above the timeline. What is typed is not lost by leaving without being asked.
import { Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { problemText } from '../../ui/FieldProblem.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { UnsavedChanges } from '../../ui/UnsavedChanges.tsx';
import { useAction } from '../../ui/use-action.ts';
import css from './Contact.module.css';

export function NoteField({ contactId }: { contactId: string }) {
  const client = useQueryClient();
  const write = useMay('contacts:write');
  const saving = useAction();
  const [text, setText] = useState('');
  if (!write.may) return null;
  const save = () =>
    text.trim() !== '' &&
    saving.run(async () => {
      await api.post(`/contacts/${contactId}/notes`, { text });
      setText('');
      await client.invalidateQueries({ queryKey: keys.timeline(contactId) });
    });
  return (
    <form
      className={css.noteField}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Textarea
        aria-label="New note"
        placeholder="Write a note. Only your team sees it."
        autosize
        minRows={1}
        maxRows={8}
        maxLength={5000}
        value={text}
        error={saving.error ? problemText(saving.error) : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
          event.preventDefault();
          void save();
        }}
      />
      {text !== '' && (
        <div className="row">
          <ReasonButton
            type="submit"
            size="xs"
            miw={80}
            reason={text.trim() === '' ? 'Write something first.' : undefined}
          >
            {saving.busy ? 'Saving' : 'Save note'}
          </ReasonButton>
          <span className="small t3 no-touch">Ctrl or ⌘ and Enter saves</span>
        </div>
      )}
      <UnsavedChanges when={text.trim() !== ''} what="this note" />
    </form>
  );
}
