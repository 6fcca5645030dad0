import { randomInt } from 'node:crypto';
import { badRequest } from '../api-error.ts';
import type { Call } from '../call.ts';
import { readCaption } from '../formatted-text.ts';
import { type MediaKind, mediaFields, resolveMedia } from '../media.ts';
import type { Message } from '../message.ts';
import { openEnvelope, post } from '../outgoing.ts';
import { asArray, asObject, Params } from '../params.ts';

const KINDS = new Set(['photo', 'video', 'document', 'audio', 'live_photo']);

/** Photos and videos mix; documents stand with documents only (telegram.md §2). */
export async function sendMediaGroup(call: Call): Promise<unknown> {
  const { state, bot, params } = call;
  const media = asArray(params.nested('media', 'media'), 'InputMedia').map((one) =>
    asObject(one, 'InputMedia'),
  );
  if (media.length < 2 || media.length > 10) {
    throw badRequest('wrong number of messages to send: there must be from 2 to 10 media in an album');
  }
  for (const { type } of media) {
    if (!KINDS.has(String(type))) throw badRequest(`can't use the media of the specified type in the album`);
  }
  const documents = media.filter((one) => one.type === 'document').length;
  if (documents > 0 && documents < media.length) {
    throw badRequest("can't use the media of the specified type in the album");
  }
  const contents: Partial<Message>[] = [];
  const groupId = String(13_000_000_000_000_000n + BigInt(randomInt(2 ** 47)));
  for (const [index, item] of media.entries()) {
    try {
      const own = new Params(item, params.files);
      const kind = item.type as MediaKind;
      const source = { shelf: state.files, botId: bot.id, params, kind };
      const file = await resolveMedia(source, '', own.text('media'));
      contents.push({
        media_group_id: groupId,
        ...mediaFields(state.files, file, own),
        ...readCaption(own),
        ...(own.boolean('has_spoiler') ? { has_media_spoiler: true } : {}),
        ...(own.boolean('show_caption_above_media') ? { show_caption_above_media: true } : {}),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^Bad Request: /, '') : 'unknown';
      throw badRequest(`failed to send message #${index + 1} with the error message "${reason}"`);
    }
  }
  // The method has no reply_markup; a stray one is not echoed (telegram.md §2).
  const envelope = { ...openEnvelope(call, 'photos'), keyboard: undefined };
  return contents.map((content) => post(call, envelope, content));
}
