import { badRequest } from '../api-error.ts';
import type { Call } from '../call.ts';
import { findChat, requireWritable } from '../recipient.ts';

const ACTIONS = new Set(
  (
    'typing upload_photo record_video upload_video record_voice upload_voice record_audio upload_audio ' +
    'upload_document choose_sticker find_location record_video_note upload_video_note'
  ).split(' '),
);

export function sendChatAction({ state, bot, params }: Call): unknown {
  if (!ACTIONS.has((params.text('action') ?? '').toLowerCase())) {
    throw badRequest('wrong parameter action in request');
  }
  const recipient = findChat(state, bot, params);
  if (recipient.chat.about.type === 'channel') throw badRequest("chat actions can't be sent to channels");
  requireWritable(state, bot, recipient, 'text messages');
  return true;
}
