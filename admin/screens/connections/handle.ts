// What people know a connection by: "@shop_bot", "+44 7700 900156", or its name while the platform has told nothing.
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Connection } from '../../../contract/connections.ts';
import { phoneText } from '../../ui/phones.ts';

type Known = Pick<Connection, 'channel' | 'identity' | 'name'>;

export function handleOf({ channel, identity, name }: Known): string {
  if (!identity.username) return name;
  const { account, handleMark } = factsOf(channel);
  const handle = `${handleMark}${identity.username}`;
  return account === 'number' ? phoneText(handle) : handle;
}

/** Its name, and what tells it from another of that name. */
export function labelOfConnection(connection: Known): string {
  const { identity, name } = connection;
  return identity.username ? `${name} (${handleOf(connection)})` : name;
}
