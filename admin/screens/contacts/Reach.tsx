// Whether a contact can be messaged, and why not, in one badge.
import { IconBan, IconCheck, IconClock } from '@tabler/icons-react';
import type { Contact } from '../../../contract/contacts.ts';
import { Badge } from '../../ui/Badge.tsx';
import { ChannelTile } from '../frame/ChannelTile.tsx';

export function Reach({ contact }: { contact: Contact }) {
  const out = contact.consent.some((item) => item.state === 'opted_out');
  const identity = contact.identities.find((item) => item.reachable) ?? contact.identities[0];
  return (
    <span className="row">
      {identity && <ChannelTile channel={identity.channel} />}
      {out ? (
        <Badge tone="outline" icon={<IconBan aria-hidden />}>
          Opted out
        </Badge>
      ) : !identity ? (
        <Badge tone="mute" icon={<IconClock aria-hidden />}>
          Not started
        </Badge>
      ) : identity.reachable ? (
        <Badge tone="ok" icon={<IconCheck aria-hidden />}>
          Reachable
        </Badge>
      ) : (
        <Badge tone="outline" icon={<IconBan aria-hidden />}>
          {identity.unreachable_reason ?? 'Not reachable'}
        </Badge>
      )}
    </span>
  );
}
