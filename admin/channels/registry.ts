// What of the panel is one channel's own: its look in the preview, and how an account of it is connected. The compiler asks for a
// new channel's entry. What differs in a word or a yes is no entry here but a fact of contract/channel-facts.ts.
import type { ComponentType, ReactNode } from 'react';
import type { Channel, Connection } from '../../contract/connections.ts';
import type { RenderedMessage } from '../../contract/message.ts';
import { BotForm } from './telegram/BotForm.tsx';
import { NewToken } from './telegram/NewToken.tsx';
import { TelegramPhone } from './telegram/TelegramPhone.tsx';
import { WidgetPreview } from './website/WidgetPreview.tsx';
import { NewCredentials } from './whatsapp/NewCredentials.tsx';
import { NumberForm } from './whatsapp/NumberForm.tsx';
import { WebhookSetup } from './whatsapp/WebhookSetup.tsx';
import { WhatsAppPhone } from './whatsapp/WhatsAppPhone.tsx';

export interface ChannelScreens {
  /** The message as a person sees it there. */
  Preview: ComponentType<{
    /** Whom it comes from. */
    name: string;
    message: RenderedMessage | undefined;
    /** Instead of the message: what is missing. */
    hint?: string;
    clock: string;
  }>;
  /** Null: nothing of it can be connected yet. */
  connecting: Connecting | null;
}

interface Connecting {
  /** In the choice of what to connect. */
  label: string;
  Form: ComponentType<{ onDone: (connection: Connection) => void; back: ReactNode }>;
  /** What it is connected with, as menu and notes call it, and the form for another one. */
  credentials: string;
  NewCredentials: ComponentType<{ connection: Connection; onClose: () => void }>;
  /** What a person still has to do in the platform's own pages, of an account that is no simulated one; null: nothing. */
  Setup: ComponentType<{ connection: Connection; onDone: () => void }> | null;
  /** Where anybody can write to it, and the words of the link; null: its handle. */
  linkTo: (username: string) => { href: string; words: string | null };
}

export const channelScreens: Record<Channel, ChannelScreens> = {
  telegram: {
    Preview: TelegramPhone,
    connecting: {
      label: 'Telegram bot',
      Form: BotForm,
      credentials: 'token',
      NewCredentials: NewToken,
      Setup: null,
      linkTo: (username) => ({ href: `https://t.me/${username}`, words: `t.me/${username}` }),
    },
  },
  whatsapp: {
    Preview: WhatsAppPhone,
    connecting: {
      label: 'WhatsApp number',
      Form: NumberForm,
      credentials: 'credentials',
      NewCredentials,
      Setup: WebhookSetup,
      linkTo: (username) => ({ href: `https://wa.me/${username}`, words: null }),
    },
  },
  website: { Preview: WidgetPreview, connecting: null },
};

export const allChannels = Object.keys(channelScreens) as Channel[];

/** What is still to be done for that account in its platform's own pages; null: nothing. */
export const setupOf = ({ channel, sandbox }: Connection) =>
  sandbox ? null : (channelScreens[channel].connecting?.Setup ?? null);
