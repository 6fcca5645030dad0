// When a campaign goes out: at once or at a local time in a zone; and what becomes of it when that hour was missed.
import { z } from 'zod';
import { timeZone } from './lists.ts';
import { notYet } from './not-yet.ts';
import { readLocalTime } from './zones.ts';

export const localTime = z
  .string()
  .refine((text) => readLocalTime(text) !== null, {
    error: 'This is no date and time. Write it like "2026-12-01T09:00", without a zone.',
  })
  .meta({ description: 'Date and time of day in `time_zone`', example: '2026-12-01T09:00' });

export const schedule = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('now') }),
  z.object({ mode: z.literal('at'), local: z.string(), time_zone: z.string() }),
]);
export type Schedule = z.infer<typeof schedule>;

const modes =
  'Possible are { "mode": "now" } and { "mode": "at", "local": "2026-12-01T09:00", "time_zone": "Asia/Tokyo" }; recurring and recipient_local are not possible yet.';
const oneTime = 'Campaigns that repeat are not possible yet: leave it out.';
export const scheduleInput = z
  .strictObject({
    mode: z.enum(['now', 'at'], modes),
    local: localTime.nullish(),
    time_zone: timeZone.nullish(),
    rrule: notYet(oneTime),
    until: notYet(oneTime),
  })
  .transform(({ mode, local, time_zone }, ctx): Schedule => {
    const refuse = (field: 'local' | 'time_zone', message: string) =>
      ctx.addIssue({ code: 'custom', path: [field], message });
    if (mode === 'now') {
      const stray = local ? 'local' : time_zone ? 'time_zone' : null;
      if (!stray) return { mode };
      refuse(stray, 'With mode "now" there is no time to choose: leave it out, or send mode "at".');
      return z.NEVER;
    }
    if (!local) refuse('local', 'Choose the date and time, like "2026-12-01T09:00".');
    if (!time_zone) refuse('time_zone', 'Choose the time zone of that time, like "Asia/Tokyo".');
    return local && time_zone ? { mode, local, time_zone } : z.NEVER;
  })
  .meta({ description: 'now, or at a local time in a time zone' });

/** A campaign up to this late is on time: the scan itself takes a moment, and a restart a minute. */
export const onTimeMinutes = 5;
/** What becomes of a scheduled campaign that Carillon comes to late, because it was stopped at the hour. */
export const missed = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('send') }),
  z.strictObject({
    mode: z.literal('send_if_late_less_than'),
    minutes: z
      .number()
      .int()
      .min(onTimeMinutes, 'At least 5: until then a campaign counts as on time.')
      .max(10_080, 'At most 10,080 minutes, a week.'),
  }),
  z.strictObject({ mode: z.literal('hold') }),
]);
export type Missed = z.infer<typeof missed>;
export const defaultMissed: Missed = { mode: 'send_if_late_less_than', minutes: 60 };

export const reschedule = z.strictObject({ local: localTime, time_zone: timeZone });
