// When a campaign goes out: at once, at a local time, at that time in everybody's own zone, or again and again by a rule; and
// what becomes of it when its hour was missed.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { timestamp, timeZone } from './lists.ts';
import { readRule, ruleText, yearsAtMost } from './recurrence.ts';
import { readLocalTime } from './zones.ts';

export const localTime = z
  .string()
  .refine((text) => readLocalTime(text) !== null, {
    error: 'This is no date and time. Write it like "2026-12-01T09:00", without a zone.',
  })
  // beyond the year 9999 an instant has no place in a timestamp any more
  .refine((text) => text < '3000', { error: 'Choose a year before 3000.' })
  .meta({ description: 'Date and time of day in `time_zone`', example: '2026-12-01T09:00' });

/** How the people of one local time in their own zones are met whose time had passed when the campaign began. */
export const passed = z.enum(['next_day', 'skip']);

export const schedule = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('now') }),
  z.object({ mode: z.literal('at'), local: z.string(), time_zone: z.string() }),
  z.object({ mode: z.literal('recipient_local'), local: z.string(), time_zone: z.string(), passed }),
  z.object({
    mode: z.literal('recurring'),
    rrule: z.string(),
    local: z.string(),
    time_zone: z.string(),
    until: z.string().nullable(),
    exceptions: z.array(z.string()),
  }),
]);
export type Schedule = z.infer<typeof schedule>;
export type RecurringSchedule = Extract<Schedule, { mode: 'recurring' }>;

const day = z.iso.date('This is no calendar day. Write it like "2027-03-26".');
const end = z.union([day, localTime], {
  error: 'This is no date. Write the last day like "2027-03-26", or the last moment like "2027-03-26T09:00".',
});
const modes =
  'Possible are { "mode": "now" }, { "mode": "at", "local": "2026-12-01T09:00", "time_zone": "Asia/Tokyo" }, "recipient_local" and "recurring".';

export const scheduleInput = z
  .strictObject({
    mode: z.enum(['now', 'at', 'recipient_local', 'recurring'], modes),
    local: localTime.nullish(),
    time_zone: timeZone
      .nullish()
      .meta({ description: 'Of `local`; with recipient_local, of people whose own zone is not known' }),
    passed: passed.nullish().meta({
      description:
        'recipient_local: whom that time has passed for gets it on the next day (default) or is left out',
    }),
    rrule: z.string().max(300, 'A rule has at most 300 characters.').nullish().meta({
      description: 'recurring: RFC 5545, without DTSTART and UNTIL',
      example: 'FREQ=WEEKLY;BYDAY=FR',
    }),
    until: end.nullish().meta({ description: 'recurring: last day, or last local time, inclusive' }),
    exceptions: z
      .array(day)
      .max(100, 'At most 100 dates can be left out.')
      .nullish()
      .meta({ description: 'recurring: local days on which nothing is sent; COUNT counts them' }),
  })
  .transform((given, ctx): Schedule => {
    const refuse = (field: string, message: string) => {
      ctx.addIssue({ code: 'custom', path: [field], message });
      return z.NEVER;
    };
    for (const [field, mode] of Object.entries(fieldsOfModes))
      if (isGiven(given[field as keyof typeof given]) && !mode.includes(given.mode))
        return refuse(field, strayWords(field, given.mode));
    const { mode, local, time_zone } = given;
    if (mode === 'now') return { mode };
    if (!local) refuse('local', 'Choose the date and time, like "2026-12-01T09:00".');
    if (!time_zone) refuse('time_zone', 'Choose the time zone of that time, like "Asia/Tokyo".');
    if (!local || !time_zone) return z.NEVER;
    if (mode === 'at') return { mode, local, time_zone };
    const minute = local.slice(0, 16);
    if (mode === 'recipient_local')
      return { mode, local: minute, time_zone, passed: given.passed ?? 'next_day' };
    const { rule, problem } = readRule(given.rrule ?? '');
    if (!rule) return refuse('rrule', problem);
    const until = given.until ?? null;
    if (until && rule.count !== null)
      return refuse(
        'until',
        'The rule ends by COUNT already: choose either an end date or a number of times.',
      );
    if (until && until < local.slice(0, until.length))
      return refuse('until', 'The end lies before the first date. Choose a later one.');
    if (until && Number(until.slice(0, 4)) > Number(local.slice(0, 4)) + yearsAtMost)
      return refuse('until', `The end is at most ${yearsAtMost} years after the first date.`);
    const exceptions = [...new Set(given.exceptions ?? [])].sort();
    return { mode, rrule: ruleText(rule), local: minute, time_zone, until, exceptions };
  })
  .meta({
    description:
      'now; at a local time in a time zone; recipient_local: at that time in each person’s own zone; recurring: by a rule of RFC 5545',
  });

