// Segments: named groups of contacts, by a rule that always holds anew, or a list that people keep by hand.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { humanText, readVersion, timestamp } from './lists.ts';
import { rule, storedRule } from './rules.ts';

export const segment = z
  .object({
    id: wireId('seg'),
    name: z.string(),
    kind: z.enum(['rule', 'static']),
    rule: storedRule.nullable().meta({ description: 'null: a static list; its members are put in by hand' }),
    version: z.number().int(),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Segment' });
export type Segment = z.infer<typeof segment>;

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
