// sendPhoto, sendVideo, sendDocument and sendAnimation differ in one word only.
import type { Call, Method } from '../call.ts';
import { readCaption } from '../formatted-text.ts';
import { type MediaKind, mediaFields, resolveMedia } from '../media.ts';
import type { Message } from '../message.ts';
import { openEnvelope, post } from '../outgoing.ts';

async function sendMedia(call: Call, kind: MediaKind): Promise<unknown> {
  const { state, bot, params } = call;
  const caption = readCaption(params);
  const file = await resolveMedia(
    { shelf: state.files, botId: bot.id, params, kind },
    kind,
    params.text(kind),
  );
  const content: Partial<Message> = { ...mediaFields(state.files, file, params), ...caption };
  if (params.boolean('show_caption_above_media')) content.show_caption_above_media = true;
  if (params.boolean('has_spoiler')) content.has_media_spoiler = true;
  return post(call, openEnvelope(call, `${kind}s`), content);
}

export const sendPhoto: Method = (call) => sendMedia(call, 'photo');
export const sendVideo: Method = (call) => sendMedia(call, 'video');
export const sendDocument: Method = (call) => sendMedia(call, 'document');
export const sendAnimation: Method = (call) => sendMedia(call, 'animation');
