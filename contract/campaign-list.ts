// Which campaigns are meant, by the list, its counts, the calendar, the CSV and bulk actions alike, and a row of the list.
// What is given narrows; nothing given: all that are not archived.
import { z } from 'zod';
import { campaign, campaignKind, campaignStatus } from './campaigns.ts';
import { channel } from './connections.ts';
import { humanText, pageOf, pageQuery, timestamp } from './lists.ts';

export const campaignTraining = z.enum(['not_trained', 'training', 'trained']);
export type CampaignTraining = z.infer<typeof campaignTraining>;

/** A day of the calendar in the workspace's time zone: "2026-12-01". */
export const calendarDay = z.iso
  .date('Write a day of the calendar as 2026-12-31.')
  .refine((day) => day >= '2000-01-01' && day <= '2199-12-31', 'Choose a day between 2000 and 2199.');

const words = {
  status: 'Any of them; without it all but archived ones',
  search: 'Part of the name, in any case and with or without accents, or the number',
  from: 'On this day or later, in the workspace’s time zone: when it goes out or went out, else when it was created',
  until: 'On this day or earlier',
  unsettled: 'true: with deliveries of which nobody knows whether they arrived, and that wait for a decision',
};
const narrow = {
  channel: channel.optional().meta({ description: 'Of its connection' }),
  training: campaignTraining.optional(),
  search: humanText(100).optional().meta({ description: words.search }),
  from: calendarDay.optional().meta({ description: words.from }),
  until: calendarDay.optional().meta({ description: words.until }),
};
const someOf = <E extends z.ZodType>(one: E) => z.array(one).min(1, 'Name at least one, or leave it out.');

/** In a body, as bulk actions take it. */
export const campaignFilter = z.strictObject({
  status: someOf(campaignStatus).max(20).optional().meta({ description: words.status }),
  kind: someOf(campaignKind).max(20).optional(),
  ...narrow,
  featured: z.boolean().optional(),
  unsettled: z.boolean().optional().meta({ description: words.unsettled }),
});
export type CampaignFilter = z.output<typeof campaignFilter>;

/** "draft,paused" → the words; an unknown one is a validation error that names those there are. */
const wordList = <W extends string>(all: readonly W[]) =>
  z
    .string()
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(z.enum(all)).max(20));
/** The same in an address. */
export const campaignFilterQuery = z.object({
  status: wordList(campaignStatus.options).optional().meta({ description: words.status }),
  kind: wordList(campaignKind.options).optional(),
  ...narrow,
  featured: z.stringbool().optional(),
  unsettled: z.stringbool().optional().meta({ description: words.unsettled }),
});

export const campaignSorts = ['created_at', 'name', 'scheduled_at', 'status', 'updated_at'] as const;
export type CampaignSort = (typeof campaignSorts)[number];
export const campaignQuery = campaignFilterQuery.extend({
  ...pageQuery.shape,
  sort: z
    .enum(campaignSorts.flatMap((column) => [`-${column}`, column] as const))
    .default('-created_at')
    .meta({
      description:
        'Featured ones always come first. scheduled_at: when it goes out or went out; without such a time last, newest first. status: in the order of a campaign’s life, newest first within each',
    }),
});
export type CampaignQuery = z.output<typeof campaignQuery>;

/** Of the latest run; planned = sent + failed + left + skipped, unknown and cancelled ones. */
export const campaignFigures = z
  .object({
    planned: z.number().int(),
    left: z.number().int().meta({ description: 'Have not been messaged yet' }),
    sent: z.number().int().meta({ description: 'All that the platform accepted' }),
    delivered: z.number().int().nullable().meta({ description: 'null: the platform does not report it' }),
    read: z.number().int().nullable(),
    clicked: z.number().int().nullable(),
    replied: z.number().int(),
    failed: z.number().int(),
  })
  .meta({ id: 'CampaignFigures' });
export type CampaignFigures = z.infer<typeof campaignFigures>;

export const listedCampaign = campaign
  .extend({
    figures: campaignFigures.nullable().meta({ description: 'Of its latest run; null: it has none yet' }),
    estimated_reach: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'How many people it would reach, as last counted; null: not counted yet' }),
    estimated_at: timestamp.nullable(),
    repeats: z
      .string()
      .nullable()
      .meta({ description: 'In words, "Every Friday at 09:00"; null: it does not' }),
  })
  .meta({ id: 'ListedCampaign' });
export type ListedCampaign = z.infer<typeof listedCampaign>;
export const campaignPage = pageOf(listedCampaign).extend({
  previous_cursor: z.string().nullable().meta({ description: 'The page before this one; null on the first' }),
});
export type CampaignPage = z.infer<typeof campaignPage>;

const count = z.number().int();
/** Each facet counts without its own filter, so that a tab says how many it would show. */
export const campaignCounts = z
  .object({
    total: count.meta({ description: 'With all filters, as the list' }),
    by_channel: z.object({
      telegram: count,
      whatsapp: count,
      website: count,
      none: count.meta({ description: 'No connection is chosen yet' }),
    }),
    by_status: z.object(
      Object.fromEntries(campaignStatus.options.map((one) => [one, count])) as Record<
        z.infer<typeof campaignStatus>,
        typeof count
      >,
    ),
  })
  .meta({ id: 'CampaignCounts' });
export type CampaignCounts = z.infer<typeof campaignCounts>;
