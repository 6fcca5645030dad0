// Conversations and the messages in them: what came in, and what went out as a delivery.
import { z } from 'zod';
import { channel } from './connections.ts';
import { deliveryState } from './deliveries.ts';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';
import type { Span } from './message.ts';

export const conversation = z
  .object({
    id: wireId('cnv'),
    contact: z.object({
      id: wireId('cnt'),
      name: z.string(),
      reachable: z.boolean(),
      opted_out: z.boolean(),
    }),
    connection_id: wireId('con'),
    channel,
    status: z.enum(['open', 'resolved']),
    last_message: z.object({ text: z.string(), direction: z.enum(['in', 'out']), at: timestamp }).nullable(),
    unread: z.number().int(),
    opt_out_question: z
      .object({ wording: z.string(), at: timestamp })
      .nullable()
      .meta({ description: 'The person may want no more messages: somebody has to decide' }),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Conversation' });
export type Conversation = z.infer<typeof conversation>;

const span: z.ZodType<Span> = z
  .any()
  .meta({ description: 'Formatting tree: {kind: text|bold|italic|strike|mono|link, …}' });
export const message = z
  .object({
    id: wireId('msg'),
    direction: z.enum(['in', 'out']),
    source: z.enum(['contact', 'campaign', 'test', 'reply']),
    text: z.string(),
    spans: z.array(span),
    image_url: z.string().nullable(),
    buttons: z.array(z.object({ text: z.string(), url: z.string() })),
    author: z.string().nullable().meta({ description: 'Name of the operator who wrote it' }),
    campaign: z.object({ id: wireId('cmp'), name: z.string() }).nullable(),
    delivery_id: wireId('dlv').nullable(),
    state: deliveryState.nullable(),
    reason: z.string().nullable(),
    at: timestamp,
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof message>;

export const replyCreate = z.strictObject({
  text: z
    .string()
    .trim()
    .min(1, 'Write something to send.')
    .max(4096, 'A reply has at most 4,096 characters.'),
});
export const optOutDecision = z.strictObject({
  opt_out: z.boolean().meta({ description: 'true: opt the person out; false: it was no opt-out' }),
});
export const conversationCreate = z.strictObject({ contact_id: wireId('cnt'), connection_id: wireId('con') });
