// What an operator types is sent to the letter: no variables, no marks.
import { factsOf } from '../../contract/channel-facts.ts';
import type { Channel } from '../../contract/connections.ts';
import type { RenderedAttachment, RenderedMessage } from '../../contract/message.ts';
import { bodyOn } from './channel-body.ts';
import { withoutInsertMarks } from './inserted.ts';
import { cleanText } from './telegram-body.ts';

/**
 * WhatsApp knows no escape: *bold* reads there as whoever typed it would see it in the app. Throws CONTENT_TOO_LONG, and
 * TEMPLATE_INVALID where only white space is left and no file.
 */
export function literalMessage(
  text: string,
  channel: Channel = 'telegram',
  attachments: RenderedAttachment[] = [],
): RenderedMessage {
  const tree = [{ kind: 'text' as const, text: cleanText(withoutInsertMarks(text)) }];
  const body = bodyOn[channel](tree, attachments.length > 0);
  const [image = null] = attachments.filter(({ kind }) => kind === 'image' || kind === 'animation');
  return {
    ...body,
    ...(!factsOf(channel).escapesMarks && { markup: body.plain }),
    image: image && { url: image.url, width: image.width, height: image.height },
    ...(attachments.length > 0 && { attachments }),
    buttons: [],
  };
}
