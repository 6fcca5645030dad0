// The calendar of campaigns: what went out and what will, between two days.
import { z } from 'zod';
import { calendarDay, campaignFilterQuery } from './campaign-list.ts';
import { campaignMove, campaignStatus } from './campaigns.ts';
import { channel } from './connections.ts';
import { wireId } from './ids.ts';
import { timestamp, timeZone } from './lists.ts';

export const calendarDaysAtMost = 366;
export const calendarEntriesAtMost = 2000;

export const calendarQuery = campaignFilterQuery.extend({
  from: calendarDay.meta({ description: 'The first day, in `time_zone`' }),
  until: calendarDay.meta({ description: `The last day; at most ${calendarDaysAtMost} days` }),
  time_zone: timeZone.optional().meta({ description: 'Whose days; without it the workspace’s' }),
});
export type CalendarQuery = z.output<typeof calendarQuery>;

export const calendarEntry = z.object({
  campaign_id: wireId('cmp'),
  number: z.number().int(),
  name: z.string(),
  channel: channel.nullable(),
  status: campaignStatus,
  at: timestamp,
  local: z.string().meta({
    description: 'Date and time of day of `at` in the zone that was asked for',
    example: '2026-12-01T09:00',
  }),
  time_zone: z
    .string()
    .nullable()
    .meta({ description: 'The campaign’s own, where it has a time of its own' }),
  kind: z.enum(['sent', 'planned', 'occurrence', 'recipient_local']).meta({
    description:
      'sent: it began · planned: at its hour · occurrence: a date of one that repeats · recipient_local: in each person’s own zone, from `at` to `until`',
  }),
  until: timestamp.nullable(),
  run_id: wireId('run').nullable().meta({ description: 'sent: the run that began; its report is there' }),
  moves: z.array(campaignMove).meta({ description: 'As of the campaign' }),
});
export type CalendarEntry = z.infer<typeof calendarEntry>;
export const campaignCalendar = z
  .object({
    data: z.array(calendarEntry),
    more: z
      .boolean()
      .meta({ description: `true: only the first ${calendarEntriesAtMost} are here. Ask for fewer days` }),
  })
  .meta({ id: 'CampaignCalendar' });
export type CampaignCalendar = z.infer<typeof campaignCalendar>;
