// A circuit in words: since when, what is wrong, what waits, when it is tried again, and that nobody need do anything. Of
// messages whose answer was lost the page itself tells: here is only said what becomes of those who wait.
import type { Circuit } from '../../../contract/connections.ts';
import { zoneCity } from '../../../contract/zones.ts';
import { clockSeconds, momentShort } from '../../ui/times.ts';

/** `platform`: its name, as at the beginning of a sentence. */
export function circuitWords(circuit: Circuit, platform: string, zone: string): string {
  const since = `since ${momentShort(circuit.since, zone)} ${zoneCity(zone)}`;
  if (circuit.state === 'half_open')
    return `${platform} has been in trouble ${since} and answers again: messages go out one at a time until several went well. You need do nothing.`;
  const next = circuit.next_try_at
    ? `${platform} is asked again at ${clockSeconds(circuit.next_try_at, zone)}`
    : `${platform} is asked again soon`;
  return `Sending has stood still ${since}. ${circuit.reason} Whoever was not messaged yet waits, and no try counts. ${next}; once it answers, sending goes on by itself. You need do nothing.`;
}
