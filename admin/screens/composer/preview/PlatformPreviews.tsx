// The same message on each platform, and in words how that platform shows it differently.
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import type { Channel } from '../../../../contract/connections.ts';
import type { PlatformPreview } from '../../../../contract/message.ts';
import { FilterTabs } from '../../../ui/FilterTabs.tsx';
import { TelegramPhone } from '../TelegramPhone.tsx';
import css from './Platforms.module.css';
import { WhatsAppPhone } from './WhatsAppPhone.tsx';
import { WidgetPreview } from './WidgetPreview.tsx';

interface Props {
  platforms: Record<Channel, PlatformPreview> | undefined;
  /** That of the connection, shown first. */
  channel: Channel;
  onShow?: ((channel: Channel) => void) | undefined;
  name: string;
  hint?: string;
  clock: string;
}

const names: [Channel, string][] = [
  ['telegram', 'Telegram'],
  ['whatsapp', 'WhatsApp'],
  ['website', 'Website'],
];

export function PlatformPreviews({ platforms, channel, onShow, name, hint, clock }: Props) {
  const [chosen, setChosen] = useState<Channel>();
  // an approved template is nothing that another platform could show
  const only = channel === 'whatsapp' && Boolean(platforms?.whatsapp.rendered?.whatsapp?.template);
  const on = only ? channel : (chosen ?? channel);
  const here = platforms?.[on];
  const message = here?.rendered ?? undefined;
  const missing = on === channel ? hint : (hint ?? here?.problems[0]?.detail);
  return (
    <>
      {!only && (
        <FilterTabs
          label="Preview as"
          value={on}
          choices={names.map(([value, label]) => ({ value, label }))}
          onChange={(next) => {
            setChosen(next);
            onShow?.(next);
          }}
        />
      )}
      <div style={{ marginTop: 16 }}>
        {on === 'telegram' && <TelegramPhone botName={name} message={message} hint={missing} clock={clock} />}
        {on === 'whatsapp' && <WhatsAppPhone name={name} message={message} hint={missing} clock={clock} />}
        {on === 'website' && <WidgetPreview name={name} message={message} hint={missing} />}
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
