// Which contacts are meant: by the list, its count, bulk actions and exports alike. What is given narrows; nothing given: everybody.
import { z } from 'zod';
import { channel } from './connections.ts';
import { contact } from './contacts.ts';
import { wireId } from './ids.ts';
import { humanText, pageOf, pageQuery } from './lists.ts';
import { type Rule, rule } from './rules.ts';

const tag = humanText(60, 1);
const manyTags = 'At most 20 tags can be asked for at once.';
const consentState = z
  .enum(['opted_in', 'opted_out', 'none'])
  .meta({ description: 'For marketing, on any channel; "none": they were never asked on any' });
const connectionId = wireId('con').meta({
  description: 'Has a chat with this connection; with `reachable`: one that can be written to, or not',
});
const reachable = 'true: at least one chat of theirs can be written to; false: none can';
const search = z.string().trim().max(200).meta({
  description:
    'Each word must occur in a name, email, phone number, external id, address or username; words of one or two letters at the beginning of one',
});

/** In a body, as bulk actions and exports take it. */
export const contactFilter = z.strictObject({
  search: search.optional(),
  tags: z.array(tag).max(20, manyTags).optional().meta({ description: 'Has all of them' }),
  connection_id: connectionId.optional(),
  segment_id: wireId('seg').optional(),
  reachable: z.boolean().optional().meta({ description: reachable }),
  consent: consentState.optional(),
  rule: rule.optional(),
});
export type ContactFilter = z.output<typeof contactFilter>;

/** What a segment with these people would ask; the text of a search is no condition. Null: nothing is asked. */
export function ruleOf(filter: ContactFilter): Rule | null {
  const { tags, connection_id, reachable, segment_id, consent, rule: more } = filter;
  const all: Rule[] = [];
  if (tags) all.push({ field: 'tag', op: 'all_of', values: tags });
  if (connection_id)
    all.push({ field: 'identity', connection_id, ...(reachable === undefined ? {} : { reachable }) });
  else if (reachable !== undefined) {
    const can: Rule = { field: 'identity', reachable: true };
    all.push(reachable ? can : { not: can });
  }
  if (segment_id) all.push({ field: 'segment', segment_id });
  if (consent) {
    const onEach = channel.options.map(
      (one): Rule => ({ field: 'consent', channel: one, purpose: 'marketing', state: consent }),
    );
    all.push(consent === 'none' ? { all: onEach } : { any: onEach });
  }
  if (more) all.push(more);
  return all.length > 1 ? { all } : (all[0] ?? null);
}

/** The same in an address: tags as often as needed, the rule as JSON text. */
export const contactFilterQuery = z.object({
  search: search.optional(),
  tags: z
    .union([tag.transform((one) => [one]), z.array(tag).max(20, manyTags)])
    .optional()
    .meta({ description: 'Has all of them; to name several, repeat it: tags=vip&tags=new' }),
  connection_id: connectionId.optional(),
  segment_id: wireId('seg').optional(),
  reachable: z.stringbool().optional().meta({ description: reachable }),
  consent: consentState.optional(),
  rule: z
    .string()
    .max(20_000)
    .transform((text, ctx): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        ctx.addIssue({ code: 'custom', message: 'Write the rule as JSON.', input: text });
        return z.NEVER;
      }
    })
    .pipe(rule)
    .optional()
    .meta({ type: 'string', description: 'A rule as JSON text, as POST /segments takes it' }),
});

export const contactSorts = ['created_at', 'name', 'last_seen_at', 'orders_value'] as const;
export type ContactSort = (typeof contactSorts)[number];
export const contactQuery = contactFilterQuery.extend({
  ...pageQuery.shape,
  sort: z
    .enum(contactSorts.flatMap((column) => [`-${column}`, column] as const))
    .default('-created_at')
    .meta({ description: 'Those without a value come last, newest first' }),
});
export type ContactQuery = z.output<typeof contactQuery>;

export const contactPage = pageOf(contact).extend({
  previous_cursor: z.string().nullable().meta({ description: 'The page before this one; null on the first' }),
});

export const contactCount = z.object({ count: z.number().int() }).meta({ id: 'ContactCount' });
