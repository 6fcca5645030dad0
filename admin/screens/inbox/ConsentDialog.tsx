// A person of the shop opts somebody out, back in with proof, or undoes a misunderstanding with the reason.
import { Checkbox, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Contact } from '../../../contract/contacts.ts';
import { api, keys } from '../../api.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { contactName } from '../contacts/contact-name.ts';
import { channelWord } from '../frame/ChannelTile.tsx';
import { channelsInWords, stillReached } from './consent-words.ts';

/** What is about to be done, about whom. Whoever shows the parts of a person keeps it, so that no layout takes it away. */
export interface ConsentVerb {
  contact: Contact;
  kind: 'opted_in' | 'opted_out' | 'undo';
  /** "every": to opt out only. */
  channel: Contact['consent'][number]['channel'] | 'every';
}

const words = {
  opted_in: {
    action: 'Record opt-in',
    label: 'The words they agreed with, and where',
    told: 'Opt-in recorded',
    field: '/wording',
  },
  opted_out: {
    action: 'Opt out',
    label: 'Their words, if you have them',
    told: 'Opted out',
    field: '/wording',
  },
  undo: {
    action: 'Undo opt-out',
    label: 'Why it was a misunderstanding',
    told: 'Opt-out undone',
    field: '/reason',
  },
} as const;

export function ConsentDialog({ verb, onClose }: { verb: ConsentVerb; onClose: () => void }) {
  const { contact, kind } = verb;
  const others = stillReached(contact).filter((one) => one !== verb.channel);
  const [everywhere, setEverywhere] = useState(verb.channel === 'every');
  const channel = everywhere ? 'every' : verb.channel;
  const on = channel === 'every' ? 'any channel' : channelWord(channel);
  const client = useQueryClient();
  const saving = useAction();
  const [text, setText] = useState('');
  const name = contactName(contact);
  const { action, label, told, field } = words[kind];
  const save = () =>
    saving
      .run(async () => {
        const path = `/contacts/${contact.id}/consent`;
        const wording = text.trim() || null;
        const saved =
          kind === 'undo'
            ? await api.post<Contact>(`${path}/undo`, { channel, reason: text.trim() })
            : await api.post<Contact>(path, { channel, state: kind, wording });
        client.setQueryData(keys.contact(contact.id), saved);
        void client.invalidateQueries({ queryKey: keys.consent(contact.id) });
        void client.invalidateQueries({ queryKey: keys.timeline(contact.id) });
        void client.invalidateQueries({ queryKey: keys.contacts() });
        void client.invalidateQueries({ queryKey: keys.conversations() });
        tell(told);
      })
      .then((well) => well && onClose());
  const elsewhere = problemElsewhere(saving.error, [field]);
  return (
    <ConfirmDialog
      opened
      title={`${action}: ${name}`}
      action={action}
      busyLabel="Saving"
      busy={saving.busy}
      error={elsewhere ? new Error(elsewhere) : undefined}
      onClose={onClose}
      onConfirm={() => void save()}
    >
      <p>
        {kind === 'opted_out' && `${name} gets no more campaigns on ${on}. Replies still arrive.`}
        {kind === 'opted_in' && `${name} gets campaigns on ${on} again. What you write is kept as the proof.`}
        {kind === 'undo' &&
          'What held before the opt-out holds again. The history keeps both, with your name. Nobody tells the person: if they were told that they get no more messages, write to them.'}
      </p>
      {kind === 'opted_out' && verb.channel !== 'every' && others.length > 0 && (
        <Checkbox
          mt={12}
          label="Opt out everywhere"
          description={
            everywhere
              ? 'On every channel, also on those that they are not known on yet.'
              : `Campaigns on ${channelsInWords(others)} still reach them.`
          }
          checked={everywhere}
          onChange={(event) => setEverywhere(event.currentTarget.checked)}
        />
      )}
      <Textarea
        label={label}
        value={text}
        autosize
        minRows={2}
        maxLength={500}
        mt={12}
        error={problemAt(saving.error, field)}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}
