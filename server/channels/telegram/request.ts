// One outbound message → one Bot API request, always one: which method, which fields. Field names: Bot API 10.1,
// sendMessage, sendPhoto, sendAnimation, sendVideo, sendDocument and sendMediaGroup, 2026-06-11.
import { FormData } from 'undici';
import type { Button } from '../../../contract/message.ts';
import type { Outbound, OutboundMedia } from '../channel.ts';

export interface SendRequest {
  method: 'sendMessage' | 'sendPhoto' | 'sendAnimation' | 'sendVideo' | 'sendDocument' | 'sendMediaGroup';
  params: Record<string, unknown> | FormData;
}

type FileSource = Extract<OutboundMedia['source'], { fileName: string }>;

/** Method and field of a file that goes alone, and what an album calls it. An album takes no animations (sendMediaGroup). */
const waysOf = {
  image: { method: 'sendPhoto', field: 'photo' },
  animation: { method: 'sendAnimation', field: 'animation' },
  video: { method: 'sendVideo', field: 'video' },
  document: { method: 'sendDocument', field: 'document' },
} as const;

/** Two buttons share a row only while both stay readable on a narrow phone. */
const shortButtonLength = 14;

/** `useHandle` false: each file's source is sent again although a handle is known (Telegram forgot the handle). */
export async function sendRequest(outbound: Outbound, useHandle: boolean): Promise<SendRequest> {
  const { message, media } = outbound;
  const common = {
    chat_id: chatId(outbound.address),
    ...(outbound.silent ? { disable_notification: true } : {}),
    ...(outbound.paid ? { allow_paid_broadcast: true } : {}),
    // what is quoted may have been deleted meanwhile: then the answer stands alone
    ...(outbound.inReplyTo
      ? { reply_parameters: { message_id: Number(outbound.inReplyTo), allow_sending_without_reply: true } }
      : {}),
  };
  const marked = message.markup === '' ? {} : { parse_mode: 'HTML' };
  if (media.length > 1) return album(common, outbound, useHandle);
  const buttons =
    message.buttons.length > 0 ? { reply_markup: { inline_keyboard: keyboard(message.buttons) } } : {};
  const [file] = media;
  if (!file) {
    const preview = outbound.linkPreview ? {} : { link_preview_options: { is_disabled: true } };
    return {
      method: 'sendMessage',
      params: { ...common, ...marked, ...buttons, text: message.markup, ...preview },
    };
  }
  const { method, field } = waysOf[file.kind];
  const caption = message.markup === '' ? {} : { caption: message.markup };
  const params = { ...common, ...marked, ...buttons, ...caption, ...shapeOf(file) };
  const known = knownFile(file, useHandle);
  if (known) return { method, params: { ...params, [field]: known } };
  return { method, params: await upload(params, [[field, file.source as FileSource]]) };
}

/** Two to ten files in one call; the text stands under the first. The method takes no buttons. */
async function album(common: object, outbound: Outbound, useHandle: boolean): Promise<SendRequest> {
  const files: [string, FileSource][] = [];
  const media = outbound.media.map((file, index) => {
    const known = knownFile(file, useHandle);
    if (!known) files.push([`file${index}`, file.source as FileSource]);
    const { markup } = outbound.message;
    return {
      type: waysOf[file.kind].field,
      media: known ?? `attach://file${index}`,
      ...(index === 0 && markup !== '' ? { caption: markup, parse_mode: 'HTML' } : {}),
      ...shapeOf(file),
    };
  });
  const params = { ...common, media };
  return { method: 'sendMediaGroup', params: files.length > 0 ? await upload(params, files) : params };
}

/** What Telegram can take without an upload: its own handle, else an address it fetches itself. */
function knownFile(file: OutboundMedia, useHandle: boolean): string | null {
  if (useHandle && file.handle) return file.handle;
  return 'url' in file.source ? file.source.url : null;
}

function shapeOf({ kind, shape }: OutboundMedia): object {
  if (kind !== 'video' || !shape) return {};
  return {
    ...(shape.width && shape.height ? { width: shape.width, height: shape.height } : {}),
    ...(shape.durationSeconds ? { duration: Math.round(shape.durationSeconds) } : {}),
    supports_streaming: true,
  };
}

/** In multipart bodies nested objects are JSON strings (Bot API 10.1, "Making requests", 2026-06-11). */
async function upload(params: Record<string, unknown>, files: [string, FileSource][]): Promise<FormData> {
  const form = new FormData();
  for (const [name, value] of Object.entries(params))
    form.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  for (const [name, file] of files)
    form.append(name, new Blob([new Uint8Array(await file.bytes())], { type: file.mime }), file.fileName);
  return form;
}

/** Numbers where the platform writes numbers; "@name" stays as it is. */
function chatId(address: string): number | string {
  const number = Number(address);
  return Number.isSafeInteger(number) ? number : address;
}

export function keyboard(buttons: Button[]): { text: string; url: string }[][] {
  const rows: { text: string; url: string }[][] = [];
  for (const { text, url } of buttons) {
    const last = rows.at(-1);
    const isShort = text.length <= shortButtonLength;
    if (isShort && last?.length === 1 && last[0]!.text.length <= shortButtonLength) last.push({ text, url });
    else rows.push([{ text, url }]);
  }
  return rows;
}
