// One person: profile to edit, where they can be reached, consent with its source, the thread, and erasure.
import { ActionIcon, Button } from '@mantine/core';
import { IconArrowLeft, IconMessage, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Contact } from '../../../contract/contacts.ts';
import type { Conversation } from '../../../contract/conversations.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { usePhone } from '../../ui/DataTable.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { problemElsewhere } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { NotFound } from '../frame/Strays.tsx';
import { ContactPanel } from '../inbox/ContactPanel.tsx';
import { ContactFields, type ContactForm, contactBody } from './ContactFields.tsx';
import css from './Contacts.module.css';
import { contactName } from './contact-name.ts';

const shown = ['first_name', 'last_name', 'email', 'phone', 'language', 'time_zone', 'external_id', 'tags'];

export function ContactScreen() {
  const { id } = useParams({ from: '/inside/contacts/$id' });
  const { data, error, refetch } = useQuery({
    queryKey: keys.contact(id),
    queryFn: ({ signal }) => api.get<Contact>(`/contacts/${id}`, undefined, signal),
  });
  if (error && !data)
    return error instanceof ApiProblem && error.status === 404 ? (
      <NotFound what="This contact" />
    ) : (
      <ErrorState title="The contact could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  if (!data)
    return (
      <Page title="Contact" sunken>
        <BlockSkeleton height={200} count={2} />
      </Page>
    );
  return <Profile key={`${data.id}${data.version}`} contact={data} />;
}

function Profile({ contact }: { contact: Contact }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const phone = usePhone();
  const write = useMay('contacts:write');
  const talk = useMay('conversations:write');
  const saving = useAction();
  const erasing = useAction();
  const opening = useAction();
  const [asking, setAsking] = useState(false);
  const [form, setForm] = useState<ContactForm>(() => formOf(contact));
  const name = contactName(contact);
  const changed = JSON.stringify(form) !== JSON.stringify(formOf(contact));
  const identity = contact.identities.find((item) => item.reachable) ?? contact.identities[0];

  const save = () =>
    saving.run(async () => {
      const saved = await api.patch<Contact>(`/contacts/${contact.id}`, {
        ...contactBody(form),
        version: contact.version,
      });
      client.setQueryData(keys.contact(contact.id), saved);
      void client.invalidateQueries({ queryKey: keys.contacts() });
      tell('Contact saved');
    });
  const openThread = () =>
    identity &&
    opening.run(async () => {
      const conversation = await api.post<Conversation>('/conversations', {
        contact_id: contact.id,
        connection_id: identity.connection_id,
      });
      await navigate({ to: '/inbox/$id', params: { id: conversation.id } });
    });
  const erase = () =>
    erasing.run(async () => {
      await api.delete(`/contacts/${contact.id}`);
      await navigate({ to: '/contacts' });
      client.removeQueries({ queryKey: keys.contact(contact.id) });
      void client.invalidateQueries({ queryKey: keys.contacts() });
      tell('Contact erased');
    });
  const elsewhere = problemElsewhere(
    saving.error,
    shown.map((field) => `/${field}`),
  );
  const conflict = saving.error instanceof ApiProblem && saving.error.code === 'VERSION_CONFLICT';
  return (
    <Page
      title={name}
      sunken
      before={
        <ActionIcon variant="subtle" aria-label="Back to contacts" component={Link} to="/contacts">
          <IconArrowLeft size={16} stroke={1.75} />
        </ActionIcon>
      }
      actions={
        <ReasonButton
          reason={
            talk.reason ?? (identity ? undefined : 'This person has no chat with any of your bots yet.')
          }
          leftSection={<IconMessage size={16} stroke={1.75} />}
          onClick={() => void openThread()}
        >
          {phone ? 'Thread' : 'Open thread'}
        </ReasonButton>
      }
    >
      <div className={css.halves}>
        <div className={css.form}>
          {opening.error ? <Note tone="bad">{problemElsewhere(opening.error, [])}</Note> : null}
          <Section title="Profile">
            <div className={css.form}>
              {elsewhere && (
                <Note
                  tone="bad"
                  actions={
                    conflict && (
                      <button
                        type="button"
                        className="plain-button"
                        onClick={() => void client.invalidateQueries({ queryKey: keys.contact(contact.id) })}
                      >
                        Load the other version
                      </button>
                    )
                  }
                >
                  {elsewhere}
                </Note>
              )}
              <ContactFields form={form} onChange={setForm} error={saving.error} disabled={!write.may} />
              <div className="row">
                <ReasonButton reason={write.reason} disabled={!changed} miw={124} onClick={() => void save()}>
                  {saving.busy ? 'Saving' : 'Save changes'}
                </ReasonButton>
                {changed && (
                  <Button variant="subtle" onClick={() => setForm(formOf(contact))}>
                    Undo changes
                  </Button>
                )}
              </div>
            </div>
          </Section>
          {Object.keys(contact.attributes).length > 0 && (
            <Section
              title="Attributes"
              help="Set by your shop through the API; usable as {{ contact.attributes.name }}."
            >
              <dl className={css.attributes}>
                {Object.entries(contact.attributes).map(([key, value]) => (
                  <div key={key}>
                    <dt className="mono t2">{key}</dt>
                    <dd className="ellipsis">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
                  </div>
                ))}
              </dl>
            </Section>
          )}
          <Section
            title="Erase"
            help="Removes the person, their messages and their addresses for good. Reports keep their numbers."
          >
            <ReasonButton
              variant="default"
              data-danger
              reason={write.reason}
              leftSection={<IconTrash size={16} stroke={1.75} />}
              onClick={() => setAsking(true)}
            >
              Erase contact
            </ReasonButton>
          </Section>
        </div>
        <div className={`card ${css.side}`}>
          <ContactPanel contactId={contact.id} bare brief />
        </div>
      </div>
      <ConfirmDialog
        opened={asking}
        title={`Erase ${name}?`}
        action="Erase contact"
        busyLabel="Erasing"
        danger
        busy={erasing.busy}
        error={erasing.error}
        onClose={() => setAsking(false)}
        onConfirm={() => void erase()}
      >
        The profile, the thread and every address of {name} are removed for good. This cannot be taken back.
      </ConfirmDialog>
    </Page>
  );
}

function formOf(contact: Contact): ContactForm {
  return {
    first_name: contact.first_name ?? '',
    last_name: contact.last_name ?? '',
    email: contact.email ?? '',
    phone: contact.phone ?? '',
    language: contact.language ?? '',
    time_zone: contact.time_zone,
    external_id: contact.external_id ?? '',
    tags: contact.tags,
  };
}
