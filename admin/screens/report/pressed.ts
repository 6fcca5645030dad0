// What can be pressed below a message, in the order in which the phone shows it: addresses, the phone's own buttons, replies, a list.
import type { Message } from '../../../contract/conversations.ts';
import type { RenderedMessage } from '../../../contract/message.ts';

export interface Pressed {
  title: string;
  /** Where it leads. */
  hint: string | null;
}

export function pressedOf({ buttons, whatsapp }: Pick<RenderedMessage, 'buttons' | 'whatsapp'>): Pressed[] {
  return [
    ...buttons.map(({ text, url }) => ({ title: text, hint: url })),
    ...(whatsapp?.others ?? []).map(({ title, value }) => ({ title, hint: value })),
    ...(whatsapp?.replies ?? []).map(({ title }) => ({ title, hint: null })),
    ...(whatsapp?.list
      ? [
          {
            title: whatsapp.list.button,
            hint: whatsapp.list.sections.flatMap(({ rows }) => rows.map(({ title }) => title)).join(', '),
          },
        ]
      : []),
  ];
}

/** The same of a message as it was sent and is kept. */
export function pressedIn({
  buttons,
  replies,
  list,
}: Pick<Message, 'buttons' | 'replies' | 'list'>): Pressed[] {
  return [
    ...buttons.map(({ text, url }) => ({ title: text, hint: url })),
    ...replies.map((title) => ({ title, hint: null })),
    ...(list ? [{ title: list.button, hint: list.rows.map(({ title }) => title).join(', ') }] : []),
  ];
}
