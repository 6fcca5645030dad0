import type { Call } from '../call.ts';
import { poll } from '../long-poll.ts';

export function getUpdates(call: Call): unknown {
  return poll(call);
}
