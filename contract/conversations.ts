// Conversations and the messages in them: what came in, and what went out as a delivery.
import { z } from 'zod';
import { channel } from './connections.ts';
import { deliveryState } from './deliveries.ts';
import { wireId } from './ids.ts';
import { timestamp } from './lists.ts';
import { type Attachment, type Span, whatsappContent } from './message.ts';

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
    window: z.object({ open: z.boolean(), until: timestamp.nullable() }).nullable().meta({
      description:
        'WhatsApp: whether the person can be answered freely, and until when (null: they have not written). Outside it takes an approved template. null: this channel knows no window',
    }),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Conversation' });
export type Conversation = z.infer<typeof conversation>;

const span: z.ZodType<Span> = z
  .any()
  .meta({ description: 'Formatting tree: {kind: text|bold|italic|strike|mono|link, …}' });
/** A file of a message. One that a person sent is fetched after the message is there. */
export const messageFile = z
  .object({
    kind: z.enum(['image', 'animation', 'video', 'audio', 'document', 'sticker']),
    state: z.enum(['ready', 'fetching', 'failed']),
    url: z.string().nullable().meta({ description: 'null: it is not there (yet)' }),
    mime: z.string().nullable(),
    file_name: z.string().nullable(),
    size_bytes: z.number().int().nullable(),
    width: z.number().int().nullable(),
    height: z.number().int().nullable(),
    voice: z.boolean().meta({ description: 'A voice note' }),
    problem: z.string().nullable().meta({ description: 'Why it is not there, and what to do' }),
  })
  .meta({ id: 'MessageFile' });
export type MessageFile = z.infer<typeof messageFile>;

export const message = z
  .object({
    id: wireId('msg'),
    direction: z.enum(['in', 'out']),
    source: z.enum(['contact', 'campaign', 'test', 'reply']),
    text: z.string(),
    spans: z.array(span),
    image_url: z.string().nullable(),
    attachments: z.array(messageFile),
    reply_to: z
      .object({ message_id: wireId('msg').nullable(), direction: z.enum(['in', 'out']), text: z.string() })
      .nullable()
      .meta({ description: 'The message that this one answers; message_id null: it is not in this thread' }),
    reactions: z
      .array(z.object({ by: z.enum(['contact', 'workspace']), emoji: z.string() }))
      .meta({ description: 'At most one of each side' }),
    header: z.string().nullable(),
    footer: z.string().nullable(),
    replies: z
      .array(z.string())
      .meta({ description: 'Titles of the buttons below it that lead to no address' }),
    list: z
      .object({
        button: z.string(),
        rows: z.array(z.object({ title: z.string(), description: z.string() })),
      })
      .nullable(),
    pressed: z.string().nullable().meta({
      description: 'Not typed but pressed: the id of the reply button or list row, as we called it',
    }),
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

/** One file by its id: what an operator sends was uploaded before. */
const replyMedia = z
  .array(z.strictObject({ media_id: wireId('med') }))
  .max(10, 'At most 10 files in one message.');
export const replyCreate = z
  .strictObject({
    text: z.string().trim().max(4096, 'A reply has at most 4,096 characters.').default(''),
    media: replyMedia.default([]),
    reply_to: wireId('msg')
      .nullable()
      .default(null)
      .meta({ description: 'The message of this conversation that is quoted' }),
    template: whatsappContent.shape.template.meta({
      description:
        'WhatsApp, instead of a text: an approved template, its values sent to the letter; the file of its header is media[0]',
    }),
  })
  .refine(({ text, media, template }) => template !== null || text !== '' || media.length > 0, {
    error: 'Write something to send.',
    path: ['text'],
  })
  .refine(({ text, template }) => template === null || text === '', {
    error: 'A template has its own text. Leave one of the two out.',
    path: ['text'],
  });
export type ReplyCreate = z.output<typeof replyCreate>;
export type ReplyMedia = Extract<Attachment, { media_id: string }>;

/** One emoji as a person sees it, whatever it is made of. */
export const reactionCreate = z.strictObject({
  emoji: z
    .string()
    .max(40)
    .refine((text) => /^\p{RGI_Emoji}$/v.test(text), 'React with one emoji.')
    .nullable()
    .meta({ description: 'null: take it back' }),
});
export const optOutDecision = z.strictObject({
  opt_out: z.boolean().meta({ description: 'true: opt the person out; false: it was no opt-out' }),
});
export const conversationCreate = z.strictObject({ contact_id: wireId('cnt'), connection_id: wireId('con') });
