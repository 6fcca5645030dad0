// Two contacts that are one person: what a merge would do, what it did, and taking it back.
import { z } from 'zod';
import { channel } from './connections.ts';
import { contact } from './contacts.ts';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';

/** Of which of the two the value stays. Attributes are named "attributes.city". */
export const mergeField = z
  .string()
  .regex(
    /^(external_id|first_name|last_name|email|phone|language|time_zone|attributes\.[a-z][a-z0-9_]{0,62})$/,
    'Name a field of a contact, like "email" or "attributes.city".',
  );
const side = z.enum(['this', 'other']);
export type MergeSide = z.infer<typeof side>;

/** Without `keep` this contact's values stay, and the other's fill what is empty. */
export const contactMerge = z.strictObject({
  other_id: wireId('cnt'),
  keep: z
    .record(mergeField, side)
    .optional()
    .meta({ description: 'Field → whose value stays; "attributes.city" for an attribute' }),
});
export type ContactMerge = z.infer<typeof contactMerge>;
export const mergePreviewQuery = z.object({ other_id: wireId('cnt') });

/** How many of each come over. */
export const mergeCounts = z.object({
  messages: z.int(),
  deliveries: z.int(),
  events: z.int(),
  orders: z.int(),
  carts: z.int(),
  segments: z.int(),
});
export type MergeCounts = z.infer<typeof mergeCounts>;

export const mergePreview = z
  .object({
    this: contact,
    other: contact,
    fields: z.array(
      z.object({
        field: mergeField,
        this: z.unknown(),
        other: z.unknown(),
        /** Whose stays when nobody chooses. */
        keeps: side,
      }),
    ),
    comes_over: mergeCounts,
    /** Where the stricter of the two wins. */
    consent: z.array(
      z.object({ channel, state: z.enum(['opted_in', 'opted_out']), changes_for: side.nullable() }),
    ),
    /** Connections on which both have an address: this contact's is written to, until the person writes from the other. */
    two_addresses: z.array(
      z.object({ connection_id: wireId('con'), name: z.string(), this: z.string(), other: z.string() }),
    ),
    /** Campaigns under way in which both have a message: one of them is left out. */
    campaigns_with_both: z.array(z.object({ campaign_id: wireId('cmp'), name: z.string() })),
    undoable_days: z.int(),
  })
  .meta({ id: 'MergePreview' });
export type MergePreview = z.infer<typeof mergePreview>;

export const merge = z
  .object({
    id: wireId('mrg'),
    /** Who holds the person now. */
    contact_id: wireId('cnt'),
    merged_into: wireId('cnt'),
    /** The id is nobody's now; what is sent to it is refused, and lists of contact ids mean the merged contact. */
    other_id: wireId('cnt'),
    other_name: z.string(),
    by: z.string(),
    at: timestamp,
    undoable_until: timestamp,
    undoable: z.boolean(),
    /** Why it cannot be undone, in words. */
    why_not: z.string().nullable(),
    undone_at: timestamp.nullable(),
    undone_by: z.string().nullable(),
    comes_over: mergeCounts.nullable().meta({ description: 'null: it cannot be undone any more' }),
    /** Values that did not stay, by field. */
    set_aside: z.record(z.string(), z.unknown()),
    /** Addresses beside those of `identities`: who writes from one is this person. */
    spare_addresses: z.array(z.object({ connection_id: wireId('con'), channel, address: z.string() })),
  })
  .meta({ id: 'Merge' });
export type Merge = z.infer<typeof merge>;
export const mergeList = z.object({ data: z.array(merge) });
/** What is undone, and the person who is there again. */
export const mergeUndone = z.object({ contact, other: contact }).meta({ id: 'MergeUndone' });
