// One outbound message → one Bot API request: which method, which fields. Field names: Bot API 10.1, sendMessage and
// sendPhoto, 2026-06-11.
import { FormData } from 'undici';
import type { Button } from '../../../contract/message.ts';
import type { Outbound } from '../channel.ts';

export interface SendRequest {
  method: 'sendMessage' | 'sendPhoto';
  params: Record<string, unknown> | FormData;
}

/** Two buttons share a row only while both stay readable on a narrow phone. */
const shortButtonLength = 14;

/** `useHandle` false: the picture's source is sent again although a handle is known (Telegram forgot the handle). */
export async function sendRequest(outbound: Outbound, useHandle: boolean): Promise<SendRequest> {
  const { message, image } = outbound;
  const common = {
    chat_id: chatId(outbound.address),
    ...(message.markup === '' ? {} : { parse_mode: 'HTML' }),
    ...(outbound.silent ? { disable_notification: true } : {}),
    ...(outbound.paid ? { allow_paid_broadcast: true } : {}),
    ...(message.buttons.length > 0 ? { reply_markup: { inline_keyboard: keyboard(message.buttons) } } : {}),
  };
  if (!image) {
    const preview = outbound.linkPreview ? {} : { link_preview_options: { is_disabled: true } };
    return { method: 'sendMessage', params: { ...common, text: message.markup, ...preview } };
  }
  const params = { ...common, ...(message.markup === '' ? {} : { caption: message.markup }) };
  if (useHandle && image.handle) return { method: 'sendPhoto', params: { ...params, photo: image.handle } };
  if ('url' in image.source) return { method: 'sendPhoto', params: { ...params, photo: image.source.url } };
  return { method: 'sendPhoto', params: await upload(params, image.source) };
}

/** In multipart bodies nested objects are JSON strings (Bot API 10.1, "Making requests", 2026-06-11). */
async function upload(
  params: Record<string, unknown>,
  file: { fileName: string; mime: string; bytes: () => Promise<Buffer> },
): Promise<FormData> {
  const form = new FormData();
  for (const [name, value] of Object.entries(params))
    form.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  form.append('photo', new Blob([new Uint8Array(await file.bytes())], { type: file.mime }), file.fileName);
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
