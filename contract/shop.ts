// What a shop tells about its customers: events, orders, carts. Written by programs, read by rules and by people.
import { z } from 'zod';
import { wireId } from './ids.ts';
import { innerWords, movedTo } from './issues.ts';
import { humanText, pageQuery, timestamp } from './lists.ts';
import { money } from './money.ts';

/** How much one event may carry. */
export const eventLimits = {
  properties: 50,
  depth: 3,
  bytes: 8192,
  keyLength: 100,
  textLength: 2000,
} as const;

/** With an offset, or in UTC; answers are in UTC. */
const instant = z.iso.datetime({ offset: true, error: 'Write a time like 2026-12-01T09:00:00Z.' });

export const contactRef = z
  .strictObject({ external_id: humanText(200, 1).optional(), id: wireId('cnt').optional() })
  .refine(({ external_id, id }) => (external_id === undefined) !== (id === undefined), {
    error: 'Say who it is by one of the two: { "external_id": "…" } or { "id": "cnt_…" }.',
  })
  .meta({ description: 'A contact that is here already: by the shop’s own id of it, or by ours' });
export type ContactRef = z.infer<typeof contactRef>;

/** The first thing wrong with an event's properties, with the path to it; null: nothing. */
function wrongProperty(
  given: unknown,
  path: string[],
  depth: number,
): { path: string[]; words: string } | null {
  const wrong = (words: string) => ({ path, words });
  switch (typeof given) {
    case 'string':
      if (given.length > eventLimits.textLength)
        return wrong(`At most ${eventLimits.textLength} characters.`);
      return isStorable(given) ? null : wrong(notStorable);
    case 'number':
      return Number.isFinite(given) ? null : wrong('This number is too large.');
    case 'boolean':
      return null;
    case 'object': {
      if (given === null) return null;
      if (depth > eventLimits.depth)
        return wrong(`Values stand at most ${eventLimits.depth} deep in each other.`);
      for (const [key, value] of Object.entries(given)) {
        if (key === '' || key.length > eventLimits.keyLength || !isStorable(key))
          return wrong(`Names of properties have 1 to ${eventLimits.keyLength} characters.`);
        const found = wrongProperty(value, [...path, key], depth + 1);
        if (found) return found;
      }
      return null;
    }
    default:
      return wrong('This value cannot be stored.');
  }
}

const isStorable = (text: string) => !text.includes('\u0000') && text.isWellFormed();
const notStorable = 'The text holds characters that cannot be stored: NUL or broken emoji.';

const properties = z.record(z.string(), z.unknown()).superRefine((given, ctx) => {
  const names = Object.keys(given).length;
  if (names > eventLimits.properties)
    ctx.addIssue(`An event has at most ${eventLimits.properties} properties; these are ${names}.`);
  const wrong = wrongProperty(given, [], 1);
  if (wrong) ctx.addIssue({ code: 'custom', path: wrong.path, message: wrong.words, input: given });
  else if (new TextEncoder().encode(JSON.stringify(given)).length > eventLimits.bytes)
    ctx.addIssue(
      `The properties of an event have at most ${eventLimits.bytes} bytes as JSON. Leave something out.`,
    );
});

export const eventCreate = z.strictObject({
  contact: contactRef,
  name: humanText(100, 1).meta({
    description:
      'What they did, as rules ask for it. `product_viewed` with `product_id` in its properties, while that product is sold out: is told when it is back',
    example: 'page_viewed',
  }),
  at: instant.optional().meta({ description: 'When; absent: now' }),
  properties: properties.default({}).meta({ example: { url: 'https://shop.example/mugs', title: 'Mugs' } }),
  event_id: humanText(200, 1)
    .optional()
    .meta({ description: 'Your own id of it: sent again, it is recorded once' }),
});
export type EventCreate = z.infer<typeof eventCreate>;

const manyEvents = z.array(eventCreate).min(1, 'Send at least one event.').max(1000);
const one = z.toJSONSchema(eventCreate, {
  io: 'input',
  override: ({ jsonSchema }) => delete jsonSchema.$schema,
});
/** One event, or a list of them. Read apart, so that what is wrong is named at its place and not as "neither fits". */
export const eventsBody = z
  .unknown()
  .transform((given, ctx): { events: EventCreate[]; isList: boolean } => {
    const isList = Array.isArray(given);
    const read = (isList ? manyEvents : eventCreate).safeParse(given, {
      reportInput: true,
      error: innerWords,
    });
    if (read.success)
      return { isList, events: isList ? (read.data as EventCreate[]) : [read.data as EventCreate] };
    for (const issue of read.error.issues) ctx.addIssue(movedTo([], issue));
    return z.NEVER;
  })
  .meta({ anyOf: [one, { type: 'array', items: one, minItems: 1, maxItems: 1000 }] });

export const eventsResult = z
  .object({
    recorded: z.number().int(),
    known: z
      .number()
      .int()
      .meta({ description: 'Recorded before, under the same event_id: left as they are' }),
  })
  .meta({ id: 'EventsResult' });

export const eventNames = z
  .object({ data: z.array(z.object({ name: z.string(), last_at: timestamp })) })
  .meta({ id: 'EventNames' });

const productId = humanText(200, 1).meta({ description: 'The shop’s own id of the product' });
const variantId = humanText(200, 1)
  .nullish()
  .meta({ description: 'The shop’s own id of the variant, where the product has any' });