const fieldsOfModes: Record<string, Schedule['mode'][]> = {
  local: ['at', 'recipient_local', 'recurring'],
  time_zone: ['at', 'recipient_local', 'recurring'],
  passed: ['recipient_local'],
  rrule: ['recurring'],
  until: ['recurring'],
  exceptions: ['recurring'],
};
const isGiven = (value: unknown) => value !== undefined && value !== null && value !== '';

function strayWords(field: string, mode: Schedule['mode']): string {
  if (mode === 'now') return 'With mode "now" there is no time to choose: leave it out, or send mode "at".';
  return `"${field}" belongs to mode "${fieldsOfModes[field]?.[0]}": leave it out, or send that mode.`;
}

/** One date of a series. `change`: what the clocks did to its local time (contract/zones.ts). */
export const occurrence = z.object({
  at: timestamp,
  local: z.string(),
  change: z.enum(['skipped', 'twice']).nullable(),
});
export type Occurrence = z.infer<typeof occurrence>;

/** Said wherever times are chosen that the clocks may change: decision 0024. */
export const clockPolicy =
  'When the clocks change: a time that does not exist that day is moved forward by the length of the jump; of a time that comes twice, the first is taken. No date is left out.';

export const schedulePreviewInput = z.strictObject({
  schedule: scheduleInput,
  limit: z.number().int().min(1).max(50, 'At most 50 dates.').default(10),
});
export const schedulePreview = z
  .object({
    next: z.array(occurrence).meta({ description: 'The next dates from now on' }),
    total: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Of the whole series, those over included; null: without end' }),
    last: timestamp.nullable(),
    words: z.string(),
    policy: z
      .string()
      .nullable()
      .meta({ description: 'What happens when the clocks change; null: they do not in this zone' }),
  })
  .meta({ id: 'SchedulePreview' });
export type SchedulePreview = z.infer<typeof schedulePreview>;

/** One time zone of the people a campaign meets, with their own local time. */
export const zonePlan = z
  .object({
    data: z.array(
      z.object({
        time_zone: z.string().nullable().meta({ description: 'null: not known; met in the schedule’s zone' }),
        people: z.number().int(),
        ...occurrence.shape,
        passed: z.boolean().meta({ description: 'That time is over there: see the schedule’s `passed`' }),
      }),
    ),
    first_at: timestamp.nullable(),
    last_at: timestamp.nullable(),
  })
  .meta({ id: 'ZonePlan' });
export type ZonePlan = z.infer<typeof zonePlan>;

export const campaignRun = z
  .object({
    run_id: wireId('run'),
    number: z.number().int(),
    occurrence_at: timestamp.nullable().meta({ description: 'The date of the series that it belongs to' }),
    status: z.enum(['active', 'paused', 'finished', 'cancelled']),
    started_at: timestamp,
    finished_at: timestamp.nullable(),
    planned: z.number().int(),
    sent: z.number().int(),
    failed: z.number().int(),
    skipped: z.number().int(),
    unknown: z.number().int(),
  })
  .meta({ id: 'CampaignRun' });
export type CampaignRun = z.infer<typeof campaignRun>;

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
/** Whether what should have gone `lateMs` ago still goes by itself. */
export function mayStillSend(missed: Missed, lateMs: number): boolean {
  if (missed.mode === 'send' || lateMs <= onTimeMinutes * 60_000) return true;
  return missed.mode === 'send_if_late_less_than' && lateMs < missed.minutes * 60_000;
}

export const defaultMissed: Missed = { mode: 'send_if_late_less_than', minutes: 60 };

export const reschedule = z
  .strictObject({
    local: localTime.optional(),
    time_zone: timeZone.optional(),
    schedule: scheduleInput.optional(),
  })
  .transform((given, ctx): { schedule: Schedule } | { local: string; time_zone: string } => {
    const refuse = (field: string, message: string) => {
      ctx.addIssue({ code: 'custom', path: [field], message });
      return z.NEVER;
    };
    const refuseMode = (message: string) => {
      ctx.addIssue({ code: 'custom', path: ['schedule', 'mode'], message });
      return z.NEVER;
    };
    const { local, time_zone, schedule } = given;
    if (schedule)
      return local || time_zone
        ? refuse('schedule', 'Send either `local` with `time_zone`, or a whole `schedule`.')
        : schedule.mode === 'now'
          ? refuseMode('Choose a time. To send it at once, use send_now.')
          : { schedule };
    if (!local) refuse('local', 'Choose the date and time, like "2026-12-01T09:00".');
    if (!time_zone) refuse('time_zone', 'Choose the time zone of that time, like "Asia/Tokyo".');
    return local && time_zone ? { local, time_zone } : z.NEVER;
  })
  .meta({ description: 'A new time for the schedule it has, or a whole new schedule' });
export type Reschedule = z.infer<typeof reschedule>;
