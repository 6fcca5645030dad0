// What keeps messages from going out, and until when, in one sentence: the same on every page that shows it.
import type { SendingWait, WaitReason } from '../../../contract/waits.ts';
import { zoneCity } from '../../../contract/zones.ts';
import { clockSeconds, day, moment } from '../../ui/times.ts';

const reasons: Record<WaitReason, string> = {
  held: 'Nobody is messaged while the workspace is held.',
  circuit:
    'The platform does not answer at present. It is asked again and again, and sending goes on by itself once it does.',
  canary: 'The first people are being watched before everybody else is messaged.',
  variants: 'Everybody who is left waits for the winner of the A/B test.',
  rate_limited: 'The platform asked us to wait (429, too many requests).',
  warm_up: 'Today’s warm-up limit of the connection is used up.',
  batch: 'Pause between two batches.',
  quiet: 'Everybody who is left waits until their quiet hours end.',
  local_time: 'Everybody who is left waits for that time in their own time zone.',
};

export function waitWords({ reason, until }: SendingWait, zone: string): string {
  if (!until) return reasons[reason];
  const goesOn =
    reason === 'canary'
      ? 'They are judged'
      : reason === 'variants'
        ? 'It is decided'
        : 'It goes on by itself';
  return `${reasons[reason]} ${goesOn} at ${whenWords(until, zone)}.`;
}

/** Where a moment would stand: why there is none. */
export const notKnown: Record<WaitReason, string> = {
  held: 'After the release',
  circuit: 'Once the platform answers',
  canary: 'Once the canary is judged',
  variants: 'Once the winner is known',
  rate_limited: 'Not known yet',
  warm_up: 'Not known yet',
  batch: 'Not known yet',
  quiet: 'Not known yet',
  local_time: 'Not known yet',
};

/** The second matters today, the day otherwise. */
function whenWords(until: string, zone: string): string {
  const today = day(until, zone) === day(new Date().toISOString(), zone);
  return `${today ? clockSeconds(until, zone) : moment(until, zone)} ${zoneCity(zone)}`;
}
