// One deed on many people at once: whom, what, and how far it is.
import { z } from 'zod';
import { contactFilter } from './contact-filter.ts';
import { wireId } from './ids.ts';
import { humanText } from './lists.ts';
import { progressFields } from './progress.ts';

export const chosenAtMost = 10_000;
const someIds = z
  .array(wireId('cnt'))
  .max(
    chosenAtMost,
    `At most ${chosenAtMost.toLocaleString('en')} contacts by their ids; choose more by a filter.`,
  );

const select = z.union(
  [
    z.strictObject({ contact_ids: someIds.min(1, 'Choose at least one contact.') }),
    z.strictObject({
      filter: contactFilter.meta({ description: 'Everybody it means; {}: everybody' }),
      except: someIds.optional().meta({ description: 'Of these people nobody' }),
    }),
  ],
  {
    error: 'Send { "contact_ids": [ … ] }, or { "filter": { … } } with "except" where somebody is left out.',
  },
);
export type BulkSelect = z.output<typeof select>;

const tags = z.array(humanText(60, 1)).min(1, 'Name at least one tag.').max(20, 'At most 20 tags at once.');
const segment_id = wireId('seg').meta({ description: 'A list that is kept by hand' });
const action = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('add_tags'), tags }),
  z.strictObject({ do: z.literal('remove_tags'), tags }),
  z.strictObject({ do: z.literal('add_to_segment'), segment_id }),
  z.strictObject({ do: z.literal('remove_from_segment'), segment_id }),
  z.strictObject({ do: z.literal('erase') }),
]);
export type BulkDeed = z.output<typeof action>;

export const bulkCreate = z.strictObject({
  select,
  action,
  expected_count: z.int().min(1).meta({
    description:
      'How many people you saw. Refused where it is another number by now: for erasing any, else by more than 1 % (10 people at least)',
  }),
});
export type BulkCreate = z.output<typeof bulkCreate>;

export const bulkAction = z
  .object({
    id: wireId('blk'),
    ...progressFields,
    action,
    by: z.string(),
    expected_count: z.int(),
    changed: z.int(),
    unchanged: z.int().meta({
      description: 'It was so with them already, or with whom they were merged into meanwhile',
    }),
    gone: z.int().meta({ description: 'Erased meanwhile' }),
    refused: z.int().meta({ description: 'They would have more than 100 tags' }),
    merged: z.int().meta({
      description: 'Merged meanwhile into a contact that was not chosen, and therefore not erased',
    }),
  })
  .meta({ id: 'BulkAction' });
export type BulkAction = z.infer<typeof bulkAction>;
