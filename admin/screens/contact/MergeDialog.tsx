// Making another contact part of this one: choose it, see both beside each other, read what will happen, merge.

import { Button, Modal } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Contact } from '../../../contract/contacts.ts';
import type { Page } from '../../../contract/lists.ts';
import type { MergePreview, MergeSide } from '../../../contract/merges.ts';
import { api, keys } from '../../api.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { identityText, phoneText } from '../../ui/phones.ts';
import { SearchField } from '../../ui/SearchField.tsx';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { tell } from '../../ui/toast.tsx';
import { useAction } from '../../ui/use-action.ts';
import { contactName } from '../contacts/contact-name.ts';
import css from './Merge.module.css';
import { MergeFields } from './MergeFields.tsx';
import { mergeSentences } from './merge-sentences.ts';

export function MergeDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const [other, setOther] = useState<Contact | null>(null);
  return (
    <Modal
      opened
      onClose={onClose}
      size={720}
      title={
        other
          ? `Merge ${contactName(other)} into ${contactName(contact)}`
          : `Who is ${contactName(contact)} as well?`
      }
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {other ? (
        <Compare contact={contact} other={other} onBack={() => setOther(null)} onDone={onClose} />
      ) : (
        <Choose contact={contact} onChoose={setOther} />
      )}
    </Modal>
  );
}

function Choose({ contact, onChoose }: { contact: Contact; onChoose: (other: Contact) => void }) {
  // whoever has the same name is the likeliest
  const [search, setSearch] = useState([contact.first_name, contact.last_name].filter(Boolean).join(' '));
  const filter = { search, limit: 8 };
  const found = useQuery({
    queryKey: keys.contacts(filter),
    queryFn: ({ signal }) => api.get<Page<Contact>>('/contacts', filter, signal),
    placeholderData: (before) => before,
  });
  const others = found.data?.data.filter((one) => one.id !== contact.id) ?? [];
  return (
    <div className={css.steps}>
      <p className="t2">Choose the other contact. It becomes part of this one, with everything it has.</p>
      <SearchField
        label="Name, email, phone, shop id, username"
        value={search}
        onSearch={setSearch}
        width="100%"
        hotkey={false}
        first
      />
      {found.error ? (
        <ErrorState
          title="Contacts could not be searched"
          error={found.error}
          onRetry={() => void found.refetch()}
        />
      ) : !found.data ? (
        <BlockSkeleton height={40} count={3} />
      ) : others.length === 0 ? (
        <p className="t3">{search ? `Nobody else is found for “${search}”.` : 'There is nobody else yet.'}</p>
      ) : (
        <ul className={css.found} aria-label="Found contacts">
          {others.map((one) => (
            <li key={one.id}>
              <button type="button" className={css.choice} onClick={() => onChoose(one)}>
                <Avatar name={contactName(one)} />
                <span className="col grow">
                  <span className="strong ellipsis">{contactName(one)}</span>
                  <span className="small t3 ellipsis">{whatTells(one)}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What tells people of one name apart. */
function whatTells(contact: Contact): string {
  const addresses = contact.identities.map(identityText);
  const parts = [
    contact.email,
    contact.phone && phoneText(contact.phone),
    contact.external_id,
    ...addresses,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : 'Nothing but the name';
}

function Compare(props: { contact: Contact; other: Contact; onBack: () => void; onDone: () => void }) {
  const { contact, other } = props;
  const client = useQueryClient();
  const merging = useAction();
  const [keep, setKeep] = useState<Record<string, MergeSide>>({});
  const preview = useQuery({
    queryKey: keys.mergePreview(contact.id, other.id),
    queryFn: ({ signal }) =>
      api.get<MergePreview>(`/contacts/${contact.id}/merge_preview`, { other_id: other.id }, signal),
  });
  const merge = () =>
    merging
      .run(async () => {
        const merged = await api.post<Contact>(`/contacts/${contact.id}/merge`, { other_id: other.id, keep });
        client.setQueryData(keys.contact(contact.id), merged);
        client.removeQueries({ queryKey: keys.contact(other.id) });
        void client.invalidateQueries({ queryKey: keys.mergesOf(contact.id) });
        void client.invalidateQueries({ queryKey: keys.timeline(contact.id) });
        void client.invalidateQueries({ queryKey: keys.consent(contact.id) });
        void client.invalidateQueries({ queryKey: keys.contacts() });
        void client.invalidateQueries({ queryKey: keys.conversations() });
        tell(`${contactName(other)} is part of ${contactName(merged)} now`);
      })
      .then((well) => well && props.onDone());
  if (preview.error)
    return (
      <ErrorState
        title="The two could not be compared"
        error={preview.error}
        onRetry={() => void preview.refetch()}
      />
    );
  if (!preview.data) return <BlockSkeleton height={48} count={4} />;
  return (
    <div className={css.steps}>
      <MergeFields
        preview={preview.data}
        keep={keep}
        onKeep={(field, side) => setKeep({ ...keep, [field]: side })}
      />
      <section aria-labelledby="merge-what">
        <h3 id="merge-what">What will happen</h3>
        <ul className={css.sentences}>
          {mergeSentences(preview.data, contactName(other)).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </section>
      {merging.error ? <Note tone="bad">{problemText(merging.error)}</Note> : null}
      <div className="row wrap" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" data-autofocus onClick={props.onBack}>
          Choose somebody else
        </Button>
        <Button aria-disabled={merging.busy || undefined} onClick={() => !merging.busy && void merge()}>
          {merging.busy ? 'Merging' : 'Merge contacts'}
        </Button>
      </div>
    </div>
  );
}
