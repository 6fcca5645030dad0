// Content → one message per contact. Preview, test and send all come through here, so all three show the same.
// Compiled once per run; `render` is the hot path of the lanes: 100,000 simple messages per second on one core of 2026.
import type { CampaignKind } from '../../contract/campaigns.ts';
import { factsOf } from '../../contract/channel-facts.ts';
import type { Channel } from '../../contract/connections.ts';
import type { FieldProblem } from '../../contract/errors.ts';
import {
  type Button,
  type Content,
  isBlank,
  type RenderedAttachment,
  type RenderedMessage,
  templateOn,
} from '../../contract/message.ts';
import type { TemplateComponent } from '../../contract/whatsapp-templates.ts';
import { bodyOn } from './channel-body.ts';
import { filesOn } from './channel-files.ts';
import type { TemplateContact } from './contact.ts';
import { compileField, type Field } from './field.ts';
import { type Fit, firstThatFits, fits, wholeAndShown } from './fit.ts';
import { resolveInserted } from './inserted.ts';
import { asOneMessage } from './liquid.ts';
import { parseMarks } from './marks.ts';
import { isLinkUrl } from './marks-scan.ts';
import { messageFiles } from './pictures.ts';
import { type ShopEvent, shopScope } from './shop-scope.ts';
import { cleanText, contentFault, emptyMessage } from './telegram-body.ts';
import { approvedParts } from './whatsapp/approved.ts';
import { freeParts, freeProblems, textNeeded } from './whatsapp/free.ts';
import { checkedShort, oneLine, plainValue } from './whatsapp/short-text.ts';

/** What a message knows besides the person; `place.ts` reads it from the database. */
export interface Place {
  workspace: { name: string | null };
  connection: { name: string | null; username: string | null; channel?: Channel };
  /** The files of the content, in its order; an address with variables as it is written. */
  attachments: RenderedAttachment[];
  /** Pictures may lie on this machine: the platform is the sandbox. */
  allowLoopback?: boolean;
  /** The approved template that the content names; null: the number has none of that name and language. */
  template?: { components: TemplateComponent[]; cannotSend: string | null } | null;
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
  /**
   * `event`: what the message is about, as SQL's event_content answers; null of a broadcast. Throws AppError CONTENT_TOO_LONG or
   * TEMPLATE_INVALID (with the field's pointer) where this person's message cannot be. `dropped`: why it goes without the
   * pictures that the platform fetches, in words.
   */
  render(contact: TemplateContact, event?: ShopEvent | null, dropped?: string): RenderedMessage;
}

/**
 * Parses the content once for many contacts. Throws AppError TEMPLATE_INVALID with every wrong field. That a message is
 * empty or too long only shows when it is rendered, so drafts can be compiled: see `sendableMessage` for launching. `kind`: of
 * the campaign, whose messages may read the event of their kind only; null: not known, all events.
 */
export function compileMessage(
  content: Content,
  channel: Channel,
  place: Place = nowhere,
  kind: CampaignKind | null = null,
): CompiledMessage {
  const problems: FieldProblem[] = [];
  const field = (source: string, pointer: string) => compileField(source, pointer, problems, kind);
  const chosen = templateOn(channel, content);
  const textsToo = isOfEvent(kind) && content.text.trim() !== '';
  const parts = chosen
    ? approvedParts(chosen, place.template?.components ?? null, place.attachments, field, problems, textsToo)
    : writtenParts(content, channel, place, field, problems);
  const isShown = parts.takesFile || !textsToo;
  const files = messageFiles(isShown ? content.media : [], isShown ? place.attachments : [], field, {
    allowLoopback: place.allowLoopback ?? false,
  });
  if (problems.length > 0) throw contentFault(problems);
  const fields = [...parts.fields, ...files.fields];
  const around = { workspace: place.workspace, connection: place.connection };
  const personal = fields.some((field) => field.personal);
  const readsShop = fields.some((field) => field.readsShop);
  const isFetched = content.media.some((item) => 'url' in item);
  const ofBroadcast = fits(readsShop, files.fields.length > 0);
  const ofEvent = fits(readsShop, isFetched);
  const renderFor = (
    contact: TemplateContact,
    event: ShopEvent | null | undefined,
    { lines, dropped }: Fit,
  ): RenderedMessage => {
    const shop = event ? shopScope(event, chosen ? '; ' : '\n', lines) : null;
    const scope = { contact, ...around, ...shop };
    const { shown, hasFile } = files.render(scope, dropped, event != null);
    const { buttons, ...body } = parts.render(scope, hasFile);
    return {
      ...body,
      image: pictureOf(shown.attachments),
      ...shown,
      // it is the text's, and no part of this template
      ...(!isShown && { media: [] }),
      buttons,
    };
  };
  let same: RenderedMessage | null = null;
  return {
    attributes: attributesIn(fields.flatMap((field) => field.values)),
    personal,
    render(contact, event, dropped) {
      if (personal || dropped !== undefined)
        return firstThatFits(event ? ofEvent : ofBroadcast, (fit) =>
          asOneMessage(() => renderFor(contact, event, dropped === undefined ? fit : { ...fit, dropped })),
        );
      same ??= asOneMessage(() => renderFor(contact, null, wholeAndShown));
      return same;
    },
  };
}