const quantity = z.int('Write a whole number.').min(1).max(1_000_000);
export const webAddress = z
  .url({ protocol: /^https?$/, error: 'Write a full address that begins with https:// or http://.' })
  .max(2000)
  .refine(isStorable, { error: notStorable });
export const orderStatus = z.enum(['placed', 'paid', 'delivered', 'cancelled', 'returned']);
export const cartStatus = z.enum(['open', 'ordered', 'dropped']);
export const updatedAt = instant.optional().meta({
  description:
    'When it changed in the shop; absent: now. What is stored is kept where it changed later than this',
});

const orderItem = z.strictObject({
  product_id: productId,
  variant_id: variantId,
  name: humanText(300, 1).nullish(),
  quantity,
  price: money.meta({ description: 'Of one piece' }),
});
const orderFields = {
  contact: contactRef,
  status: orderStatus,
  total: money,
  items: z.array(orderItem).max(500).default([]),
  placed_at: instant,
  delivered_at: instant.nullish().meta({
    description:
      'When it was delivered; absent: when it changed to that. An order that is new here and delivered already, without updated_at: when it was placed',
  }),
  updated_at: updatedAt,
};
type InOneCurrency = {
  total?: { currency: string } | null;
  items: { price?: { currency: string } | null }[];
};
/** A sum over two currencies is none. */
function oneCurrency(given: InOneCurrency, ctx: z.RefinementCtx): void {
  const first = given.total?.currency ?? given.items.find((item) => item.price)?.price?.currency;
  for (const [index, { price }] of given.items.entries())
    if (price && price.currency !== first)
      ctx.addIssue({
        code: 'custom',
        path: ['items', index, 'price', 'currency'],
        message: `One currency for all of it: the others are in ${first}.`,
        input: price.currency,
      });
}
export const orderPut = z.strictObject(orderFields).superRefine(oneCurrency);
export type OrderPut = z.infer<typeof orderPut>;
export const externalId = humanText(200, 1).meta({ description: 'The shop’s own id of it' });
export const orderBatch = z.strictObject({
  orders: z
    .array(z.strictObject({ external_id: externalId, ...orderFields }).superRefine(oneCurrency))
    .min(1)
    .max(1000),
});

export const order = z
  .object({
    id: wireId('ord'),
    external_id: z.string().nullable(),
    contact_id: wireId('cnt'),
    status: orderStatus,
    total: money,
    items: z.array(
      z.object({
        product_id: z.string(),
        variant_id: z.string().nullable(),
        name: z.string().nullable(),
        quantity: z.number().int(),
        price: money,
      }),
    ),
    placed_at: timestamp,
    delivered_at: timestamp.nullable(),
    updated_at: timestamp,
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof order>;
export const orderQuery = pageQuery.extend({
  contact_id: wireId('cnt').optional(),
  status: orderStatus.optional(),
});

const cartItem = z.strictObject({
  product_id: productId,
  variant_id: variantId,
  name: humanText(300, 1).nullish(),
  quantity,
  price: money.nullish(),
  url: webAddress.nullish().meta({ description: 'The product in the shop' }),
  image_url: webAddress.nullish(),
});
const cartFields = {
  contact: contactRef,
  status: cartStatus.default('open'),
  items: z.array(cartItem).max(200),
  total: money.nullish(),
  url: webAddress.nullish().meta({ description: 'Where this cart is bought' }),
  updated_at: updatedAt,
};
export const cartPut = z.strictObject(cartFields).superRefine(oneCurrency);
export type CartPut = z.infer<typeof cartPut>;
export const cartBatch = z.strictObject({
  carts: z
    .array(z.strictObject({ external_id: externalId, ...cartFields }).superRefine(oneCurrency))
    .min(1)
    .max(1000),
});
export const cart = z
  .object({
    id: wireId('crt'),
    external_id: z.string().nullable(),
    contact_id: wireId('cnt'),
    status: cartStatus,
    items: z.array(
      z.object({
        product_id: z.string(),
        variant_id: z.string().nullable(),
        name: z.string().nullable(),
        quantity: z.number().int(),
        price: money.nullable(),
        url: z.string().nullable(),
        image_url: z.string().nullable(),
      }),
    ),
    total: money.nullable(),
    url: z.string().nullable(),
    updated_at: timestamp,
  })
  .meta({ id: 'Cart' });
export type Cart = z.infer<typeof cart>;
export const cartQuery = pageQuery.extend({
  contact_id: wireId('cnt').optional(),
  status: cartStatus.optional(),
});

/** What became of a write: `stale`: what is stored changed later, and stays; `unchanged`: it says the same. */
export const writeResult = z.enum(['created', 'updated', 'unchanged', 'stale']);
export type WriteResult = z.infer<typeof writeResult>;
export const orderWritten = order.extend({ result: writeResult }).meta({ id: 'OrderWritten' });
export const cartWritten = cart.extend({ result: writeResult }).meta({ id: 'CartWritten' });
export const writtenCounts = {
  created: z.number().int(),
  updated: z.number().int(),
  unchanged: z.number().int(),
  stale: z.number().int(),
};
export const orderBatchResult = z
  .object({
    ...writtenCounts,
    data: z.array(z.object({ external_id: z.string(), id: wireId('ord'), result: writeResult })),
  })
  .meta({ id: 'OrderBatchResult' });
export const cartBatchResult = z
  .object({
    ...writtenCounts,
    data: z.array(z.object({ external_id: z.string(), id: wireId('crt'), result: writeResult })),
  })
  .meta({ id: 'CartBatchResult' });
