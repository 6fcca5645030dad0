// One outbound message → one body of POST /{phone_number_id}/messages, always one. Files are named, not carried (media.ts). Fields:
// Cloud API, messages, interactive messages and template messages, read 2026-11-20; Meta's OpenAPI file v23.0.
import { whatsappLimits } from '../../../contract/message.ts';
import type { Outbound } from '../channel.ts';
import { recipientOf } from './address.ts';
import { fileObject, type NamedFile } from './named-file.ts';
import { templateBody } from './template-body.ts';

export function messageBody(outbound: Outbound, file: NamedFile | null): Record<string, unknown> {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...recipientOf(outbound.address),
    biz_opaque_callback_data: callbackData(outbound),
    ...(outbound.inReplyTo ? { context: { message_id: outbound.inReplyTo } } : {}),
    ...contentOf(outbound, file),
  };
}

/** An empty emoji takes it back (Cloud API, reaction messages, 2026-11-20). */
export function reactionBody(address: string, externalId: string, emoji: string | null): object {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...recipientOf(address),
    type: 'reaction',
    reaction: { message_id: externalId, emoji: emoji ?? '' },
  };
}

/** Comes back with every status of the message; receipts.ts reads it. */
function callbackData({ deliveryId, attempt }: Outbound): string {
  return `${deliveryId}.${attempt ?? 1}`;
}

function contentOf(outbound: Outbound, file: NamedFile | null): object {
  const { message } = outbound;
  const { whatsapp } = message;
  if (whatsapp?.template) return { type: 'template', template: templateBody(whatsapp.template, file) };
  const interactive = interactiveOf(outbound, file);
  if (interactive) return { type: 'interactive', interactive };
  const text = inWords(outbound);
  if (file) return { type: file.field, [file.field]: fileObject(file, text) };
  return { type: 'text', text: { preview_url: outbound.linkPreview, body: text } };
}

/** Reply buttons, a list, or one button with an address; null: the message needs none of these or they do not fit. */
function interactiveOf({ message }: Outbound, file: NamedFile | null): object | null {
  const { whatsapp, buttons, markup } = message;
  const parts = (body: string) => ({
    ...headerOf(whatsapp?.header ?? null, file),
    body: { text: body },
    ...(whatsapp?.footer ? { footer: { text: whatsapp.footer } } : {}),
  });
  if (whatsapp?.list) {
    const { button, sections } = whatsapp.list;
    return {
      type: 'list',
      ...parts(withAddresses(markup, buttons)),
      action: { button, sections: sections.map(section) },
    };
  }
  if (whatsapp && whatsapp.replies.length > 0)
    return {
      type: 'button',
      ...parts(withAddresses(markup, buttons)),
      action: { buttons: whatsapp.replies.map(({ id, title }) => ({ type: 'reply', reply: { id, title } })) },
    };
  const [first, ...others] = buttons;
  if (!first || first.text.length > whatsappLimits.replyTitle) return null;
  const body = withAddresses(markup, others);
  if (body === '' || body.length > whatsappLimits.interactiveBody) return null;
  return {
    type: 'cta_url',
    ...parts(body),
    action: { name: 'cta_url', parameters: { display_text: first.text, url: first.url } },
  };
}

function headerOf(words: string | null, file: NamedFile | null): object {
  if (file) return { header: { type: file.field, [file.field]: fileObject(file, '') } };
  return words ? { header: { type: 'text', text: words } } : {};
}

type List = NonNullable<NonNullable<Outbound['message']['whatsapp']>['list']>;

function section({ title, rows }: List['sections'][number]): object {
  return {
    ...(title ? { title } : {}),
    rows: rows.map(({ id, title: row, description }) => ({
      id,
      title: row,
      ...(description ? { description } : {}),
    })),
  };
}

/** Everything in one text: what has no place of its own in a plain message stands in lines of its own. */
function inWords({ message }: Outbound): string {
  const { header, footer } = message.whatsapp ?? {};
  const lines = [header ? `*${header}*` : '', withAddresses(message.markup, message.buttons), footer ?? ''];
  return lines.filter(Boolean).join('\n\n');
}

function withAddresses(text: string, buttons: { text: string; url: string }[]): string {
  return [text, ...buttons.map((button) => `${button.text}: ${button.url}`)].filter(Boolean).join('\n\n');
}
