// Which links of a message are tracked: those whose address is the same for everybody.
import { maxLinks } from '../../../contract/links.ts';
import type { Content, Span } from '../../../contract/message.ts';
import { parseMarks } from '../../templates/marks.ts';
import { plainText } from '../../templates/spans.ts';
import { cleanText } from '../../templates/telegram-body.ts';

export interface FoundLink {
  url: string;
  /** In words: what a reader presses. */
  place: string;
}

/** Each address once, in the order of reading. Addresses with variables are a person's own and stay as they are. */
export function linksOf(contents: Content[]): FoundLink[] {
  const found = new Map<string, FoundLink>();
  const add = (url: string, place: string) => {
    if (!/^https?:\/\//i.test(url) || /\{\{|\{%/.test(url) || found.has(url)) return;
    found.set(url, { url, place });
  };
  for (const content of contents) {
    walk(parseMarks(cleanText(content.text)), (url, label) => add(url, `Link “${label}”`));
    for (const button of content.buttons) add(button.url.trim(), `Button “${button.text}”`);
  }
  return [...found.values()].slice(0, maxLinks);
}

function walk(spans: Span[], see: (url: string, label: string) => void): void {
  for (const span of spans) {
    if (span.kind === 'text') continue;
    if (span.kind === 'link') see(span.url, plainText(span.children).trim().slice(0, 80));
    else walk(span.children, see);
  }
}
