// A circuit in words: since when, what is wrong, what happens next. Nobody is lost meanwhile, and that is said.
import type { Circuit } from '../../../contract/connections.ts';
import { clockSeconds, moment, zoneCity } from '../../ui/times.ts';

export function circuitWords(circuit: Circuit, zone: string): string {
  const since = `since ${moment(circuit.since, zone)} ${zoneCity(zone)}`;
  if (circuit.state === 'half_open')
    return `The platform has been in trouble ${since}. It answers again: messages go out one at a time until several went well.`;
  const next = circuit.next_try_at
    ? ` It is asked again at ${clockSeconds(circuit.next_try_at, zone)}.`
    : ' It is asked again soon.';
  return `Sending has stood still ${since}. ${circuit.reason} Messages wait; nobody is lost and no try counts.${next}`;
}
