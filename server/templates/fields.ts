// Every templated text of a message.
import type { Content } from '../../contract/message.ts';

/** Each with its pointer, in the order of reading. */
export function fieldsOf(content: Content): { pointer: string; source: string }[] {
  return [
    { pointer: '/content/text', source: content.text },
    ...content.buttons.flatMap(({ text, url }, i) => [
      { pointer: `/content/buttons/${i}/text`, source: text },
      { pointer: `/content/buttons/${i}/url`, source: url },
    ]),
  ];
}
