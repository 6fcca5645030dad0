// What the settings of contact pressure mean, in sentences; the same words stand in the guide.
import type { FrequencyCap, QuietHours } from '../../../contract/pressure.ts';
import { zoneCity } from '../../../contract/zones.ts';
import { counted } from '../../ui/numbers.ts';

/** "24 hours", "7 days". */
export function periodWords(hours: number): string {
  return hours >= 48 && hours % 24 === 0
    ? counted(hours / 24, 'day', 'days')
    : counted(hours, 'hour', 'hours');
}

export function capWords({ max, purpose, period_hours }: FrequencyCap): string {
  const messages = counted(max, `${purpose} message`, `${purpose} messages`);
  return `Nobody gets more than ${messages} in ${periodWords(period_hours)}, over all channels and campaigns. Whoever had as many is left out, and the report says so.`;
}

export function quietWords({ from, to, expire_after_hours }: QuietHours, zone: string): string {
  return `Nobody is messaged from ${from} until ${to} on the clock of where they are; people without a time zone go by ${zoneCity(zone)}. Their messages wait until ${to}. One that would have to wait longer than ${periodWords(expire_after_hours)} is not sent, and the report says so.`;
}
