// One person: what happened in the middle, who they are beside it. On a phone one of the two at a time.

import { ActionIcon } from '@mantine/core';
import { IconArrowLeft, IconMessage } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Contact } from '../../../contract/contacts.ts';
import type { Conversation } from '../../../contract/conversations.ts';
import { ApiProblem, api, keys } from '../../api.ts';
import { useMay } from '../../session.ts';
import { usePhone } from '../../ui/DataTable.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { problemText } from '../../ui/FieldProblem.tsx';
import { FilterTabs } from '../../ui/FilterTabs.tsx';
import { Note } from '../../ui/Note.tsx';
import { Page } from '../../ui/Page.tsx';
import { phoneText } from '../../ui/phones.ts';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { useAction } from '../../ui/use-action.ts';
import { contactName } from '../contacts/contact-name.ts';
import { NotFound } from '../frame/Strays.tsx';
import { ConsentDialog, type ConsentVerb } from '../inbox/ConsentDialog.tsx';
import { ConsentPart } from '../inbox/ConsentPart.tsx';
import { AttributesPart } from './AttributesPart.tsx';
import css from './Contact.module.css';
import { ContactMenu } from './ContactMenu.tsx';
import { Facts } from './Facts.tsx';
import { MergesPart } from './MergesPart.tsx';
import { ProfilePart, TagsPart } from './ProfilePart.tsx';
import { ReachPart } from './ReachPart.tsx';
import { SegmentsPart } from './SegmentsPart.tsx';
import { Timeline } from './Timeline.tsx';

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
  return <Person key={data.id} contact={data} />;
}

function Person({ contact }: { contact: Contact }) {
  const navigate = useNavigate();
  const phone = usePhone();
  const talk = useMay('conversations:write');
  const opening = useAction();
  const [part, setPart] = useState<'timeline' | 'profile'>('timeline');
  const [verb, setVerb] = useState<ConsentVerb | null>(null);
  const identity = contact.identities.find((item) => item.reachable) ?? contact.identities[0];
  const openThread = () =>
    identity &&
    opening.run(async () => {
      const conversation = await api.post<Conversation>('/conversations', {
        contact_id: contact.id,
        connection_id: identity.connection_id,
      });
      await navigate({ to: '/inbox/$id', params: { id: conversation.id } });
    });
  return (
    <Page
      title={phoneText(contactName(contact))}
      sunken
      before={
        <ActionIcon variant="subtle" aria-label="Back to contacts" component={Link} to="/contacts">
          <IconArrowLeft size={16} stroke={1.75} />
        </ActionIcon>
      }
      actions={
        <>
          <ReasonButton
            reason={
              talk.reason ??
              (identity ? undefined : 'This person has no chat with any of your connections yet.')
            }
            leftSection={<IconMessage size={16} stroke={1.75} />}
            onClick={() => void openThread()}
          >
            {phone ? 'Thread' : 'Open thread'}
          </ReasonButton>
          <ContactMenu contact={contact} />
        </>
      }
    >
      <div className={css.page}>
        {opening.error ? <Note tone="bad">{problemText(opening.error)}</Note> : null}
        <Facts contact={contact} />
        <div className={css.choice}>
          <FilterTabs
            label="Part of the page"
            value={part}
            choices={[
              { value: 'timeline', label: 'Timeline' },
              { value: 'profile', label: 'Profile' },
            ]}
            onChange={setPart}
          />
        </div>
        <div className={css.columns} data-part={part}>
          <Timeline contactId={contact.id} />
          <aside className={`card ${css.side}`} aria-label="About this person">
            <ProfilePart contact={contact} />
            <TagsPart contact={contact} />
            <SegmentsPart contactId={contact.id} />
            <ReachPart contact={contact} />
            <MergesPart contact={contact} />
            <AttributesPart contact={contact} />
            <ConsentPart contact={contact} onAct={setVerb} />
          </aside>
        </div>
      </div>
      {verb && <ConsentDialog verb={verb} onClose={() => setVerb(null)} />}
    </Page>
  );
}
