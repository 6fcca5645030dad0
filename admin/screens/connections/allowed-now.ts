// What a connection may send at this moment, in words, and where it is nothing, until when.
import type { Connection } from '../../../contract/connections.ts';
import type { Limits } from '../../../contract/limits.ts';
import { rateWords } from '../../ui/rates.ts';
import { clockSeconds } from '../../ui/times.ts';

export interface AllowedNow {
  value: string;
  /** Why it is nothing, or how long. */
  more?: string;
}

export function allowedNow(
  { status, circuit }: Pick<Connection, 'status' | 'circuit'>,
  limits: Pick<Limits, 'allowed_per_second' | 'rate_limited' | 'wait'>,
  zone: string,
): AllowedNow {
  const { until } = limits.rate_limited;
  if (status === 'error') return { value: 'Nothing', more: 'until the connection is fixed' };
  if (limits.wait?.reason === 'held') return { value: 'Nothing', more: 'until the workspace is released' };
  if (circuit?.state === 'open')
    return {
      value: 'Nothing',
      more: circuit.next_try_at
        ? `asked again at ${clockSeconds(circuit.next_try_at, zone)}`
        : 'until the platform answers',
    };
  if (until) return { value: 'Nothing', more: `until ${clockSeconds(until, zone)}` };
  if (circuit) return { value: 'One at a time', more: 'until several went well' };
  return { value: rateWords(limits.allowed_per_second) };
}
