// Who the person is, beside the thread: details, tags, consent with its source, where they can be reached.

import { ActionIcon } from '@mantine/core';
import { IconBan, IconCheck, IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Contact } from '../../../contract/contacts.ts';
import { api, keys } from '../../api.ts';
import { useZone } from '../../session.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { Badge, Tag } from '../../ui/Badge.tsx';
import { problemText } from '../../ui/FieldProblem.tsx';
import { Note } from '../../ui/Note.tsx';
import { identityText, phoneText } from '../../ui/phones.ts';
import { BlockSkeleton } from '../../ui/Skeletons.tsx';
import { clock, day } from '../../ui/times.ts';
import { contactName } from '../contacts/contact-name.ts';
import { ChannelTile } from '../frame/ChannelTile.tsx';
import type { ConsentVerb } from './ConsentDialog.tsx';
import { ConsentPart } from './ConsentPart.tsx';
import css from './Inbox.module.css';

/** "de" → "German"; the code itself where the browser does not know it. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(code.replace('_', '-')) ?? code;
  } catch {
    return code;
  }
}

interface Props {
  contactId: string;
  /** Without a frame of its own, in a drawer. */
  bare?: boolean;
  onConsent: (verb: ConsentVerb) => void;
}

export function ContactPanel({ contactId, bare, onConsent }: Props) {
  const zone = useZone();
  const { data, error } = useQuery({
    queryKey: keys.contact(contactId),
    queryFn: ({ signal }) => api.get<Contact>(`/contacts/${contactId}`, undefined, signal),
  });
  if (error && !data)
    return (
      <aside className={css.panel} aria-label="Contact">
        <div className={css.panelPart}>
          <Note tone="warn">The contact could not be loaded. {problemText(error)}</Note>
        </div>
      </aside>
    );
  if (!data)
    return (
      <aside className={css.panel} aria-label="Contact">
        <div className={css.panelPart}>
          <BlockSkeleton height={64} count={3} />
        </div>
      </aside>
    );
  const name = phoneText(contactName(data));
  const rows: [string, ReactNode][] = [
    ['Phone', data.phone && phoneText(data.phone)],
    ['Email', data.email],
    ['Language', data.language && languageName(data.language)],
    ['Local time', data.time_zone && <LocalTime contact={data} zone={data.time_zone} />],
    ['Shop id', data.external_id],
    ['First seen', day(data.created_at, zone)],
  ];
  return (
    <aside className={css.panel} data-bare={bare || undefined} aria-label="Contact">
      <div className={css.panelHead}>
        <Avatar name={name} size="large" />
        <div className="grow">
          <h2 className="ellipsis">{name}</h2>
          <div className="small t3 ellipsis">{data.identities[0] && identityText(data.identities[0])}</div>
        </div>
        <ActionIcon variant="subtle" aria-label={`Open ${name}`} component={Link} to={`/contacts/${data.id}`}>
          <IconExternalLink size={16} stroke={1.75} />
        </ActionIcon>
      </div>
      <div className={css.panelPart}>
        <h3>Details</h3>
        <dl className={css.details}>
          {rows
            .filter(([, value]) => value)
            .map(([label, value]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd className="ellipsis">{value}</dd>
              </div>
            ))}
        </dl>
      </div>
      {data.tags.length > 0 && (
        <div className={css.panelPart}>
          <h3>Tags</h3>
          <div className="row wrap">
            {data.tags.map((tag) => (
              <Tag key={tag}>{tag}</Tag>
            ))}
          </div>
        </div>
      )}
      <div className={css.panelPart}>
        <h3>Reachable</h3>
        {data.identities.length === 0 && <p className="t3">No chat with any of your connections yet.</p>}
        {data.identities.map((identity) => (
          <div key={identity.id} className="row" style={{ minHeight: 28 }}>
            <ChannelTile channel={identity.channel} />
            <span className="grow ellipsis">{identityText(identity)}</span>
            {identity.reachable ? (
              <Badge tone="ok" icon={<IconCheck aria-hidden />}>
                Yes
              </Badge>
            ) : (
              <Badge tone="outline" icon={<IconBan aria-hidden />}>
                {identity.unreachable_reason ?? 'No'}
              </Badge>
            )}
          </div>
        ))}
      </div>
      <ConsentPart contact={data} onAct={onConsent} />
    </aside>
  );
}

/** Their clock, and that its zone is a guess where it is one. */
function LocalTime({ contact, zone }: { contact: Contact; zone: string }) {
  const isGuess = contact.time_zone_source !== 'given';
  return (
    <span title={isGuess ? 'The zone is guessed, from the phone number or their browser' : undefined}>
      {clock(new Date().toISOString(), zone)} {zone}
      {isGuess && <span className="t3"> (guessed)</span>}
    </span>
  );
}
