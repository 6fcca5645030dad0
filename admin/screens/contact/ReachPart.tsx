// Where the person can be reached: each connection's address, and why not where not.

import { IconBan, IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Contact } from '../../../contract/contacts.ts';
import { skipWords } from '../../../contract/deliveries.ts';
import { connectionsQuery } from '../../session.ts';
import { Badge } from '../../ui/Badge.tsx';
import { identityText } from '../../ui/phones.ts';
import { labelOfConnection } from '../connections/handle.ts';
import { ChannelTile, channelWord } from '../frame/ChannelTile.tsx';
import css from './Contact.module.css';

const why = (reason: string | null, channel: string) =>
  reason === null ? 'The platform gave no reason' : skipWords(reason, channel);

export function ReachPart({ contact }: { contact: Contact }) {
  const { data: connections } = useQuery(connectionsQuery);
  const nameOf = (id: string) => {
    const found = connections?.data.find((one) => one.id === id);
    return found && labelOfConnection(found);
  };
  return (
    <section className={css.part} aria-labelledby="contact-reach">
      <h2 id="contact-reach">Reachable</h2>
      {contact.identities.length === 0 && (
        <p className="t3">
          Nowhere yet. People become reachable when they write to one of your bots, or on WhatsApp by a phone
          number with country code.
        </p>
      )}
      <ul>
        {contact.identities.map((identity) => (
          <li key={identity.id} className={css.reach}>
            <ChannelTile channel={identity.channel} />
            <div className="grow col">
              <span className="ellipsis strong">{identityText(identity)}</span>
              <span className="small t3 ellipsis">
                {nameOf(identity.connection_id) ?? channelWord(identity.channel)}
                {identity.username && `, id ${identity.address}`}
              </span>
              {!identity.reachable && (
                <span className="small t2">{why(identity.unreachable_reason, identity.channel)}</span>
              )}
            </div>
            {identity.reachable ? (
              <Badge tone="ok" icon={<IconCheck aria-hidden />}>
                Yes
              </Badge>
            ) : (
              <Badge tone="outline" icon={<IconBan aria-hidden />}>
                No
              </Badge>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
