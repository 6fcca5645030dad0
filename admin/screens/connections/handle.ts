// What people know a connection by: "@shop_bot", "+44 7700 900156", or its name while the platform has told nothing.
import type { Connection } from '../../../contract/connections.ts';
import { phoneText } from '../../ui/phones.ts';

type Known = Pick<Connection, 'channel' | 'identity' | 'name'>;

export function handleOf({ channel, identity, name }: Known): string {
  if (!identity.username) return name;
  return channel === 'whatsapp' ? phoneText(`+${identity.username}`) : `@${identity.username}`;
}

/** Its name, and what tells it from another of that name. */
export function labelOfConnection(connection: Known): string {
  const { identity, name } = connection;
  return identity.username ? `${name} (${handleOf(connection)})` : name;
}
