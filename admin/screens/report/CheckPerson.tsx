// "Check a person": find anybody, see at once whether they get the campaign, open the whole chain.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Contact } from '../../../contract/contacts.ts';
import type { Page } from '../../../contract/lists.ts';
import type { WhyVerdict } from '../../../contract/why.ts';
import { api, keys } from '../../api.ts';
import { SearchField } from '../../ui/SearchField.tsx';
import css from '../composer/audience/Audience.module.css';
import { contactName } from '../contacts/contact-name.ts';
import { type Asked, useWhy } from './use-why.ts';

interface Props {
  campaignId: string;
  runId?: string | undefined;
  onAsk: (asked: Asked) => void;
}

export function CheckPerson({ campaignId, runId, onAsk }: Props) {
  const [search, setSearch] = useState('');
  const filter = { search, limit: 5 };
  const { data, error } = useQuery({
    queryKey: keys.contacts({ ...filter, check: true }),
    queryFn: ({ signal }) => api.get<Page<Contact>>('/contacts', filter, signal),
    enabled: search !== '',
  });
  return (
    <>
      <SearchField
        label="Name, phone or @username"
        value={search}
        onSearch={setSearch}
        width="100%"
        hotkey={false}
      />
      {search !== '' && error && <p className="t3">The contacts could not be searched. Try again.</p>}
      {search !== '' && data?.data.length === 0 && <p className="t3">Nobody matches “{search}”.</p>}
      {search !== '' && (
        <div className={css.hits}>
          {data?.data.map((one) => (
            <Hit key={one.id} contact={one} campaignId={campaignId} runId={runId} onAsk={onAsk} />
          ))}
        </div>
      )}
    </>
  );
}

const tones: Record<WhyVerdict, string> = {
  will_get: css.yes ?? '',
  got: css.yes ?? '',
  sent: 't2',
  waiting: 't2',
  skipped: css.no ?? '',
  failed: css.no ?? '',
  unknown: css.no ?? '',
  not_meant: 't2',
};

function Hit({ contact, campaignId, runId, onAsk }: Props & { contact: Contact }) {
  const { data, error } = useWhy(campaignId, { contactId: contact.id, name: null }, runId);
  const name = contactName(contact);
  return (
    <button type="button" className={css.hit} onClick={() => onAsk({ contactId: contact.id, name })}>
      <span className="grow ellipsis" dir="auto">
        {name}
      </span>
      {data && <span className={`small ${tones[data.verdict]}`}>{data.headline}</span>}
      {error && !data && <span className="small t3">Not looked up</span>}
      <span className={css.why}>Why?</span>
    </button>
  );
}
