// parse_mode=Markdown, the old dialect: no nesting, no underline, strike or spoiler (telegram.md §3).
import { badRequest } from './api-error.ts';
import { linkEntity } from './entity-link.ts';
import type { Entity } from './message.ts';

const KINDS: Record<string, { type: string; name: string }> = {
  '*': { type: 'bold', name: 'bold' },
  _: { type: 'italic', name: 'italic' },
  '`': { type: 'code', name: 'code' },
  '```': { type: 'pre', name: 'pre' },
};

/** @throws ApiError 400 `can't parse entities: …` */
export function parseMarkdownLegacy(text: string): { text: string; entities: Entity[] } {
  const entities: Entity[] = [];
  let result = '';
  let at = 0;
  const unclosed = (begin: number): never => {
    const bytes = Buffer.byteLength(text.slice(0, begin));
    throw badRequest(`can't parse entities: Can't find end of the entity starting at byte offset ${bytes}`);
  };
  while (at < text.length) {
    const char = text[at]!;
    if (char === '\\' && '_*`['.includes(text[at + 1] ?? ' ')) {
      result += text[at + 1];
      at += 2;
      continue;
    }
    const link = char === '[' ? /^\[([^\]]*)\](?:\(([^)]*)\))?/.exec(text.slice(at)) : null;
    if (char === '[') {
      if (!link) unclosed(at);
      const [whole, label = '', target] = link!;
      const entity = linkEntity(target ?? label, result.length, label.length);
      if (entity && label !== '') entities.push(entity);
      result += label;
      at += whole.length;
      continue;
    }
    const mark = text.startsWith('```', at) ? '```' : char;
    const kind = KINDS[mark];
    if (!kind) {
      result += char;
      at += 1;
      continue;
    }
    const end = text.indexOf(mark, at + mark.length);
    if (end < 0) unclosed(at);
    let body = text.slice(at + mark.length, end);
    let language: string | undefined;
    if (mark === '```') {
      language = /^([^\s`]+)\s/.exec(body)?.[1];
      body = body.slice(language?.length ?? 0).replace(/^(\r\n|\n\r|\n|\r)/, '');
    }
    if (body !== '') {
      entities.push({
        type: kind.type,
        offset: result.length,
        length: body.length,
        ...(language ? { language } : {}),
      });
    }
    result += body;
    at = end + mark.length;
  }
  return { text: result, entities };
}
