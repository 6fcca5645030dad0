// Who the person is, field by field, each edited where it stands.

import { TextInput } from '@mantine/core';
import { IconMapPinQuestion } from '@tabler/icons-react';
import type { Contact } from '../../../contract/contacts.ts';
import { Tag } from '../../ui/Badge.tsx';
import { phoneText } from '../../ui/phones.ts';
import { TagsField } from '../../ui/TagsField.tsx';
import { clock } from '../../ui/times.ts';
import { ZoneField } from '../../ui/ZoneField.tsx';
import { languageName } from '../inbox/ContactPanel.tsx';
import { Breakable } from './Breakable.tsx';
import css from './Contact.module.css';
import { EditRow } from './EditRow.tsx';
import { useNow } from './use-now.ts';

type TextField = 'first_name' | 'last_name' | 'email' | 'phone' | 'language' | 'external_id';

const fields: { name: TextField; label: string; example?: string; mode?: 'email' | 'tel' }[] = [
  { name: 'first_name', label: 'First name' },
  { name: 'last_name', label: 'Last name' },
  { name: 'email', label: 'Email', example: 'ann@example.com', mode: 'email' },
  { name: 'phone', label: 'Phone', example: '+44 20 7946 0018', mode: 'tel' },
  { name: 'language', label: 'Language', example: 'en' },
  { name: 'external_id', label: 'Shop id', example: 'shop-1042' },
];
const unknown = <span className="t3">Not known</span>;

export function ProfilePart({ contact }: { contact: Contact }) {
  const shown = (name: TextField) => {
    const value = contact[name];
    if (value === null) return unknown;
    return (
      <span className={css.text}>
        {name === 'language'
          ? `${languageName(value)} (${value})`
          : name === 'phone'
            ? phoneText(value)
            : value}
      </span>
    );
  };
  return (
    <section className={css.part} aria-labelledby="contact-profile">
      <h2 id="contact-profile">Profile</h2>
      <dl>
        {fields.map(({ name, label, example, mode }) => (
          <EditRow
            key={name}
            label={label}
            contact={contact}
            shown={shown(name)}
            read={(row) => row[name]}
            pointer={`/${name}`}
            draft={() => contact[name] ?? ''}
            change={(text: string) => ({ [name]: text.trim() || null })}
            editor={({ value, onChange, label, error }) => (
              <TextInput
                aria-label={label}
                placeholder={example}
                inputMode={mode}
                value={value}
                error={error}
                onChange={(event) => onChange(event.currentTarget.value)}
              />
            )}
          />
        ))}
        <ZoneRow contact={contact} />
      </dl>
    </section>
  );
}

/** Where a guess comes from, in words that say that it is one. */
const guessWords = {
  phone: 'Guessed from the phone number',
  browser: 'Guessed from their browser',
};

function ZoneRow({ contact }: { contact: Contact }) {
  const now = useNow();
  const { time_zone: zone, time_zone_source: source } = contact;
  return (
    <EditRow
      label="Time zone"
      contact={contact}
      shown={
        zone ? (
          <span className={css.text}>
            <Breakable text={zone} />, {clock(now, zone)} there
          </span>
        ) : (
          unknown
        )
      }
      hint={
        source === 'phone' || source === 'browser' ? (
          <span className={css.guess}>
            <IconMapPinQuestion size={14} stroke={1.75} aria-hidden />
            {guessWords[source]}
          </span>
        ) : source === null ? (
          'Quiet hours go by the workspace’s zone'
        ) : undefined
      }
      read={(row) => [row.time_zone, row.time_zone_source]}
      pointer="/time_zone"
      draft={() => zone}
      change={(value: string | null) => ({ time_zone: value })}
      editor={({ value, onChange, label, error }) => (
        <ZoneField
          aria-label={label}
          value={value}
          error={error}
          placeholder="Europe/London"
          onChange={onChange}
        />
      )}
      clear={
        source === 'given'
          ? {
              label: contact.phone || contact.browser_time_zone ? 'Guess it instead' : 'Clear',
              change: { time_zone: null },
            }
          : undefined
      }
    />
  );
}

export function TagsPart({ contact }: { contact: Contact }) {
  return (
    <section className={css.part} aria-labelledby="contact-tags">
      <h2 id="contact-tags" className="sr-only">
        Tags
      </h2>
      <dl>
        <EditRow
          wide
          label="Tags"
          contact={contact}
          shown={
            contact.tags.length > 0 ? (
              <span className="row wrap" style={{ gap: 6 }}>
                {contact.tags.map((tag) => (
                  <Tag key={tag}>
                    <span className="ellipsis">{tag}</span>
                  </Tag>
                ))}
              </span>
            ) : (
              <span className="t3">No tags</span>
            )
          }
          read={(row) => row.tags}
          pointer="/tags"
          draft={() => contact.tags}
          change={(tags: string[]) => ({ tags })}
          editor={({ value, onChange, label, error }) => (
            <TagsField aria-label={label} value={value} error={error} onChange={onChange} />
          )}
        />
      </dl>
    </section>
  );
}
