// Choosing contacts one by one, with search: for a test and for a hand-picked audience.

import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { Contact } from '../../../contract/contacts.ts';
import { keys } from '../../api.ts';
import { usePages } from '../../paging.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadMore } from '../../ui/LoadMore.tsx';
import { identityText } from '../../ui/phones.ts';
import { SearchField } from '../../ui/SearchField.tsx';
import { RowSkeletons } from '../../ui/Skeletons.tsx';
import { contactName } from '../contacts/contact-name.ts';
import css from './Composer.module.css';

interface Props {
  connectionId: string | null;
  /** Also who cannot be reached on it. */
  anyone?: boolean;
  chosen: ReadonlySet<string>;
  onChange: (chosen: Set<string>) => void;
}

/** Why nothing can be sent to this person on the connection; null: it can. */
export function whyUnreachable(contact: Contact, connectionId: string | null): string | null {
  const identity = contact.identities.find((item) => item.connection_id === connectionId);
  if (!identity) return 'Has not started a chat on this connection';
  return identity.reachable ? null : (identity.unreachable_reason ?? 'Cannot be reached');
}

export function PeoplePicker({ connectionId, anyone, chosen, onChange }: Props) {
  const [search, setSearch] = useState('');
  const filter = { search: search || undefined, connection_id: connectionId, limit: 50 };
  const list = usePages<Contact>(keys.contacts({ ...filter, picker: true }), '/contacts', filter);
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChange(next);
  };
  return (
    <div>
      <SearchField
        label="Search people"
        value={search}
        onSearch={setSearch}
        width="100%"
        hotkey={false}
        first
      />
      <div className={css.picker}>
        {list.isPending ? (
          <RowSkeletons rows={5} height={44} />
        ) : list.error && !list.rows ? (
          <ErrorState
            title="People could not be loaded"
            error={list.error}
            onRetry={() => void list.refetch()}
          />
        ) : list.rows?.length === 0 ? (
          <p className={css.none}>
            {search
              ? `Nobody matches “${search}”.`
              : `There are no contacts${anyone ? '' : ' on this connection'} yet.`}
          </p>
        ) : (
          list.rows?.map((contact) => {
            const identity = contact.identities.find((item) => item.connection_id === connectionId);
            const why = anyone ? null : whyUnreachable(contact, connectionId);
            return (
              // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is inside
              <label key={contact.id} className={css.pick} data-off={Boolean(why) || undefined}>
                <Checkbox
                  size="xs"
                  checked={chosen.has(contact.id)}
                  disabled={Boolean(why) && !chosen.has(contact.id)}
                  onChange={() => toggle(contact.id)}
                  aria-label={contactName(contact)}
                />
                <Avatar name={contactName(contact)} size="small" />
                <span className="ellipsis grow" dir="auto">
                  {contactName(contact)}
                </span>
                <span className="t3 small ellipsis">
                  {why ?? (anyone ? contact.email : identity && identityText(identity))}
                </span>
              </label>
            );
          })
        )}
        {list.hasNextPage && (
          <div className={css.none}>
            <LoadMore
              shown={list.rows?.length ?? 0}
              one="contact"
              many="contacts"
              hasMore
              loading={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
            />
          </div>
        )}
      </div>
    </div>
  );
}
