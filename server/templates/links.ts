// The links of a message as it is written: which of them are the same for everybody, so that clicks can be counted.
import type { Channel } from '../../contract/connections.ts';
import { type Content, templateOn } from '../../contract/message.ts';
import { parseMarks } from './marks.ts';
import { linksIn, plainText } from './spans.ts';
import { cleanText } from './telegram-body.ts';

export interface FixedLink {
  url: string;
  /** In words: what a reader presses. */
  place: string;
}

/** Each web address once, in the order of reading. One with variables is a person's own. */
export function fixedLinks(contents: Content[], channel: Channel): FixedLink[] {
  const found = new Map<string, FixedLink>();
  const add = (url: string, place: string) => {
    if (!/^https?:\/\//i.test(url) || /\{\{|\{%/.test(url) || found.has(url)) return;
    found.set(url, { url, place });
  };
  for (const content of contents) {
    // a template's addresses were approved as they are
    if (templateOn(channel, content)) continue;
    for (const { url, children } of linksIn(parseMarks(cleanText(content.text))))
      add(url, `Link “${plainText(children).trim().slice(0, 80)}”`);
    for (const button of content.buttons) add(button.url.trim(), `Button “${button.text}”`);
  }
  return [...found.values()];
}
