// Content → one message per contact. Preview, test and send all come through here, so all three show the same.
// Compiled once per run; `render` is the hot path of the lanes: about 100,000 simple messages per second (compile.bench).
import type { Channel } from '../../contract/connections.ts';
import type { FieldProblem } from '../../contract/errors.ts';
import {
  type Attachment,
  type Button,
  type Content,
  type RenderedMessage,
  textLimits,
} from '../../contract/message.ts';
import { AppError } from '../platform/errors.ts';
import type { TemplateContact } from './contact.ts';
import { compileField, type Field } from './field.ts';
import { resolveInserted } from './inserted.ts';
import { parseMarks } from './marks.ts';
import { isLinkUrl } from './marks-scan.ts';
import { plainText, trimSpans } from './spans.ts';
import { renderTelegramHtml } from './telegram-html.ts';

/** What a message knows besides the person; `place.ts` reads it from the database. */
export interface Place {
  workspace: { name: string | null };
  connection: { name: string | null; username: string | null };
  /** Sides of the picture, where it is one of ours. */
  imageSize: { width: number | null; height: number | null } | null;
}
export const nowhere: Place = {
  workspace: { name: null },
  connection: { name: null, username: null },
  imageSize: null,
};

export interface CompiledMessage {
  /** Names under contact.attributes that the message reads. */
  attributes: string[];
  /** False: every contact gets the same message. */
  personal: boolean;
  /** Throws AppError CONTENT_TOO_LONG or TEMPLATE_INVALID (with the field's pointer) where this person's message cannot be. */
  render(contact: TemplateContact): RenderedMessage;
}

/**
 * Parses the content once for many contacts. Throws AppError TEMPLATE_INVALID with every wrong field. That a message is
 * empty or too long only shows when it is rendered, so drafts can be compiled: see `sendableMessage` for launching.
 */
export function compileMessage(content: Content, channel: Channel, place: Place = nowhere): CompiledMessage {
  if (channel !== 'telegram')
    throw fault([{ pointer: '/content', detail: 'Only Telegram messages can be composed at present.' }]);
  const problems: FieldProblem[] = [];
  const field = (source: string, pointer: string) => compileField(source, pointer, problems);
  const text = field(content.text, '/content/text');
  const buttons = content.buttons.map((button, i) => ({
    text: field(button.text, `/content/buttons/${i}/text`),
    url: field(button.url, `/content/buttons/${i}/url`),
  }));
  if (problems.length > 0) throw fault(problems);

  const fields = [text, ...buttons.flatMap((button) => [button.text, button.url])];
  const image = imageOf(content.media[0], place);
  const around = { workspace: place.workspace, connection: place.connection };
  const personal = fields.some((field) => field.personal);
  const renderFor = (contact: TemplateContact): RenderedMessage => {
    const scope = { contact, ...around };
    const body = renderBody(text, scope, image !== null);
    return { ...body, image, buttons: buttons.map((button) => renderButton(button, scope)) };
  };
  let same: RenderedMessage | null = null;
  return {
    attributes: [...new Set(fields.flatMap((field) => field.attributes))],
    personal,
    render(contact) {
      if (personal) return renderFor(contact);
      same ??= renderFor(contact);
      return same;
    },
  };
}

/** `compileMessage` for launching: also refuses what nobody could receive (no text and no picture, too long for all). */
export function sendableMessage(content: Content, channel: Channel, place: Place = nowhere): CompiledMessage {
  if (!content.text.trim() && content.media.length === 0) throw emptyMessage();
  const compiled = compileMessage(content, channel, place);
  if (!compiled.personal) compiled.render({} as TemplateContact);
  return compiled;
}

type Body = Omit<RenderedMessage, 'image' | 'buttons'>;

function renderBody(field: Field, scope: object, hasImage: boolean): Body {
  const spans = trimSpans(parseMarks(cleaned(field.render(scope))));
  const plain = plainText(spans);
  const length = countCodePoints(plain);
  const limit = hasImage ? textLimits.telegram.caption : textLimits.telegram.text;
  if (length === 0 && !hasImage) throw emptyMessage();
  if (length > limit) {
    const detail = `The ${hasImage ? 'text under a picture' : 'message'} has ${inFigures(length)} of ${inFigures(limit)} characters. Shorten it by ${inFigures(length - limit)}.`;
    throw new AppError('CONTENT_TOO_LONG', detail, { errors: [{ pointer: '/content/text', detail }] });
  }
  const markup = renderTelegramHtml(spans);
  if (markup.length > maxMarkupBytes / 4 && Buffer.byteLength(markup) > maxMarkupBytes) {
    const detail = 'The addresses of the links are too long together. Use shorter ones.';
    throw new AppError('CONTENT_TOO_LONG', detail, { errors: [{ pointer: '/content/text', detail }] });
  }
  return { markup, plain, spans, length, limit };
}

/** Telegram refuses longer raw text before it looks at tags (tdlib/telegram-bot-api 01a3679, 2026-05). */
const maxMarkupBytes = 32_768;

function renderButton(button: { text: Field; url: Field }, scope: object): Button {
  const text = resolveInserted(button.text.render(scope), (value) => value).trim();
  if (!text)
    throw fault([
      {
        pointer: button.text.pointer,
        detail: 'The text of this button is empty for this person. Add a default.',
      },
    ]);
  const url = resolveInserted(button.url.render(scope), (value, at) =>
    at === 0 ? value.trim() : encodeURIComponent(value.toWellFormed()),
  ).trim();
  if (!isLinkUrl(url))
    throw fault([
      {
        pointer: button.url.pointer,
        detail: 'The address of this button is not complete for this person. Add a default.',
      },
    ]);
  return { text, url };
}

/** As Telegram cleans what it is sent (td clean_input_string): what it drops must not count, nor hide in a link. */
function cleaned(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .replace(/[\u2028-\u202e]/g, '');
}

/** Telegram counts code points of the visible text (telegram-bot-api `utf8_length`, 2026-05). */
function countCodePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) count--;
  }
  return count;
}

function imageOf(attachment: Attachment | undefined, place: Place): RenderedMessage['image'] {
  if (!attachment) return null;
  const size = { width: place.imageSize?.width ?? null, height: place.imageSize?.height ?? null };
  if ('url' in attachment) return { url: attachment.url, width: null, height: null };
  return { url: `/api/v1/media/${attachment.media_id}/file`, ...size };
}

function inFigures(number: number): string {
  return number.toLocaleString('en');
}

function emptyMessage(): AppError {
  return fault([
    { pointer: '/content/text', detail: 'The message is empty. Write a text or add a picture.' },
  ]);
}

function fault(errors: FieldProblem[]): AppError {
  return new AppError('TEMPLATE_INVALID', errors[0]!.detail, { errors });
}
