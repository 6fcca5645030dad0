// One deed on many campaigns: which, what, and how far it is.
import { z } from 'zod';
import { campaignFilter, campaignTraining } from './campaign-list.ts';
import { wireId } from './ids.ts';
import { progressFields } from './progress.ts';

export const campaignsChosenAtMost = 1000;
/** A filter may mean more than can be named. */
export const campaignsAtOnce = 10_000;
const someIds = z
  .array(wireId('cmp'))
  .max(
    campaignsChosenAtMost,
    `At most ${campaignsChosenAtMost.toLocaleString('en')} campaigns by their ids; choose more by a filter.`,
  );

export const campaignSelect = z.union(
  [
    z.strictObject({ campaign_ids: someIds.min(1, 'Choose at least one campaign.') }),
    z.strictObject({
      filter: campaignFilter.meta({ description: 'As the list; {}: all that are not archived' }),
      except: someIds.optional().meta({ description: 'None of these' }),
    }),
  ],
  {
    error: 'Send { "campaign_ids": [ … ] }, or { "filter": { … } } with "except" where some are left out.',
  },
);
export type CampaignSelect = z.output<typeof campaignSelect>;

const action = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('delete') }).meta({ description: 'What was sent is archived instead' }),
  z.strictObject({ do: z.literal('archive') }),
  z.strictObject({ do: z.literal('restore') }).meta({ description: 'Out of the archive, to what it was' }),
  z.strictObject({
    do: z.literal('change_status'),
    status: z
      .enum(['paused', 'sending', 'cancelled', 'archived'], {
        error:
          'Campaigns can be set to "paused", "sending" (resumed), "cancelled" or "archived" together. Send a draft with launch.',
      })
      .meta({ description: 'sending: resumed; all but archived need the scope campaigns:send too' }),
  }),
  z.strictObject({ do: z.literal('duplicate') }),
  z.strictObject({ do: z.literal('feature'), featured: z.boolean() }),
  z.strictObject({
    do: z.literal('update_training'),
    training: campaignTraining.refine((training) => training === 'not_trained', {
      error: 'Training comes with automatic replies, which are not possible yet: only "not_trained".',
    }),
  }),
]);
export type CampaignDeed = z.output<typeof action>;

export const campaignBulkCreate = z.strictObject({
  select: campaignSelect,
  action,
  expected_count: z
    .int()
    .min(1)
    .meta({ description: 'How many campaigns you saw. Refused where it is another number by now' }),
});
export type CampaignBulkCreate = z.output<typeof campaignBulkCreate>;

export const refusedShown = 100;
export const campaignBulk = z
  .object({
    id: wireId('cbk'),
    ...progressFields,
    action,
    by: z.string(),
    expected_count: z.int(),
    done: z.int().meta({ description: 'With how many it was done, or was so already' }),
    refused_count: z
      .int()
      .meta({ description: 'With how many it was not possible; done + refused = processed' }),
    refused: z
      .array(z.object({ campaign_id: wireId('cmp'), name: z.string(), detail: z.string() }))
      .meta({ description: `The first ${refusedShown} of these, with what to do instead` }),
  })
  .meta({ id: 'CampaignBulk' });
export type CampaignBulk = z.infer<typeof campaignBulk>;
