// Settings that cannot be had together: each holds people back in its own way, and two of them would contradict each other.
import type { Settings } from '../../contract/campaigns.ts';
import { invalidField } from '../platform/errors.ts';

interface Plan {
  schedule: { mode: string };
  settings: Pick<Settings, 'canary' | 'ab'>;
}

/** Throws VALIDATION_FAILED at the test or the canary. */
export function checkTogether({ schedule, settings: { ab, canary } }: Plan): void {
  const local = schedule.mode === 'recipient_local';
  if (ab && canary)
    throw invalidField(
      '/settings/ab',
      'A canary and an A/B test cannot be had together: both send to a few people first. Switch one of them off.',
    );
  if (ab && ab.winner.by !== 'hand' && local)
    throw invalidField(
      '/settings/ab',
      'Where everybody gets it at their own local time, the figures cannot choose a winner in time. Choose the winner by hand, or another schedule.',
    );
  if (canary && local)
    throw invalidField(
      '/settings/canary',
      'A canary cannot be had where everybody gets it at their own local time. Switch it off, or choose another schedule.',
    );
}
