// The channel's glyph on its colour. Identification only, never an action.
import { IconBrandTelegram, IconBrandWhatsapp, IconWorld } from '@tabler/icons-react';
import type { Channel } from '../../../contract/connections.ts';

const looks = {
  telegram: { color: 'var(--c-tg)', Icon: IconBrandTelegram, word: 'Telegram' },
  whatsapp: { color: 'var(--c-wa)', Icon: IconBrandWhatsapp, word: 'WhatsApp' },
  website: { color: 'var(--c-web)', Icon: IconWorld, word: 'Website' },
} as const;

export function channelWord(channel: Channel): string {
  return looks[channel].word;
}

export function ChannelTile({ channel, size = 20 }: { channel: Channel; size?: 16 | 20 | 24 }) {
  const { color, Icon, word } = looks[channel];
  return (
    <span
      title={word}
      style={{
        width: size,
        height: size,
        borderRadius: size === 16 ? 5 : 6,
        background: color,
        color: '#fff',
        display: 'inline-grid',
        placeItems: 'center',
        flex: 'none',
      }}
    >
      <Icon size={Math.round(size * 0.65)} stroke={2} aria-hidden />
    </span>
  );
}
