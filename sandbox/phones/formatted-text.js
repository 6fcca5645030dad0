// @ts-check
// A text with entities as DOM nodes. The text is somebody else's: it only ever becomes text nodes.
import { element } from './element.js';

/** @typedef {{type: string, offset: number, length: number, url?: string}} Entity */

const TAGS = {
  bold: 'b',
  italic: 'i',
  underline: 'u',
  strikethrough: 's',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
  expandable_blockquote: 'blockquote',
};

/** Only web addresses become links: a javascript: address stays text.
 * @param {string} address */
function link(address) {
  const full = /^https?:\/\//i.test(address) ? address : `http://${address}`;
  if (/^[a-z][a-z0-9+.-]*:/i.test(address) && !/^https?:/i.test(address))
    return element('span', { class: 'found' });
  return element('a', { href: full, target: '_blank', rel: 'noopener noreferrer' });
}

/** @param {Entity} entity @param {string} text */
function wrapper(entity, text) {
  const tag = TAGS[/** @type {keyof typeof TAGS} */ (entity.type)];
  if (tag) return element(tag);
  if (entity.type === 'text_link') return link(entity.url ?? '');
  if (entity.type === 'url') return link(text);
  if (entity.type === 'spoiler')
    return element('span', { class: 'spoiler', tabindex: 0, title: 'Hidden text' });
  return element('span', { class: 'found' });
}

/**
 * @param {string} text
 * @param {Entity[]} [entities] outer ones first, as the Bot API sends them
 * @returns {DocumentFragment}
 */
export function formattedText(text, entities = []) {
  return build(text, 0, text.length, entities);
}

/** @param {string} text @param {number} from @param {number} to @param {Entity[]} entities */
function build(text, from, to, entities) {
  const fragment = document.createDocumentFragment();
  let at = from;
  let rest = entities;
  while (rest.length > 0) {
    const [entity, ...others] = rest;
    const start = Math.max(at, entity.offset);
    const end = Math.min(to, entity.offset + entity.length);
    if (end > start) {
      if (start > at) fragment.append(text.slice(at, start));
      const node = wrapper(entity, text.slice(start, end));
      node.append(
        build(
          text,
          start,
          end,
          others.filter((inner) => inner.offset < end),
        ),
      );
      fragment.append(node);
      at = end;
    }
    // An entity that reaches over the edge goes on behind it.
    rest = others.filter((other) => other.offset + other.length > at);
  }
  if (at < to) fragment.append(text.slice(at, to));
  return fragment;
}
