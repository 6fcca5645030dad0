// The question before something is done with many contacts: what, with how many, and what follows from it.
import { SegmentedControl, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { BulkAction, BulkCreate } from '../../../contract/bulk.ts';
import type { Segment } from '../../../contract/segments.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { figure, people } from '../../ui/numbers.ts';
import { TagsField } from '../../ui/TagsField.tsx';
import { useAction } from '../../ui/use-action.ts';
import { NamePicker } from '../segments/rules/NamePicker.tsx';
import css from './Contacts.module.css';
import { useSegmentName } from './use-segment-name.ts';
import { whomInWords } from './whom-in-words.ts';

export type Deed = BulkCreate['action']['do'];

interface Props {
  deed: Deed;
  select: BulkCreate['select'];
  /** Undefined while it is counted. */
  count: number | undefined;
  onClose: () => void;
  onStarted: () => void;
}

const titles: Record<Exclude<Deed, 'erase'>, string> = {
  add_tags: 'Add tags',
  remove_tags: 'Remove tags',
  add_to_segment: 'Add to a list',
  remove_from_segment: 'Remove from a list',
};

export function DeedDialog({ deed, select, count, onClose, onStarted }: Props) {
  const client = useQueryClient();
  const { busy, error, run } = useAction();
  const [kept, setTags] = useState<string[]>([]);
  const [tagTyped, setTagTyped] = useState('');
  const tags = [...new Set([...kept, tagTyped.trim()])].filter(Boolean);
  const [isNew, setIsNew] = useState(false);
  const [listId, setListId] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [typed, setTyped] = useState('');
  const segmentName = useSegmentName('filter' in select ? select.filter.segment_id : undefined);
  const listName = useSegmentName(listId ?? undefined);
  const whom = count === undefined ? 'them' : people(count);
  const start = () =>
    run(async () => {
      try {
        await api.post<BulkAction>('/contacts/bulk', {
          select,
          action: await actionOf(),
          expected_count: count,
        });
      } catch (problem) {
        // as many as there are now: the dialog shows them, and the person decides anew
        if (problem instanceof ApiProblem && problem.code === 'NUMBER_CHANGED')
          void client.invalidateQueries({ queryKey: keys.contacts() });
        throw problem;
      }
      void client.invalidateQueries({ queryKey: keys.works('bulk_action') });
      onStarted();
    });
  const actionOf = async () => {
    if (deed === 'erase') return { do: deed };
    if (deed === 'add_tags' || deed === 'remove_tags') return { do: deed, tags };
    if (!isNew) return { do: deed, segment_id: listId };
    const made = await api.post<Segment>('/segments', { name });
    void client.invalidateQueries({ queryKey: keys.segments() });
    // made already, should the rest be refused
    setListId(made.id);
    setIsNew(false);
    return { do: deed, segment_id: made.id };
  };
  const ready =
    count !== undefined &&
    count > 0 &&
    (deed === 'erase'
      ? typed.trim() === String(count)
      : deed.endsWith('_tags')
        ? tags.length > 0
        : isNew
          ? name.trim() !== ''
          : listId !== null);
  const action = {
    add_tags: `Add to ${whom}`,
    remove_tags: `Remove from ${whom}`,
    add_to_segment: `Add ${whom}`,
    remove_from_segment: `Remove ${whom}`,
    erase: `Erase ${whom}`,
  }[deed];
  return (
    <ConfirmDialog
      opened
      title={deed === 'erase' ? `Erase ${whomInWords(select, count, segmentName)}?` : titles[deed]}
      action={action}
      busyLabel="Starting"
      busy={busy}
      disabled={!ready}
      danger={deed === 'erase'}
      error={error}
      onClose={onClose}
      onConfirm={() => void start()}
    >
      <div className={css.form}>
        {deed.endsWith('_tags') && (
          <TagsField
            label="Tags"
            description={
              deed === 'add_tags'
                ? 'Whoever has a tag already keeps it.'
                : 'Whoever does not have a tag is left as they are.'
            }
            value={kept}
            maxTags={20}
            onChange={setTags}
            onTyped={setTagTyped}
          />
        )}
        {deed === 'add_to_segment' && (
          <SegmentedControl
            fullWidth
            aria-label="Which list"
            data={[
              { value: 'old', label: 'A list that is there' },
              { value: 'new', label: 'A new list' },
            ]}
            value={isNew ? 'new' : 'old'}
            onChange={(value) => setIsNew(value === 'new')}
          />
        )}
        {deed.endsWith('_segment') &&
          (isNew ? (
            <TextInput
              label="Name of the new list"
              value={name}
              maxLength={120}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          ) : (
            <NamePicker
              noun="segment"
              kind="static"
              label="List"
              placeholder="Choose a list"
              value={listId}
              name={listName}
              onChange={setListId}
            />
          ))}
        {deed === 'erase' && (
          <>
            <p>
              Their profiles, addresses, consents, notes, messages, events and orders are removed for good,
              and they are taken out of every segment. What stays: the counts of your reports, without
              anything that says who they were. Whoever writes to you again is a new contact.
            </p>
            <TextInput
              label={`Type ${count === undefined ? '…' : figure(count).replaceAll(',', '')} to confirm`}
              inputMode="numeric"
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          </>
        )}
        <p className="t3 small">
          It is done in the background, and can be stopped while it runs; what is done by then stays done.
        </p>
      </div>
    </ConfirmDialog>
  );
}
