// What helps a reply that failed. WhatsApp has the last word on its window: it may be over there while our clock says otherwise.
import type { Message } from '../../../contract/conversations.ts';
import { failureReasons } from '../../../contract/deliveries.ts';

/** `template`: free text would be refused again. Null: it did not fail, or it is not an operator's own words. */
export function wayOn(
  message: Pick<
    Message,
    | 'direction'
    | 'source'
    | 'state'
    | 'reason'
    | 'text'
    | 'attachments'
    | 'buttons'
    | 'replies'
    | 'header'
    | 'footer'
  >,
): 'template' | 'again' | null {
  if (message.direction !== 'out' || message.source !== 'reply' || message.state !== 'failed') return null;
  if (message.reason === failureReasons.window_closed) return 'template';
  const isPlain =
    message.attachments.length === 0 &&
    message.buttons.length === 0 &&
    message.replies.length === 0 &&
    message.header === null &&
    message.footer === null;
  return isPlain && message.text.trim() !== '' ? 'again' : null;
}
