// @ts-check
// WhatsApp's markup as DOM nodes: *bold* _italic_ ~strike~ ```mono``` `code`, quotes, and addresses. The text is somebody else's: it only
// ever becomes text nodes.
import { element } from './element.js';

const MARKS = { '*': 'b', _: 'i', '~': 's' };
const FOUND =
  /```([\s\S]+?)```|`([^`\n]+)`|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\3(?![\p{L}\p{N}])|https?:\/\/[^\s<>]+/u;

/** @param {string} text @returns {(Node | string)[]} */
function inline(text) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let rest = text;
  for (;;) {
    const match = FOUND.exec(rest);
    if (!match) break;
    if (match.index > 0) nodes.push(rest.slice(0, match.index));
    const [all, mono, code, mark, inner] = match;
    if (mono !== undefined || code !== undefined) nodes.push(element('code', {}, mono ?? code));
    else if (mark !== undefined) {
      const tag = MARKS[/** @type {keyof typeof MARKS} */ (mark)];
      const node = element(tag);
      node.append(...inline(inner ?? ''));
      nodes.push(node);
    } else nodes.push(element('a', { href: all, target: '_blank', rel: 'noopener noreferrer' }, all));
    rest = rest.slice(match.index + all.length);
  }
  if (rest !== '') nodes.push(rest);
  return nodes;
}

/** @param {string} text */
export function whatsappText(text) {
  const whole = document.createDocumentFragment();
  const lines = text.split('\n');
  for (const [place, line] of lines.entries()) {
    if (line.startsWith('> ')) {
      const quote = element('blockquote');
      quote.append(...inline(line.slice(2)));
      whole.append(quote);
      continue;
    }
    whole.append(...inline(line));
    if (place < lines.length - 1) whole.append('\n');
  }
  return whole;
}
