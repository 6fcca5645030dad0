// The A/B test that the switch begins with: one that the campaign can have as it is scheduled.
import type { Content } from '../../../../contract/message.ts';
import type { Schedule } from '../../../../contract/schedules.ts';
import type { AbTest } from '../../../../contract/variants.ts';

/** How long figures are waited for, minutes. */
export const usualMinutes = 240;

export function suggestedTest(content: Content, schedule: Schedule): AbTest {
  // by everybody's own clock the figures come too late to choose
  const winner: AbTest['winner'] =
    schedule.mode === 'recipient_local' ? { by: 'hand' } : { by: 'replies', after_minutes: usualMinutes };
  return { variants: [{ key: 'b', content }], test_percent: 20, winner };
}
