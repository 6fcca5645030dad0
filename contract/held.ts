// What waits for a person's word: a workspace that was started with --held sends nothing until somebody has seen what would
// go out; and campaigns that missed their hour.
import { z } from 'zod';
import { campaignStatus } from './campaigns.ts';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';

export const heldCampaign = z.object({
  campaign_id: wireId('cmp'),
  number: z.number().int(),
  name: z.string(),
  status: campaignStatus,
  connection_id: wireId('con').nullable(),
  connection_name: z.string().nullable(),
  waiting: z.number().int().meta({ description: 'People who have no message yet' }),
  unknown_to_resend: z
    .number()
    .int()
    .meta({ description: 'Unknown deliveries that the campaign sends again by itself' }),
  since: timestamp.nullable().meta({ description: 'When it was launched' }),
  scheduled_at: timestamp.nullable(),
  time_zone: z.string().nullable(),
  released: z.boolean().meta({ description: 'Let go on its own; it sends again' }),
});
export type HeldCampaign = z.infer<typeof heldCampaign>;

export const heldDirect = z.object({
  connection_id: wireId('con'),
  connection_name: z.string(),
  replies: z.number().int(),
  tests: z.number().int(),
  since: timestamp,
});
export type HeldDirect = z.infer<typeof heldDirect>;

export const missedCampaign = z.object({
  campaign_id: wireId('cmp'),
  number: z.number().int(),
  name: z.string(),
  reason: z.string().nullable(),
  scheduled_at: timestamp.nullable(),
  time_zone: z.string().nullable(),
});
export type MissedCampaign = z.infer<typeof missedCampaign>;

export const held = z
  .object({
    since: timestamp.nullable().meta({ description: 'Since when nothing is sent; null: not held' }),
    campaigns: z.array(heldCampaign),
    direct: z.array(heldDirect),
    direct_released: z.boolean(),
    missed: z.array(missedCampaign).meta({ description: 'Not sent at their hour; a person decides' }),
  })
  .meta({ id: 'Held' });
export type Held = z.infer<typeof held>;

export const heldRelease = z.strictObject({
  campaign_ids: z
    .array(wireId('cmp'))
    .min(1, 'Name at least one campaign, or leave it out.')
    .max(1000)
    .optional(),
  direct: z.boolean().optional().meta({ description: 'true: replies and tests' }),
});
export const heldDiscard = heldRelease;
