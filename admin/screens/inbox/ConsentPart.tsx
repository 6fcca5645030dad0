// Consent of one person: how it stands with its source, words, time and operator, what may be done, and its history.
import { Button } from '@mantine/core';
import { IconBan, IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import type { Contact } from '../../../contract/contacts.ts';
import { useMay, useZone } from '../../session.ts';
import { Badge } from '../../ui/Badge.tsx';
import { ReasonButton } from '../../ui/ReasonButton.tsx';
import { moment } from '../../ui/times.ts';
import { ChannelTile, channelWord } from '../frame/ChannelTile.tsx';
import type { ConsentVerb } from './ConsentDialog.tsx';
import { ConsentHistory } from './ConsentHistory.tsx';
import { channelsInWords, sourceWords, stillReached } from './consent-words.ts';
import css from './Inbox.module.css';

export function ConsentPart(props: { contact: Contact; onAct: (verb: ConsentVerb) => void }) {
  const { contact, onAct } = props;
  const zone = useZone();
  const write = useMay('contacts:write');
  const [showing, setShowing] = useState(false);
  const channels = [...new Set([...contact.identities, ...contact.consent].map((item) => item.channel))];
  const consentOf = (channel: string) => contact.consent.find((item) => item.channel === channel);
  const reached = stillReached(contact);
  const isOutSomewhere = contact.consent.some((item) => item.state === 'opted_out');
  const act = (label: string, next: Omit<ConsentVerb, 'contact'>) => (
    <ReasonButton
      size="xs"
      variant="default"
      reason={write.reason}
      onClick={() => onAct({ contact, ...next })}
    >
      {label}
    </ReasonButton>
  );
  return (
    <div className={css.panelPart}>
      <h3>Consent</h3>
      {channels.length === 0 && <p className="t3">Not asked.</p>}
      {channels.map((channel) => {
        const item = consentOf(channel);
        return (
          <div key={channel}>
            <div className="row" style={{ minHeight: 28 }}>
              <ChannelTile channel={channel} />
              <span className="grow">Offers on {channelWord(channel)}</span>
              {!item ? (
                <Badge tone="mute">Not asked</Badge>
              ) : item.state === 'opted_in' ? (
                <Badge tone="ok" icon={<IconCheck aria-hidden />}>
                  Yes
                </Badge>
              ) : (
                <Badge tone="outline" icon={<IconBan aria-hidden />}>
                  Opted out
                </Badge>
              )}
            </div>
            {item && (
              <div className="small t3">
                {sourceWords[item.source] ?? item.source}, {moment(item.at, zone)}
                {item.wording && (
                  <div>
                    “<bdi className={css.quote}>{item.wording}</bdi>”
                  </div>
                )}
              </div>
            )}
            <div className="row wrap" style={{ margin: '6px 0 8px' }}>
              {item?.state === 'opted_out' ? (
                <>
                  {act('Undo', { kind: 'undo', channel })}
                  {act('Record opt-in', { kind: 'opted_in', channel })}
                </>
              ) : (
                act('Opt out', { kind: 'opted_out', channel })
              )}
            </div>
          </div>
        );
      })}
      {isOutSomewhere && channels.length > 1 && (
        <p className={reached.length > 0 ? 'small strong' : 'small t3'} style={{ margin: '0 0 8px' }}>
          {reached.length > 0
            ? `An opt-out holds for its channel: campaigns on ${channelsInWords(reached)} still reach this person.`
            : 'No campaign reaches this person on any channel.'}
        </p>
      )}
      <div className="row wrap">
        {reached.length > 0 &&
          channels.length > 1 &&
          act('Opt out everywhere', { kind: 'opted_out', channel: 'every' })}
        <Button size="xs" variant="default" aria-expanded={showing} onClick={() => setShowing(!showing)}>
          {showing ? 'Hide history' : 'Show history'}
        </Button>
      </div>
      {showing && <ConsentHistory contactId={contact.id} />}
    </div>
  );
}
