// Contacts: people we may message, their identities per connection, consent.
import { z } from 'zod';
import { attributeName } from './attributes.ts';
import { channel } from './connections.ts';
import { wireId } from './ids.ts';
import { humanText, readVersion, timestamp, timeZone } from './lists.ts';

export const identity = z.object({
  id: wireId('idn'),
  connection_id: wireId('con'),
  channel,
  address: z.string(),
  username: z.string().nullable(),
  reachable: z.boolean(),
  unreachable_reason: z.string().nullable(),
});
export const consent = z.object({
  channel,
  purpose: z.enum(['marketing']),
  state: z.enum(['opted_in', 'opted_out']),
  source: z.string(),
  wording: z.string().nullable(),
  at: timestamp,
});

const attributeValue = z.union([
  z.string().max(2000),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(humanText(500)).max(100),
]);
export const attributes = z
  .record(attributeName, attributeValue)
  .refine((all) => Object.keys(all).length <= 200, { error: 'At most 200 attributes per contact.' });

export const contact = z
  .object({
    id: wireId('cnt'),
    external_id: z.string().nullable(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    language: z.string().nullable(),
    time_zone: z
      .string()
      .nullable()
      .meta({ description: 'Given, or else a guess: `time_zone_source` says which. Quiet hours go by it' }),
    time_zone_source: z.enum(['given', 'phone', 'browser']).nullable().meta({
      description:
        '"phone": guessed from the country or area code of the phone number; "browser": what their browser said; null: no zone is known',
    }),
    browser_time_zone: z.string().nullable(),
    attributes: z.record(z.string(), z.unknown()),
    tags: z.array(z.string()),
    identities: z.array(identity),
    consent: z.array(consent),
    last_seen_at: timestamp
      .nullable()
      .meta({ description: 'Their last message or event, to the minute; null: none yet' }),
    orders_count: z.number().int().meta({ description: 'Orders that were not cancelled' }),
    orders_value: z.number().meta({ description: 'Sum of these, in the workspace’s currency' }),
    last_order_at: timestamp.nullable(),
    version: z.number().int(),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Contact' });
export type Contact = z.infer<typeof contact>;

const identityInput = z.strictObject({
  connection_id: wireId('con'),
  address: humanText(140, 1).meta({
    description:
      'As the channel writes it: on Telegram the chat id, on WhatsApp the phone number with country code or a business-scoped id',
  }),
  channel: channel
    .optional()
    .meta({ description: 'As the resource shows it; it follows from the connection' }),
});
const contactFields = {
  external_id: humanText(200, 1).nullish(),
  first_name: humanText(120).nullish(),
  last_name: humanText(120).nullish(),
  email: z
    .string()
    .trim()
    .toLowerCase()
    .max(254)
    .pipe(z.email('Write an email address like ann@example.com.'))
    .nullish(),
  phone: z
    .string()
    .trim()
    .regex(/^\+?[0-9 ()-]{5,25}$/, 'Write the number with country code, like +44 20 7946 0018.')
    .nullish(),
  language: z
    .string()
    .trim()
    .max(35)
    .regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/, 'Write a language code like "en" or "pt-BR".')
    .nullish(),
  time_zone: timeZone.nullish().meta({ description: 'Given: it wins over every guess; null: guess again' }),
  browser_time_zone: timeZone
    .nullish()
    .meta({ description: 'What a browser of theirs says (Intl): a guess, better than the phone’s' }),
  attributes: attributes.optional(),
  tags: z.array(humanText(60, 1)).max(100).optional(),
};
export const contactCreate = z
  .strictObject({ ...contactFields, identities: z.array(identityInput).max(20).optional() })
  .refine(
    ({ first_name, last_name, external_id, email, phone, identities }) =>
      first_name || last_name || external_id || email || phone || identities?.length,
    {
      error:
        'Nobody could tell who this is: send at least one of first_name, last_name, external_id, email, phone or identities.',
    },
  );
export type ContactCreate = z.infer<typeof contactCreate>;
export const contactPatch = z.strictObject({ ...contactFields, version: readVersion.optional() });
export type ContactPatch = z.infer<typeof contactPatch>;
/** Upsert by `external_id`, else by an identity; a row that matches neither is created. */
export const contactBatch = z.strictObject({ contacts: z.array(contactCreate).min(1).max(1000) });
export const contactBatchResult = z
  .object({
    created: z.number().int(),
    updated: z.number().int(),
    data: z.array(z.object({ id: wireId('cnt'), created: z.boolean() })),
  })
  .meta({ id: 'ContactBatchResult' });

/** Of GET /contacts/tags. */
export const tagQuery = z.object({
  search: z.string().trim().max(60).optional().meta({ description: 'Part of the tag, in any case' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type TagQuery = z.output<typeof tagQuery>;
export const knownTagList = z
  .object({ data: z.array(z.object({ name: z.string() })) })
  .meta({ id: 'KnownTags' });
export type KnownTags = z.infer<typeof knownTagList>;
