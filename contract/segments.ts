// Segments: named groups of contacts, by a rule that always holds anew, or a list that people keep by hand.
import { z } from 'zod';
import { campaignStatus } from './campaigns.ts';
import { wireId } from './ids.ts';
import { humanText, pageQuery, readVersion, timestamp } from './lists.ts';
import { rule, storedRule } from './rules.ts';

export const segment = z
  .object({
    id: wireId('seg'),
    name: z.string(),
    kind: z.enum(['rule', 'static']),
    rule: storedRule.nullable().meta({ description: 'null: a static list; its members are put in by hand' }),
    version: z.number().int(),
    count: z.number().int().nullable().meta({
      description: 'How many were in it at `counted_at`; a rule is counted anew every now and then',
    }),
    counted_at: timestamp.nullable().meta({ description: 'When it was last counted; null: not yet' }),
    count_problem: z
      .string()
      .nullable()
      .meta({ description: 'Why the last try to count had no result; null: it had' }),
    problems: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .meta({ description: 'What its rule names that is not there any more' }),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Segment' });
export type Segment = z.infer<typeof segment>;

export const segmentsQuery = pageQuery.extend({
  search: z.string().trim().max(200).optional().meta({ description: 'Part of the name' }),
  kind: z.enum(['rule', 'static']).optional(),
});
export const listedSegment = segment
  .extend({
    used_by: z.number().int().meta({ description: 'How many segments and campaigns ask for it' }),
  })
  .meta({ id: 'ListedSegment' });
export type ListedSegment = z.infer<typeof listedSegment>;

const name = humanText(120, 1);
/** With a rule it is a segment by rule, without one a static list. */
export const segmentCreate = z.strictObject({ name, rule: rule.optional() });
export type SegmentCreate = z.infer<typeof segmentCreate>;
export const segmentPatch = z.strictObject({
  name: name.optional(),
  rule: rule.optional(),
  version: readVersion.optional(),
});
export type SegmentPatch = z.infer<typeof segmentPatch>;

const people = z.array(wireId('cnt')).max(10_000).default([]);
export const segmentMembers = z.strictObject({ add: people, remove: people });
export const segmentMembersResult = z
  .object({ added: z.number().int(), removed: z.number().int(), members: z.number().int() })
  .meta({ id: 'SegmentMembersResult' });

export const segmentPreview = z.strictObject({ rule });
export const segmentPreviewResult = z
  .object({
    count: z.number().int(),
    sample: z
      .array(z.object({ id: wireId('cnt'), name: z.string(), email: z.string().nullable() }))
      .meta({ description: 'Ten of them, no particular ones' }),
  })
  .meta({ id: 'SegmentPreview' });
export type SegmentPreview = z.infer<typeof segmentPreviewResult>;

const person = { contact_id: wireId('cnt'), name: z.string(), email: z.string().nullable() };
export const segmentMember = z
  .object({
    ...person,
    added_at: timestamp.nullable().meta({ description: 'Of a list: when they were put in. Of a rule: null' }),
  })
  .meta({ id: 'SegmentMember' });
export type SegmentMember = z.infer<typeof segmentMember>;

export const segmentChangesQuery = pageQuery.extend({ change: z.enum(['entered', 'left']).optional() });
export const segmentChange = z
  .object({
    ...person,
    change: z.enum(['entered', 'left']),
    at: timestamp.meta({ description: 'When it was noticed; of a list: when it happened' }),
    since: timestamp
      .nullable()
      .meta({ description: 'The check before: it happened after that. null: it happened at `at`' }),
  })
  .meta({ id: 'SegmentChange' });
export type SegmentChange = z.infer<typeof segmentChange>;

export const segmentCheck = z
  .object({
    at: timestamp,
    cause: z.enum(['first', 'rule', 'people', 'hand']).meta({
      description:
        'first: nothing to compare with; rule: the rule was another one before; people: they changed; hand: somebody edited the list',
    }),
    count: z.number().int(),
    entered: z.number().int(),
    left: z.number().int(),
  })
  .meta({ id: 'SegmentCheck' });
export type SegmentCheck = z.infer<typeof segmentCheck>;

export const segmentUsers = z
  .object({
    data: z.array(
      z.object({
        kind: z.enum(['campaign', 'segment']),
        id: z.union([wireId('cmp'), wireId('seg')]),
        name: z.string(),
        status: campaignStatus.nullable().meta({ description: 'Of a campaign' }),
      }),
    ),
  })
  .meta({ id: 'SegmentUsers' });
export type SegmentUsers = z.infer<typeof segmentUsers>;

export const segmentPresets = z
  .object({
    data: z.array(z.object({ key: z.string(), name: z.string(), description: z.string(), rule: storedRule })),
  })
  .meta({ id: 'SegmentPresets' });

/** Which segments one person is in. */
export const segmentsOfContact = z
  .object({
    data: z.array(z.object({ id: wireId('seg'), name: z.string(), kind: z.enum(['rule', 'static']) })),
  })
  .meta({ id: 'SegmentsOfContact' });
export type SegmentsOfContact = z.infer<typeof segmentsOfContact>;
