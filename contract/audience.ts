// Who a campaign is meant for, and how many of them it would reach.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';
import { notYet } from './not-yet.ts';

/** Who is left out, whatever else says that they are meant; absent: nobody. */
export const exclusion = z.object({
  segment_ids: z.array(wireId('seg')),
  campaign_ids: z.array(wireId('cmp')),
  campaign_days: z.number().int().nullable(),
});
export type Exclusion = z.infer<typeof exclusion>;
const exclude = exclusion.optional();
const contactIds = z.array(wireId('cnt')).min(1, 'Choose at least one contact.').max(10_000);
const segmentIds = z.array(wireId('seg')).min(1, 'Choose at least one segment.').max(20);

export const audience = z.union([
  z.object({ all: z.literal(true), exclude }),
  z.object({ contact_ids: contactIds, exclude }),
  z.object({ segment_ids: segmentIds, exclude }),
]);
export type Audience = z.infer<typeof audience>;

/** What a request may hold: nothing unknown, and of what is not possible yet only that which asks for nothing. */
const exclusionInput = z
  .strictObject({
    segment_ids: z
      .array(wireId('seg'))
      .max(20, 'At most 20 segments.')
      .nullish()
      .meta({ description: 'Whoever is in any of them when the campaign goes out' }),
    campaign_ids: z.array(wireId('cmp')).max(20, 'At most 20 campaigns.').nullish().meta({
      description:
        'Whoever got any of them, may have got it or is still to get it; of a scheduled one: whoever it is meant for',
    }),
    campaign_days: z
      .number('In the last how many days? Write a whole number.')
      .int('Write a whole number of days.')
      .min(1, 'At least 1 day.')
      .max(3650, 'At most 3650 days, ten years.')
      .nullish()
      .meta({
        description: 'Only who got one of campaign_ids in so many days before the launch; null: whenever',
      }),
  })
  .transform(({ segment_ids, campaign_ids, campaign_days }): Exclusion | undefined => {
    const given = {
      segment_ids: [...new Set(segment_ids ?? [])],
      campaign_ids: [...new Set(campaign_ids ?? [])],
      campaign_days: campaign_days ?? null,
    };
    return given.segment_ids.length + given.campaign_ids.length > 0 ? given : undefined;
  })
  .nullish();

export type GivenAudience = Audience | { import_id: string; exclude?: Exclusion };
export const audienceInput = z
  .strictObject({
    all: z.literal(true).optional(),
    contact_ids: contactIds.optional(),
    segment_ids: segmentIds
      .optional()
      .meta({ description: 'Whoever is in any of these segments when the campaign goes out, once' }),
    import_id: wireId('imp')
      .optional()
      .meta({ description: 'The people of an import, by the list (segment_id) that it put them into' }),
    group_ids: notYet(
      'Groups cannot be written to yet: send { "all": true }, { "segment_ids": [ … ] } or { "contact_ids": [ … ] }. A segment may have a rule on the group: { "field": "group", "group_id": … }.',
    ),
    exclude: exclusionInput,
  })
  .transform(({ all, contact_ids, segment_ids, import_id, exclude }, ctx): GivenAudience => {
    const given = [all, contact_ids, segment_ids, import_id].filter((one) => one !== undefined);
    const less = exclude ? { exclude } : {};
    if (given.length === 1) {
      if (all) return { all, ...less };
      if (contact_ids) return { contact_ids, ...less };
      if (segment_ids) return { segment_ids: [...new Set(segment_ids)], ...less };
      if (import_id) return { import_id, ...less };
    }
    ctx.addIssue({
      code: 'custom',
      message:
        'Send either { "all": true } or { "contact_ids": [ … ] } or { "segment_ids": [ … ] } or { "import_id": … }: one of them.',
    });
    return z.NEVER;
  })
  .meta({ description: 'Either all, contact_ids, segment_ids or import_id; less whoever exclude names' });

/** total = reachable + holdout + excluded + opted_out + no_identity + unreachable + over_cap + quiet_too_long + local_time_passed + window_closed + invalid_number + no_marketing_in_country. */
export const audienceCount = z
  .object({
    total: z.number().int(),
    reachable: z.number().int(),
    opted_out: z.number().int(),
    no_identity: z.number().int(),
    unreachable: z.number().int(),
    over_cap: z.number().int(),
    holdout: z.number().int().meta({ description: 'Left without the message on purpose, to compare' }),
    quiet_too_long: z
      .number()
      .int()
      .meta({ description: 'Quiet hours would hold the message longer than it may wait' }),
    local_time_passed: z
      .number()
      .int()
      .meta({ description: 'The hour is over in their own time zone, and the schedule leaves them out' }),
    window_closed: z
      .number()
      .int()
      .meta({ description: 'Have not written within 24 hours, and the message is no approved template' }),
    invalid_number: z
      .number()
      .int()
      .meta({ description: 'On WhatsApp: the phone number cannot be one, as it stands' }),
    no_marketing_in_country: z.number().int().meta({
      description: 'WhatsApp delivers no marketing templates to numbers of the United States',
    }),
    excluded: z.number().int().meta({ description: 'Whom the audience’s exclusions leave out' }),
    in_quiet_hours: z
      .number()
      .int()
      .meta({ description: 'Of the reachable: who waits until their quiet hours end' }),
    quiet_until: timestamp.nullable().meta({ description: 'When the last of them may be messaged' }),
    also_tested: z.number().int().meta({
      description: 'Of the reachable: who got a test of it already, or gets one first. They have it twice',
    }),
  })
  .meta({ id: 'AudienceCount' });
export type AudienceCount = z.infer<typeof audienceCount>;

/** Which of the people behind one figure of the count; quiet: of the reachable, who waits for the end of quiet hours. */
export const audiencePart = z.enum([
  'reachable',
  'opted_out',
  'no_identity',
  'unreachable',
  'over_cap',
  'quiet_too_long',
  'local_time_passed',
  'window_closed',
  'invalid_number',
  'no_marketing_in_country',
  'holdout',
  'excluded',
  'quiet',
]);
export type AudiencePart = z.infer<typeof audiencePart>;

export const audiencePerson = z
  .object({
    contact_id: wireId('cnt'),
    name: z.string(),
    address: z.string().nullable().meta({ description: 'On the connection of the campaign' }),
    why: z.string().nullable().meta({ description: 'What leaves them out, or keeps them waiting, in words' }),
  })
  .meta({ id: 'AudiencePerson' });
export type AudiencePerson = z.infer<typeof audiencePerson>;
