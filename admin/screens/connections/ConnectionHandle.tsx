// Fetched by itself: phone numbers are read with tables that the first load does without.
import type { Connection } from '../../../contract/connections.ts';
import { handleOf } from './handle.ts';

export function ConnectionHandle({ connection }: { connection: Connection }) {
  return handleOf(connection);
}
