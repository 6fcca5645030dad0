// What Telegram takes together in one message: one file of any kind, or an album. One row is always one call, so what does not
// go in one call is refused while it is composed, never split into two messages.
import type { FieldProblem } from '../../contract/errors.ts';
import type { RenderedAttachment } from '../../contract/message.ts';

/** Bot API 10.1, sendMediaGroup, 2026-06-11: pictures and videos mix, documents stand with documents, no buttons. */
export function albumProblems(attachments: RenderedAttachment[], buttons: number): FieldProblem[] {
  if (attachments.length < 2) return [];
  const problems: FieldProblem[] = [];
  const refuse = (pointer: string, detail: string) => problems.push({ pointer, detail });
  const moving = attachments.findIndex(({ kind }) => kind === 'animation');
  const documents = attachments.filter(({ kind }) => kind === 'document').length;
  if (moving >= 0)
    refuse(
      `/content/media/${moving}`,
      'Telegram sends a GIF by itself, not beside other files. Send it alone, or use a video.',
    );
  else if (documents > 0 && documents < attachments.length)
    refuse(
      `/content/media/${attachments.findIndex(({ kind }) => kind === 'document')}`,
      'Telegram does not send documents together with pictures or videos. Send them in a message of their own.',
    );
  const seen = new Set<string>();
  for (const [index, { url }] of attachments.entries()) {
    if (seen.has(url))
      refuse(`/content/media/${index}`, 'This file is in the message already. Remove one of the two.');
    seen.add(url);
  }
  if (buttons > 0)
    refuse(
      '/content/buttons',
      `Telegram shows no buttons under several files. Keep one file, or put the ${buttons === 1 ? 'link' : 'links'} into the text.`,
    );
  return problems;
}
