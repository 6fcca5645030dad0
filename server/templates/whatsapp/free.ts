// What a message of WhatsApp that is no approved template may be beside its text: reply buttons, or a list, or one button with an
// address, each with a footer. One row is always one call, so what does not go in one call is refused while it is composed.
import { factsOf, inMegabytes } from '../../../contract/channel-facts.ts';
import type { FieldProblem } from '../../../contract/errors.ts';
import type { MediaKind } from '../../../contract/media.ts';
import {
  type Content,
  type RenderedAttachment,
  type RenderedWhatsApp,
  textLimits,
  type WhatsAppContent,
  whatsappLimits,
} from '../../../contract/message.ts';
import type { Bound } from '../channel-body.ts';
import type { Field } from '../field.ts';
import { contentFault } from '../telegram-body.ts';
import { renderShort, type Short } from './short-text.ts';

const nothing: WhatsAppContent = { template: null, footer: null, reply_buttons: [], list: null };

export interface FreeParts {
  fields: Field[];
  /** Of the text: what stands around it decides. */
  bound(hasFile: boolean): Bound;
  needsText: boolean;
  render(scope: object): RenderedWhatsApp | null;
}

/** `field` compiles one and notes what is wrong with it. */
export function freeParts(content: Content, field: (source: string, pointer: string) => Field): FreeParts {
  const { footer, reply_buttons, list } = content.whatsapp ?? nothing;
  const at = (path: string) => `/content/whatsapp/${path}`;
  const short = (source: string, pointer: string, what: string, limit: number): Short => ({
    field: field(source, at(pointer)),
    what,
    limit,
  });
  const foot = footer?.trim() ? short(footer, 'footer', 'The footer', whatsappLimits.footer) : null;
  const replies = reply_buttons.map(({ id, title }, index) => ({
    id: id ?? `reply_${index + 1}`,
    title: short(title, `reply_buttons/${index}/title`, 'The text of this button', whatsappLimits.replyTitle),
  }));
  let row = 0;
  const menu = list && {
    button: short(list.button, 'list/button', 'The text that opens the list', whatsappLimits.listButton),
    sections: list.sections.map(({ title, rows }, s) => ({
      title: {
        ...short(title, `list/sections/${s}/title`, 'The title of this section', whatsappLimits.sectionTitle),
        optional: list.sections.length === 1,
      },
      rows: rows.map(({ id, title, description }, r) => ({
        id: id ?? `row_${++row}`,
        title: short(
          title,
          `list/sections/${s}/rows/${r}/title`,
          'The text of this row',
          whatsappLimits.rowTitle,
        ),
        description: {
          ...short(
            description,
            `list/sections/${s}/rows/${r}/description`,
            'The description of this row',
            whatsappLimits.rowDescription,
          ),
          optional: true,
        },
      })),
    })),
  };
  const shorts = [
    ...(foot ? [foot] : []),
    ...replies.map(({ title }) => title),
    ...(menu
      ? [
          menu.button,
          ...menu.sections.flatMap((one) => [
            one.title,
            ...one.rows.flatMap((each) => [each.title, each.description]),
          ]),
        ]
      : []),
  ];
  const hasButtons = replies.length > 0 || content.buttons.length > 0;
  return {
    fields: shorts.map((one) => one.field),
    needsText: hasButtons || menu !== null,
    bound: (hasFile) => boundOf(menu !== null, hasButtons, hasFile),
    render(scope) {
      const text = (one: Short) => renderShort(one, scope);
      if (shorts.length === 0) return null;
      return {
        template: null,
        header: null,
        footer: foot && text(foot),
        replies: distinct(
          replies.map(({ id, title }) => ({ id, title: text(title) })),
          (index) => at(`reply_buttons/${index}/title`),
        ),
        list: menu && {
          button: text(menu.button),
          sections: menu.sections.map((section) => ({
            title: text(section.title),
            rows: section.rows.map(({ id, title, description }) => ({
              id,
              title: text(title),
              description: text(description),
            })),
          })),
        },
      };
    },
  };
}

function boundOf(hasList: boolean, hasButtons: boolean, hasFile: boolean): Bound {
  if (hasList) return { limit: whatsappLimits.listBody, what: 'text above the list' };
  if (hasButtons) return { limit: whatsappLimits.interactiveBody, what: 'text above buttons' };
  return hasFile
    ? { limit: textLimits.whatsapp.caption, what: 'text with a file' }
    : { limit: textLimits.whatsapp.text, what: 'message' };
}