/** Whoever is meant by an automation may be met on any channel. */
export const isOfEvent = (kind: CampaignKind | null) =>
  kind !== null && kind !== 'broadcast' && kind !== 'bulk_message';

interface Parts {
  fields: Field[];
  takesFile: boolean;
  /** `hasFile`: this person's message has one. */
  render(
    scope: object,
    hasFile: boolean,
  ): Omit<RenderedMessage, 'image' | 'attachments' | 'media' | 'left_out'>;
}

/** Text, files and buttons as they were typed. */
function writtenParts(
  content: Content,
  channel: Channel,
  place: Place,
  field: (source: string, pointer: string) => Field,
  problems: FieldProblem[],
): Parts {
  const text = field(content.text, '/content/text');
  const buttons = content.buttons.map((button, i) => ({
    text: field(button.text, `/content/buttons/${i}/text`),
    url: field(button.url, `/content/buttons/${i}/url`),
  }));
  const free = factsOf(channel).hasOwnParts ? freeParts(content, field) : null;
  if (free) problems.push(...freeProblems(content));
  problems.push(...filesOn[channel](place.attachments, content.buttons.length));
  return {
    takesFile: true,
    fields: [text, ...buttons.flatMap((button) => [button.text, button.url]), ...(free?.fields ?? [])],
    render(scope, hasFile) {
      const tree = parseMarks(cleanText(text.render(scope)));
      const body = bodyOn[channel](tree, hasFile, free?.bound(hasFile));
      if (free?.needsText && body.length === 0) throw textNeeded();
      const whatsapp = free?.render(scope);
      return {
        ...body,
        buttons: buttons.flatMap((button) => renderButton(button, scope, channel) ?? []),
        ...(whatsapp && { whatsapp }),
      };
    },
  };
}

/** `compileMessage` for launching: also refuses what nobody could receive (no text and no file, too long for all). */
export function sendableMessage(
  content: Content,
  channel: Channel,
  place: Place = nowhere,
  kind: CampaignKind | null = null,
): CompiledMessage {
  if (isBlank(content, channel)) throw emptyMessage();
  const compiled = compileMessage(content, channel, place, kind);
  if (!compiled.personal) compiled.render({} as TemplateContact);
  return compiled;
}

/** Null: the shop gave no address for the cart or order of this person; the message goes without this button. */
function renderButton(button: { text: Field; url: Field }, scope: object, channel: Channel): Button | null {
  const url = resolveInserted(button.url.renderPlain(scope), (value, at) =>
    at === 0 ? value.trim() : encodeURIComponent(value.toWellFormed()),
  ).trim();
  if (!url && button.url.readsShop) return null;
  const text = oneLine(plainValue(button.text, scope));
  const { buttonText } = factsOf(channel);
  if (buttonText !== null && text)
    checkedShort({ field: button.text, what: 'The text of this button', limit: buttonText }, text);
  if (!text)
    throw contentFault([
      {
        pointer: button.text.pointer,
        detail: 'The text of this button is empty for this person. Add a default.',
      },
    ]);
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
