// Who a campaign is meant for, and how many of them it would reach.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';
import { notYet, notYetList } from './not-yet.ts';

export const audience = z.union([
  z.object({ all: z.literal(true) }),
  z.object({ contact_ids: z.array(wireId('cnt')).min(1, 'Choose at least one contact.').max(10_000) }),
  z.object({ segment_ids: z.array(wireId('seg')).min(1, 'Choose at least one segment.').max(20) }),
]);
export type Audience = z.infer<typeof audience>;
const cannotExclude = 'Nobody can be excluded yet: leave exclude out, and choose the people by contact_ids.';

/** What a request may hold: nothing unknown, and of what is not possible yet only that which asks for nothing. */
export const audienceInput = z
  .strictObject({
    all: z.literal(true).optional(),
    contact_ids: z.array(wireId('cnt')).min(1, 'Choose at least one contact.').max(10_000).optional(),
    segment_ids: z
      .array(wireId('seg'))
      .min(1, 'Choose at least one segment.')
      .max(20)
      .optional()
      .meta({ description: 'Whoever is in any of these segments when the campaign goes out, once' }),
    import_id: wireId('imp')
      .optional()
      .meta({ description: 'The people of an import, by the list (segment_id) that it put them into' }),
    group_ids: notYet('Groups cannot be written to yet: send { "all": true } or { "contact_ids": [ … ] }.'),
    exclude: z
      .strictObject({
        segment_ids: notYetList(cannotExclude),
        campaign_ids: notYetList(cannotExclude),
      })
      .nullish(),
  })
  .transform(({ all, contact_ids, segment_ids, import_id }, ctx): Audience | { import_id: string } => {
    const given = [all, contact_ids, segment_ids, import_id].filter((one) => one !== undefined);
    if (given.length === 1) {
      if (all) return { all };
      if (contact_ids) return { contact_ids };
      if (segment_ids) return { segment_ids: [...new Set(segment_ids)] };
      if (import_id) return { import_id };
    }
    ctx.addIssue({
      code: 'custom',
      message:
        'Send either { "all": true } or { "contact_ids": [ … ] } or { "segment_ids": [ … ] } or { "import_id": … }: one of them.',
    });
    return z.NEVER;
  })
  .meta({ description: 'Either all, contact_ids, segment_ids or import_id' });

/** total = reachable + opted_out + no_identity + unreachable + over_cap + quiet_too_long; `excluded` people are not part of it. */
export const audienceCount = z
  .object({
    total: z.number().int(),
    reachable: z.number().int(),
    opted_out: z.number().int(),
    no_identity: z.number().int(),
    unreachable: z.number().int(),
    over_cap: z.number().int(),
    quiet_too_long: z
      .number()
      .int()
      .meta({ description: 'Quiet hours would hold the message longer than it may wait' }),
    excluded: z.number().int(),
    in_quiet_hours: z
      .number()
      .int()
      .meta({ description: 'Of the reachable: who waits until their quiet hours end' }),
    quiet_until: timestamp.nullable().meta({ description: 'When the last of them may be messaged' }),
  })
  .meta({ id: 'AudienceCount' });
export type AudienceCount = z.infer<typeof audienceCount>;
