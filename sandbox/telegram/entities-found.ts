// Entities that the platform finds by itself in plain text: links, mentions, hashtags, commands (telegram.md §3 "Entities").
import type { Entity } from './message.ts';

const PATTERNS: [type: string, pattern: RegExp][] = [
  ['email', /(?<![\w@.])[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?!\w)/giu],
  [
    'url',
    /(?<![\w@.])(?:https?:\/\/(?:[\p{L}\p{N}-]+\.)*[\p{L}\p{N}-]+|(?:[\p{L}\p{N}-]+\.)+(?:com|net|org|io|me|shop|dev|app|info|ru|de|uk|eu|example))(?::\d{2,5})?(?:[/?#][^\s<>"«»“”]*[^\s<>"«».,!?:;'()”])?\/?(?![\w])/giu,
  ],
  ['mention', /(?<![\w@])@[a-z]\w{3,31}(?!\w)/giu],
  ['bot_command', /(?<![\w/<>])\/[a-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])/giu],
  ['hashtag', /(?<![\p{L}\p{N}_#&])#[\p{L}\p{N}_]*[\p{L}_][\p{L}\p{N}_]*(?![\p{L}\p{N}_#])/gu],
  ['cashtag', /(?<![\p{L}\p{N}_$])\$[A-Z]{1,8}(?![\p{L}\p{N}_$])/gu],
];

/** One cheap look before the expensive ones: most broadcast texts hold none of these. */
const WORTH_LOOKING = /[@#$/.]/;

const NO_FINDS_INSIDE = new Set(['code', 'pre', 'text_link', 'text_mention', 'custom_emoji']);

/** Entities to add to those that the sender gave; they never overlap a link or code. */
export function findEntities(text: string, given: Entity[]): Entity[] {
  if (!WORTH_LOOKING.test(text)) return [];
  const taken = given.filter((entity) => NO_FINDS_INSIDE.has(entity.type));
  const found: Entity[] = [];
  for (const [type, pattern] of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].length };
      const overlaps = (other: Entity) =>
        other.offset < entity.offset + entity.length && entity.offset < other.offset + other.length;
      if (!taken.some(overlaps) && !found.some(overlaps)) found.push(entity);
    }
  }
  return found;
}
