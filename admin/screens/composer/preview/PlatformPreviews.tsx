// The same message on each platform, and in words how that platform shows it differently.
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { factsOf } from '../../../../contract/channel-facts.ts';
import type { Channel } from '../../../../contract/connections.ts';
import type { PlatformPreview } from '../../../../contract/message.ts';
import { allChannels, channelScreens } from '../../../channels/registry.ts';
import { FilterTabs } from '../../../ui/FilterTabs.tsx';
import { channelWord } from '../../frame/ChannelTile.tsx';
import css from './Platforms.module.css';

interface Props {
  platforms: Record<Channel, PlatformPreview> | undefined;
  /** That of the connection, shown first. */
  channel: Channel;
  onShow?: ((channel: Channel) => void) | undefined;
  name: string;
  hint?: string;
  clock: string;
}

export function PlatformPreviews({ platforms, channel, onShow, name, hint, clock }: Props) {
  const [chosen, setChosen] = useState<Channel>();
  // an approved template is nothing that another platform could show
  const only = factsOf(channel).takesTemplates && Boolean(platforms?.[channel].rendered?.whatsapp?.template);
  const on = only ? channel : (chosen ?? channel);
  const here = platforms?.[on];
  const { Preview: Shown } = channelScreens[on];
  const message = here?.rendered ?? undefined;
  const missing = on === channel ? hint : (hint ?? here?.problems[0]?.detail);
  return (
    <>
      {!only && (
        <FilterTabs
          label="Preview as"
          value={on}
          choices={allChannels.map((value) => ({ value, label: channelWord(value) }))}
          onChange={(next) => {
            setChosen(next);
            onShow?.(next);
          }}
        />
      )}
      <div style={{ marginTop: 16 }}>
        <Shown name={name} message={message} hint={missing} clock={clock} />
      </div>
      {message && here && here.notes.length > 0 && (
        <ul className={css.notes} aria-label="How this platform shows it">
          {here.notes.map((note) => (
            <li key={note.words} data-tone={note.tone}>
              {note.tone === 'ok' ? (
                <IconCircleCheck size={16} stroke={1.75} aria-label="Fine" />
              ) : (
                <IconAlertTriangle size={16} stroke={1.75} aria-label="Look at this" />
              )}
              <span>{note.words}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