/** Two buttons that read alike cannot be told apart; WhatsApp refuses them. */
function distinct<T extends { title: string }>(replies: T[], pointer: (index: number) => string): T[] {
  const again = replies.findIndex(
    ({ title }, index) => replies.findIndex((one) => one.title === title) < index,
  );
  if (again < 0) return replies;
  throw contentFault([
    { pointer: pointer(again), detail: 'Another button says the same. Give each one a text of its own.' },
  ]);
}

/** What cannot go in one message, whoever gets it (Cloud API, interactive messages and media, 2026-11-20). */
export function freeProblems(content: Content): FieldProblem[] {
  const { footer, reply_buttons: replies, list } = content.whatsapp ?? nothing;
  const problems: FieldProblem[] = [];
  const refuse = (pointer: string, detail: string) => problems.push({ pointer, detail });
  const links = content.buttons.length;
  if (list && replies.length > 0)
    refuse('/content/whatsapp/list', 'WhatsApp shows reply buttons or a list, not both. Remove one of them.');
  if (links > 0 && (replies.length > 0 || list))
    refuse(
      '/content/buttons',
      `WhatsApp shows no button with an address beside ${list ? 'a list' : 'reply buttons'}. Put the address into the text.`,
    );
  else if (links > 1)
    refuse(
      '/content/buttons/1/text',
      'WhatsApp shows one button with an address. Put the other addresses into the text, or use an approved template.',
    );
  if (footer?.trim() && links + replies.length === 0 && !list)
    refuse(
      '/content/whatsapp/footer',
      'WhatsApp shows a footer only under buttons or a list. Add one, or put the line into the text.',
    );
  if (list && content.media.length > 0)
    refuse('/content/media/0', 'WhatsApp shows no file above a list. Remove the file, or the list.');
  problems.push(...idProblems(content.whatsapp ?? nothing));
  return problems;
}

/** What is pressed comes back by its id: two of one name could not be told apart. */
function idProblems({ reply_buttons, list }: WhatsAppContent): FieldProblem[] {
  const given = [
    ...reply_buttons.map(({ id }, index) => ({ id, pointer: `/content/whatsapp/reply_buttons/${index}/id` })),
    ...(list?.sections ?? []).flatMap(({ rows }, s) =>
      rows.map(({ id }, r) => ({ id, pointer: `/content/whatsapp/list/sections/${s}/rows/${r}/id` })),
    ),
  ];
  const seen = new Set<string>();
  return given.flatMap(({ id, pointer }) => {
    if (id === undefined || !seen.has(id)) {
      if (id !== undefined) seen.add(id);
      return [];
    }
    return [{ pointer, detail: `The id “${id}” is taken by another one. Give each its own.` }];
  });
}

const kindWords: Record<MediaKind, string> = {
  image: 'pictures',
  animation: 'GIFs',
  video: 'videos',
  document: 'documents',
};

/** Files that WhatsApp does not take, or not together. */
export function fileProblems(attachments: RenderedAttachment[]): FieldProblem[] {
  const [first] = attachments;
  const pointer = '/content/media/0';
  if (!first) return [];
  const { files, filesPerMessage } = factsOf('whatsapp');
  if (attachments.length > filesPerMessage)
    return [
      {
        pointer: '/content/media/1',
        detail:
          'WhatsApp takes one file in a message. Keep one, and send the others in messages of their own.',
      },
    ];
  const rule = files[first.kind];
  if (!rule) return [{ pointer, detail: 'WhatsApp takes no GIF. Upload the animation as an MP4 video.' }];
  const kind = kindWords[first.kind];
  if (first.mime && rule.mimes && !rule.mimes.includes(first.mime))
    return [{ pointer, detail: `WhatsApp takes ${kind} as ${rule.types}. Upload this one so.` }];
  if ((first.size_bytes ?? 0) > rule.maxBytes)
    return [
      {
        pointer,
        detail: `WhatsApp takes ${kind} of up to ${inMegabytes(rule.maxBytes)}. Make this one smaller.`,
      },
    ];
  return [];
}

export const textNeeded = () =>
  contentFault([
    { pointer: '/content/text', detail: 'WhatsApp needs a text above buttons and lists. Write one.' },
  ]);
