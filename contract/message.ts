// What a message consists of before any platform has shaped it. The same content goes through templates/ for the
// preview, the test and the send, so that all three show the same.
import { z } from 'zod';
import type { FieldProblem } from './errors.ts';
import { wireId } from './ids.ts';
import { humanText } from './lists.ts';
import type { MediaKind } from './media.ts';

/** Telegram counts 1–4,096 visible characters, 1,024 under a picture (Bot API 10.1, sendMessage/sendPhoto, 2026-06-11). */
export const textLimits = {
  telegram: { text: 4096, caption: 1024 },
  /** Cloud API, text and media messages, 2026-11. */
  whatsapp: { text: 4096, caption: 1024 },
  website: { text: 4096, caption: 4096 },
} as const;
/** Limit of what may be typed, marks and variables included; the visible length is checked after rendering. */
export const maxTemplateLength = 16_384;

const messageText = z
  .string()
  .max(
    maxTemplateLength,
    `A message template has at most ${maxTemplateLength.toLocaleString('en')} characters.`,
  )
  .refine((text) => !text.includes('\u0000') && text.isWellFormed(), {
    error: 'The text holds characters that cannot be sent. Remove NUL or broken emoji.',
  });

export const httpUrl = z
  .string()
  .max(2048)
  .refine((text) => text.isWellFormed() && /^https?:$/.test(URL.parse(text)?.protocol ?? ''), {
    error: 'Write a full address that begins with https:// or http://.',
  });

export const attachment = z.union([z.object({ media_id: wireId('med') }), z.object({ url: httpUrl })]);
export type Attachment = z.infer<typeof attachment>;
/** As many as one album of Telegram holds (Bot API 10.1, sendMediaGroup, 2026-06-11). */
export const maxAttachments = 10;
const tooManyAttachments = `At most ${maxAttachments} files in one message.`;

export const button = z.object({
  text: humanText(64).refine((text) => text.length > 0, { error: 'A button needs a text.' }),
  /** May hold variables, even from the start on ("{{ contact.attributes.cart_url }}"); the finished address is checked per person. */
  url: z.union(
    [
      httpUrl,
      z
        .string()
        .max(2048)
        .regex(/^\s*\{\{/),
    ],
    { error: 'Write a full address that begins with https:// or http://.' },
  ),
});
export type Button = z.infer<typeof button>;
/** As it is typed: an address that would lead nowhere is refused while it can be corrected. Stored ones stay readable. */
export const typedButton = button
  .extend({
    url: button.shape.url.refine((url) => !/[\s\p{Cc}]/u.test(withoutLiquid(url).trim()), {
      error: 'The address holds a space, a tab or a line break. Remove it, or write %20 for a space.',
    }),
  })
  .strict();
/** Between braces spaces are fine; what is not closed is told by Liquid. */
const withoutLiquid = (url: string) => url.replace(/\{\{.*?(?:\}\}|$)|\{%.*?(?:%\}|$)/gs, '');

export const content = z.object({
  text: messageText.default(''),
  media: z.array(attachment).max(maxAttachments, tooManyAttachments).default([]),
  buttons: z.array(button).max(8, 'At most 8 buttons.').default([]),
});
/** What a request may hold: the same, and nothing unknown. */
export const contentInput = content
  .extend({
    media: z
      .array(z.union([z.strictObject({ media_id: wireId('med') }), z.strictObject({ url: httpUrl })]))
      .max(maxAttachments, tooManyAttachments)
      .default([]),
    buttons: z.array(typedButton).max(8, 'At most 8 buttons.').default([]),
  })
  .strict();
export type Content = z.infer<typeof content>;
export type ContentInput = z.input<typeof content>;

/** Formatting as a tree of spans: what a preview draws and an adapter renders. Text is plain, never markup. */
export type Span =
  | { kind: 'text'; text: string }
  | { kind: 'bold' | 'italic' | 'strike' | 'mono'; children: Span[] }
  | { kind: 'link'; url: string; children: Span[] };

/** One file of a message. What is not known of a file by address is null. */
export interface RenderedAttachment {
  kind: MediaKind;
  url: string;
  file_name: string | null;
  size_bytes: number | null;
  width: number | null;
  height: number | null;
}

/** A message rendered for one contact on one channel, as preview and thread show it. */
export interface RenderedMessage {
  /** Exactly what goes into the platform's text or caption field (Telegram: HTML). */
  markup: string;
  /** The same without marks: for lists, search, notifications. */
  plain: string;
  spans: Span[];
  /** Visible length as the platform counts it, and the limit that applies. */
  length: number;
  limit: number;
  /** The first picture or moving picture, for places that show one. */
  image: { url: string; width: number | null; height: number | null } | null;
  /** Every file, in the order it is sent in. Messages stored before there were several do not have it. */
  attachments?: RenderedAttachment[];
  buttons: Button[];
}

/** How a platform shows something other than it was written; `ok` says that it does not. */
export interface PlatformNote {
  tone: 'ok' | 'warn';
  words: string;
}

/** The same content on one platform. `rendered` null: `problems` say why it cannot be sent there. */
export interface PlatformPreview {
  rendered: RenderedMessage | null;
  problems: FieldProblem[];
  notes: PlatformNote[];
}

/** Worth a look before sending, and no reason to stop. `count`: how many of what the words speak of; null: not counted. */
export interface MessageHint {
  key: string;
  pointer: string;
  words: string;
  count: number | null;
}

/** A variable of the message that some of the audience lack. `fallback`: what they read instead; null: nothing. */
export const messageGap = z
  .object({
    variable: z.string(),
    missing: z.number().int(),
    words: z.string(),
    fallback: z.string().nullable(),
  })
  .meta({ id: 'MessageGap' });
export type MessageGap = z.infer<typeof messageGap>;
