// Content → one message per contact. Preview, test and send all come through here, so all three show the same.
// Compiled once per run; `render` is the hot path of the lanes: 100,000 simple messages per second on one core of 2026.
import type { Channel } from '../../contract/connections.ts';
import type { FieldProblem } from '../../contract/errors.ts';
import type { Button, Content, RenderedAttachment, RenderedMessage } from '../../contract/message.ts';
import { albumProblems } from './album.ts';
import { bodyOn } from './channel-body.ts';
import type { TemplateContact } from './contact.ts';
import { compileField, type Field } from './field.ts';
import { resolveInserted } from './inserted.ts';
import { parseMarks } from './marks.ts';
import { isLinkUrl } from './marks-scan.ts';
import { cleanText, contentFault, emptyMessage } from './telegram-body.ts';

/** What a message knows besides the person; `place.ts` reads it from the database. */
export interface Place {
  workspace: { name: string | null };
  connection: { name: string | null; username: string | null; channel?: Channel };
  /** The files of the content, in its order. */
  attachments: RenderedAttachment[];
}
export const nowhere: Place = {
  workspace: { name: null },
  connection: { name: null, username: null },
  attachments: [],
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
  const problems: FieldProblem[] = [];
  const field = (source: string, pointer: string) => compileField(source, pointer, problems);
  const text = field(content.text, '/content/text');
  const buttons = content.buttons.map((button, i) => ({
    text: field(button.text, `/content/buttons/${i}/text`),
    url: field(button.url, `/content/buttons/${i}/url`),
  }));
  if (channel === 'telegram') problems.push(...albumProblems(place.attachments, content.buttons.length));
  if (problems.length > 0) throw contentFault(problems);

  const fields = [text, ...buttons.flatMap((button) => [button.text, button.url])];
  const { attachments } = place;
  const image = pictureOf(attachments);
  const around = { workspace: place.workspace, connection: place.connection };
  const personal = fields.some((field) => field.personal);
  const renderFor = (contact: TemplateContact): RenderedMessage => {
    const scope = { contact, ...around };
    const body = bodyOn[channel](parseMarks(cleanText(text.render(scope))), content.media.length > 0);
    return { ...body, image, attachments, buttons: buttons.map((button) => renderButton(button, scope)) };
  };
  let same: RenderedMessage | null = null;
  return {
    attributes: attributesIn(fields.flatMap((field) => field.values)),
    personal,
    render(contact) {
      if (personal) return renderFor(contact);
      same ??= renderFor(contact);
      return same;
    },
  };
}

/** `compileMessage` for launching: also refuses what nobody could receive (no text and no file, too long for all). */
export function sendableMessage(content: Content, channel: Channel, place: Place = nowhere): CompiledMessage {
  if (!content.text.trim() && content.media.length === 0) throw emptyMessage();
  const compiled = compileMessage(content, channel, place);
  if (!compiled.personal) compiled.render({} as TemplateContact);
  return compiled;
}

function renderButton(button: { text: Field; url: Field }, scope: object): Button {
  const text = resolveInserted(button.text.render(scope), (value) => value).trim();
  if (!text)
    throw contentFault([
      {
        pointer: button.text.pointer,
        detail: 'The text of this button is empty for this person. Add a default.',
      },
    ]);
  const url = resolveInserted(button.url.render(scope), (value, at) =>
    at === 0 ? value.trim() : encodeURIComponent(value.toWellFormed()),
  ).trim();
  if (!isLinkUrl(url))
    throw contentFault([
      {
        pointer: button.url.pointer,
        detail: wrongAddress(url, button.url.personal),
      },
    ]);
  return { text, url };
}

function attributesIn(values: string[]): string[] {
  const names = values.filter((value) => value.startsWith('attributes.'));
  return [...new Set(names)].map((name) => name.slice('attributes.'.length));
}

function wrongAddress(url: string, personal: boolean): string {
  const whose = personal ? ' for this person' : '';
  if (/[\s\p{Cc}]/u.test(url))
    return `The address of this button holds a space, a tab or a line break${whose}. ${personal ? 'Correct their value' : 'Remove it, or write %20 for a space'}.`;
  return `The address of this button is not complete${whose}. ${personal ? 'Add a default' : 'Write it in full, beginning with https:// or http://'}.`;
}

function pictureOf(attachments: RenderedAttachment[]): RenderedMessage['image'] {
  const picture = attachments.find(({ kind }) => kind === 'image' || kind === 'animation');
  return picture ? { url: picture.url, width: picture.width, height: picture.height } : null;
}
