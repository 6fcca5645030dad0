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

const choice = {
  campaign_ids: z
    .array(wireId('cmp'))
    .min(1, 'Name at least one campaign, or leave it out.')
    .max(1000)
    .optional(),
  direct: z.boolean().optional().meta({ description: 'true: replies and tests' }),
};
const nothingNamed =
  'Say what is to go: "campaign_ids" for these campaigns, "direct": true for replies and tests, or "all": true for everything, which ends the hold.';

/** What goes out is always named: a body that was lost or left empty must not release everything. */
export const heldRelease = z
  .strictObject(
    {
      all: z
        .literal(true)
        .optional()
        .meta({ description: 'true: everything, and the hold is over; then send nothing else' }),
      ...choice,
    },
    // no body at all
    { error: (issue) => (issue.code === 'invalid_type' ? nothingNamed : undefined) },
  )
  .check(({ value: { all, campaign_ids, direct }, issues }) => {
    const wrong = (message: string) => issues.push({ code: 'custom', path: ['all'], message, input: all });
    if (all && (campaign_ids || direct !== undefined))
      wrong('Send either "all": true, or "campaign_ids" and "direct", not both.');
    if (!all && !campaign_ids && !direct) wrong(nothingNamed);
  });
export type HeldRelease = z.infer<typeof heldRelease>;

export const heldDiscard = z.strictObject(choice).check(({ value: { campaign_ids, direct }, issues }) => {
  if (!campaign_ids && !direct)
    issues.push({
      code: 'custom',
      path: ['campaign_ids'],
      message: 'Name the campaigns to give up, or send "direct": true for replies and tests.',
      input: campaign_ids,
    });
});
export type HeldDiscard = z.infer<typeof heldDiscard>;
