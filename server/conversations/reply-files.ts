// The files of an operator's answer: there, and such as the platform takes in one message.
import type { Channel } from '../../contract/connections.ts';
import type { ReplyMedia } from '../../contract/conversations.ts';
import type { RenderedAttachment } from '../../contract/message.ts';
import type { Ctx } from '../platform/context.ts';
import { invalidField } from '../platform/errors.ts';
import { filesOn } from '../templates/channel-files.ts';
import { renderedAttachment } from '../templates/place.ts';

/** Throws VALIDATION_FAILED at the file that cannot go. */
export async function replyFiles(
  ctx: Ctx,
  channel: Channel,
  media: ReplyMedia[],
): Promise<RenderedAttachment[]> {
  const files: RenderedAttachment[] = [];
  for (const [index, attachment] of media.entries()) {
    const file = await renderedAttachment(ctx, attachment).catch(() => null);
    if (!file) throw invalidField(`/media/${index}`, 'This file is not there any more. Upload it again.');
    files.push(file);
  }
  const [problem] = filesOn[channel](files, 0);
  if (problem) throw invalidField(problem.pointer.replace('/content', ''), problem.detail);
  return files;
}
