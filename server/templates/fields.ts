// Every templated text of a message.
import type { Channel } from '../../contract/connections.ts';
import { type Content, hasVariables, ownPartsOn } from '../../contract/message.ts';

/** Each with its pointer, in the order of reading. */
export function fieldsOf(
  content: Content,
  channel: Channel = 'telegram',
): { pointer: string; source: string }[] {
  const {
    template = null,
    footer = null,
    reply_buttons: replies = [],
    list = null,
  } = ownPartsOn(channel, content) ?? {};
  const at = (path: string) => `/content/whatsapp/${path}`;
  const pictures = content.media.flatMap((item, i) =>
    'url' in item && hasVariables(item.url) ? [{ pointer: `/content/media/${i}/url`, source: item.url }] : [],
  );
  if (template)
    return [
      ...(['header', 'body', 'buttons'] as const).flatMap((part) =>
        Object.entries(template[part])
          .filter(([, source]) => source.trim() !== '')
          .map(([key, source]) => ({ pointer: at(`template/${part}/${key}`), source })),
      ),
      ...pictures,
    ];
  return [
    { pointer: '/content/text', source: content.text },
    ...pictures,
    ...content.buttons.flatMap(({ text, url }, i) => [
      { pointer: `/content/buttons/${i}/text`, source: text },
      { pointer: `/content/buttons/${i}/url`, source: url },
    ]),
    ...(footer ? [{ pointer: at('footer'), source: footer }] : []),
    ...replies.map(({ title }, i) => ({ pointer: at(`reply_buttons/${i}/title`), source: title })),
    ...(list ? [{ pointer: at('list/button'), source: list.button }] : []),
    ...(list?.sections ?? []).flatMap(({ title, rows }, s) => [
      { pointer: at(`list/sections/${s}/title`), source: title },
      ...rows.flatMap((row, r) => [
        { pointer: at(`list/sections/${s}/rows/${r}/title`), source: row.title },
        { pointer: at(`list/sections/${s}/rows/${r}/description`), source: row.description },
      ]),
    ]),
  ];
}
