// What a message consists of before any platform has shaped it. The same content goes through templates/ for the
// preview, the test and the send, so that all three show the same.
import { z } from 'zod';
import { factsOf } from './channel-facts.ts';
import type { FieldProblem } from './errors.ts';
import { wireId } from './ids.ts';
import { humanText, timestamp } from './lists.ts';
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

/** Variables or tags in it: what it says is known for one person only. */
export const hasVariables = (text: string) => /\{\{|\{%/.test(text);
/** May hold variables, even from the start on ("{{ cart.photo }}"); the finished address is checked as the message is sent. */
export const pictureUrl = z.union(
  [
    httpUrl,
    z
      .string()
      .max(2048)
      .regex(/^\s*\{[{%]/)
      .refine((text) => !text.includes('\u0000') && text.isWellFormed()),
  ],
  {
    error: 'Write a full address that begins with https:// or http://, or a variable like {{ cart.photo }}.',
  },
);
export const attachment = z.union([
  z.object({ media_id: wireId('med') }),
  z.object({
    url: pictureUrl.meta({
      description: 'Of a picture; with variables in it each person gets their own, or the message without',
    }),
  }),
]);
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

/** Limits of the Cloud API: interactive messages and templates, 2026-11-20. */
export const whatsappLimits = {
  footer: 60,
  replyButtons: 3,
  replyTitle: 20,
  replyId: 256,
  linkTitle: 20,
  listButton: 20,
  listRows: 10,
  sectionTitle: 24,
  rowTitle: 24,
  rowDescription: 72,
  rowId: 200,
  interactiveBody: 1024,
  listBody: 4096,
} as const;
const chars = (most: number) => z.string().max(most, `At most ${most} characters.`);
/** What may hold variables is measured where they are filled in; written out it may be longer. */
const templated = (most: number) =>
  z.string().refine((text) => [...text].length <= (/\{\{|\{%/.test(text) ? 1024 : most), {
    error: `At most ${most} characters.`,
  });
const filled = (text: z.ZodString, words: string) => text.refine((typed) => typed.trim() !== '', words);
/** One variable of an approved template → what stands there: text with our own variables ("{{ contact.first_name | default: 'there' }}"). */
const templateVariables = z.record(z.string().max(60), chars(1024)).default({});

/** What a message is on WhatsApp beyond its text, files and buttons with addresses. */
export const whatsappContent = z.strictObject({
  template: z
    .strictObject({
      name: z.string().regex(/^[a-z0-9_]{1,512}$/, 'Take the name of an approved template.'),
      language: z
        .string()
        .regex(/^[A-Za-z]{2,3}(_[A-Za-z0-9]{2,4})?$/, 'Take a language of the template, like en_US.'),
      header: templateVariables,
      body: templateVariables,
      buttons: templateVariables.meta({
        description: 'By the button’s place, from 0: the end of its address, its payload or its code',
      }),
    })
    .nullable()
    .default(null)
    .meta({
      description:
        'An approved template instead of the text; a picture, video or document of its header is media[0]',
    }),
  footer: templated(whatsappLimits.footer).nullable().default(null),
  reply_buttons: z
    .array(
      z.strictObject({
        id: filled(
          chars(whatsappLimits.replyId),
          'An id is what your systems read: it cannot be empty.',
        ).optional(),
        title: filled(templated(whatsappLimits.replyTitle), 'A button needs a text.'),
      }),
    )
    .max(whatsappLimits.replyButtons, `At most ${whatsappLimits.replyButtons} reply buttons.`)
    .default([]),
  list: z
    .strictObject({
      button: filled(templated(whatsappLimits.listButton), 'Say what opens the list.'),
      sections: z
        .array(
          z.strictObject({
            title: templated(whatsappLimits.sectionTitle).default(''),
            rows: z
              .array(
                z.strictObject({
                  id: filled(
                    chars(whatsappLimits.rowId),
                    'An id is what your systems read: it cannot be empty.',
                  ).optional(),
                  title: filled(templated(whatsappLimits.rowTitle), 'A row needs a text.'),
                  description: templated(whatsappLimits.rowDescription).default(''),
                }),
              )
              .min(1, 'A section has at least one row.'),
          }),
        )
        .min(1, 'A list has at least one section.')
        .max(10, 'At most 10 sections.')
        .refine((all) => all.reduce((sum, { rows }) => sum + rows.length, 0) <= whatsappLimits.listRows, {
          error: `At most ${whatsappLimits.listRows} rows in all sections together.`,
        }),
    })
    .nullable()
    .default(null),
});
export type WhatsAppContent = z.infer<typeof whatsappContent>;

export const content = z.object({
  text: messageText.default(''),
  media: z.array(attachment).max(maxAttachments, tooManyAttachments).default([]),
  buttons: z.array(button).max(8, 'At most 8 buttons.').default([]),
  whatsapp: whatsappContent.optional().meta({ description: 'Read on WhatsApp only' }),
});
/** What a request may hold: the same, and nothing unknown. */
export const contentInput = content
  .extend({
    media: z
      .array(z.union([z.strictObject({ media_id: wireId('med') }), z.strictObject({ url: pictureUrl })]))
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
  /** Absent: not known, as of a file by address. */
  mime?: string;
}

/** Footer, reply buttons, list and template, where the channel knows them; else undefined. */
export function ownPartsOn(
  channel: string | null,
  { whatsapp }: Pick<Content, 'whatsapp'>,
): WhatsAppContent | undefined {
  return factsOf(channel)?.hasOwnParts ? whatsapp : undefined;
}

/** The approved template that goes out on that channel instead of the text; null: the text does. */
export function templateOn(
  channel: string | null,
  { whatsapp }: Pick<Content, 'whatsapp'>,
): WhatsAppContent['template'] {
  return (factsOf(channel)?.takesTemplates && whatsapp?.template) || null;
}

/** Whether there is nothing to send yet on that channel. */
export function isBlank(
  content: Pick<Content, 'text' | 'media' | 'whatsapp'>,
  channel: string | null,
): boolean {
  if (templateOn(channel, content)) return false;
  return content.text.trim() === '' && content.media.length === 0;
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
  /** What goes to the platform of them, where addresses were filled in or pictures left out; absent: as in the content. */
  media?: Attachment[];
  /** Pictures that this person's message goes without, each with why in words; absent: none but those whose address is empty. */
  left_out?: FieldProblem[];
  buttons: Button[];
  /** On WhatsApp, where it is more than text, file and one address. */
  whatsapp?: RenderedWhatsApp;
}

/** Everything filled in for one person. `markup`, `plain` and `spans` of the message show the body as it will read. */
export interface RenderedWhatsApp {
  template: RenderedTemplate | null;
  /** A header of words, shown above the body. */
  header: string | null;
  footer: string | null;
  /** Reply buttons, or a template's quick replies. */
  replies: { id: string; title: string }[];
  list: {
    button: string;
    sections: { title: string; rows: { id: string; title: string; description: string }[] }[];
  } | null;
  /** A template's buttons that do something on the phone itself; absent: none. */
  others?: { kind: 'phone' | 'copy_code' | 'other'; title: string; value: string | null }[];
}

/** An approved template and the values of its variables, in the order of their places. `name` null: places are numbered. */
export interface RenderedTemplate {
  name: string;
  language: string;
  header: { name: string | null; value: string }[];
  /** The header is the message's first file. */
  headerFile: boolean;
  body: { name: string | null; value: string }[];
  /** Only buttons that take a value. */
  buttons: { index: number; kind: 'url' | 'quick_reply' | 'copy_code'; value: string }[];
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

/** Somebody whom an automation's message can be looked at for. `at`: of what it is about. */
export const previewPerson = z
  .object({ contact_id: wireId('cnt'), name: z.string(), at: timestamp })
  .meta({ id: 'PreviewPerson' });
export type PreviewPerson = z.infer<typeof previewPerson>;
/** What a message of an automation is shown with: what this person has, or something invented. */
export const previewSubject = z.object({
  kind: z.enum(['cart', 'order', 'products']),
  invented: z.boolean().meta({ description: 'This person has none: an example stands in' }),
  at: timestamp.nullable().meta({ description: 'When the cart was last touched, the order placed' }),
});
export type PreviewSubject = z.infer<typeof previewSubject>;

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
