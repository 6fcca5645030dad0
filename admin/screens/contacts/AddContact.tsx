// Adding one contact by hand, optionally with a chat id on one of the bots.

import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Contact } from '../../../contract/contacts.ts';
import { api, keys } from '../../api.ts';
import { connectionsQuery } from '../../session.ts';
import { problemAt, problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { labelOfConnection } from '../connections/handle.ts';
import { ContactFields, contactBody, noContact } from './ContactFields.tsx';
import css from './Contacts.module.css';
import { contactName } from './contact-name.ts';

export function AddContact({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Add contact"
      size={560}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {opened && <Form onClose={onClose} />}
    </Modal>
  );
}

const shown = [
  'first_name',
  'last_name',
  'email',
  'phone',
  'language',
  'time_zone',
  'external_id',
  'tags',
  'identities',
];

function Form({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: connections } = useQuery(connectionsQuery);
  const [form, setForm] = useState(noContact);
  const [connection, setConnection] = useState<string | null>(null);
  const [address, setAddress] = useState('');
  const { busy, error, run } = useAction();
  // a number's address is the phone number above
  const bots = connections?.data.filter(({ channel }) => factsOf(channel).account === 'bot') ?? [];
  const bot = connection ?? bots[0]?.id ?? null;
  const platform = factsOf(bots.find(({ id }) => id === bot)?.channel)?.name;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await run(async () => {
      const contact = await api.post<Contact>('/contacts', {
        ...contactBody(form),
        identities: address.trim() && bot ? [{ connection_id: bot, address: address.trim() }] : undefined,
      });
      await client.invalidateQueries({ queryKey: keys.contacts() });
      tell(`${contactName(contact)} added`);
      onClose();
      await navigate({ to: '/contacts/$id', params: { id: contact.id } });
    });
  };
  const elsewhere = problemElsewhere(
    error,
    shown.map((name) => `/${name}`),
  );
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className={css.form}>
      {elsewhere && <Note tone="bad">{elsewhere}</Note>}
      <ContactFields form={form} onChange={setForm} error={error} />
      {bots.length > 0 && (
        <div className={css.fields}>
          <Select
            label="Bot"
            data={bots.map((item) => ({ value: item.id, label: labelOfConnection(item) }))}
            value={bot}
            onChange={setConnection}
          />
          <TextInput
            label={`${platform} chat id`}
            description="Only works if the person has pressed Start in this bot."
            value={address}
            error={problemAt(error, '/identities')}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
        </div>
      )}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          Go back
        </Button>
        <Button type="submit" miw={112} aria-disabled={busy || undefined}>
          {busy ? 'Adding' : 'Add contact'}
        </Button>
      </div>
    </form>
  );
}
