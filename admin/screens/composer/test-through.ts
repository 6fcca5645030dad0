// Through which connection a test goes where the campaign names none.
import type { Channel, Connection } from '../../../contract/connections.ts';

/** One that works, on the platform that is looked at where there is one; null: none works. */
export function testThrough(
  connections: Pick<Connection, 'id' | 'channel' | 'status'>[],
  shown: Channel | undefined,
): string | null {
  const working = connections.filter((one) => one.status === 'connected');
  return (working.find((one) => one.channel === shown) ?? working[0])?.id ?? null;
}
