// The timeline of a contact: everything that happened between the shop and one person, newest first.
import { z } from 'zod';
import { channel } from './connections.ts';
import { consentChanged } from './consent.ts';
import { deliveryState } from './deliveries.ts';
import { wireId } from './ids.ts';
import { pageQuery, timestamp } from './lists.ts';
import { money } from './money.ts';
import { note } from './notes.ts';
import { cartStatus, orderStatus } from './shop.ts';

export const timelineKinds = [
  'message',
  'delivery',
  'event',
  'order',
  'cart',
  'consent',
  'note',
  'merge',
  'created',
] as const;
export const timelineKind = z.enum(timelineKinds);
export type TimelineKind = z.infer<typeof timelineKind>;

export const timelineQuery = pageQuery.omit({ include: true }).extend({
  kinds: z
    .string()
    .max(200)
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(timelineKind))
    .optional()
    .meta({ description: 'Only these, divided by commas: "message,order"' }),
});
export type TimelineQuery = z.output<typeof timelineQuery>;

const campaign = z.object({ id: wireId('cmp'), name: z.string() }).nullable();
const products = z.array(
  z.object({
    product_id: z.string(),
    name: z.string().nullable(),
    quantity: z.number(),
    price: money.nullable(),
  }),
);
const head = <K extends TimelineKind>(kind: K) => ({
  kind: z.literal(kind),
  id: z
    .string()
    .meta({ description: 'Of the message, delivery, event, order, cart, note or contact itself' }),
  at: timestamp,
});

export const timelineEntry = z
  .discriminatedUnion('kind', [
    z.object({
      ...head('message'),
      direction: z.enum(['in', 'out']),
      text: z.string(),
      has_picture: z.boolean(),
      source: z.enum(['contact', 'campaign', 'test', 'reply']),
      author: z.string().nullable().meta({ description: 'Operator who wrote it' }),
      campaign,
      delivery_id: wireId('dlv').nullable(),
      state: deliveryState.nullable(),
      connection_id: wireId('con'),
      conversation_id: wireId('cnv').nullable(),
    }),
    z
      .object({
        ...head('delivery'),
        source: z.enum(['campaign', 'test', 'reply']),
        state: deliveryState,
        reason: z.string().nullable().meta({ description: 'In words' }),
        campaign,
        connection_id: wireId('con'),
        channel,
      })
      .meta({
        description:
          'A message that is not, or not surely, in the thread: waiting, left out, failed, unknown',
      }),
    z.object({ ...head('event'), name: z.string(), properties: z.record(z.string(), z.unknown()) }),
    z.object({
      ...head('order'),
      external_id: z.string().nullable(),
      status: orderStatus,
      total: money,
      items: products,
    }),
    z.object({
      ...head('cart'),
      status: cartStatus,
      total: money.nullable(),
      url: z.string().nullable(),
      items: products,
    }),
    z.object({ ...head('consent'), ...consentChanged.omit({ at: true }).shape }),
    z.object({ ...head('note'), ...note.omit({ id: true, created_at: true }).shape }),
    z.object({
      ...head('merge'),
      other_name: z.string().meta({ description: 'Who the other of the two was called' }),
      by: z.string(),
      undone_at: timestamp.nullable(),
    }),
    z.object(head('created')),
  ])
  .meta({ id: 'TimelineEntry' });
export type TimelineEntry = z.infer<typeof timelineEntry>;
