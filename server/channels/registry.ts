// The one place that names the adapters. An adapter lives as long as the process: it keeps connections alive.
import type { Channel } from '../../contract/connections.ts';
import { AppError } from '../platform/errors.ts';
import type { Adapter, Pace } from './channel.ts';
import { telegramAdapter } from './telegram/adapter.ts';
import { whatsappAdapter } from './whatsapp/adapter.ts';

const makers: Partial<Record<Channel, () => Adapter>> = {
  telegram: telegramAdapter,
  whatsapp: whatsappAdapter,
};
const adapters = new Map<Channel, Adapter>();

/** Throws CONNECTION_NOT_READY for a channel that has no adapter yet. */
export function adapterOf(channel: Channel): Adapter {
  let adapter = adapters.get(channel);
  if (adapter) return adapter;
  const make = makers[channel];
  if (!make)
    throw new AppError(
      'CONNECTION_NOT_READY',
      `Messages cannot be sent through ${channel} yet. Use Telegram or WhatsApp.`,
    );
  adapter = make();
  adapters.set(channel, adapter);
  return adapter;
}

/** What a channel's platform allows; null: it has no adapter yet. */
export function paceOf(channel: Channel): Pace | null {
  return makers[channel] ? adapterOf(channel).pace : null;
}

/** Ends the connections kept alive; called last on shutdown. A later adapterOf makes new ones. */
export async function closeAdapters(): Promise<void> {
  const all = [...adapters.values()];
  adapters.clear();
  await Promise.all(all.map((adapter) => adapter.close()));
}
