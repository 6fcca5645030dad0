// A text parameter with its formatting: parse_mode or entities in, clean text and sorted entities out (telegram.md §2, §3).
import { badRequest } from './api-error.ts';
import { findEntities } from './entities-found.ts';
import { parseHtml } from './entities-html.ts';
import { parseMarkdownV2 } from './entities-markdown.ts';
import { parseMarkdownLegacy } from './entities-markdown-legacy.ts';
import { checkedUrl } from './entity-link.ts';
import type { Entity } from './message.ts';
import { asArray, asObject, type Params } from './params.ts';

export interface FormattedText {
  text: string;
  entities: Entity[];
}

/** Raw text above this fails before it is parsed [S]. */
const RAW_LIMIT_BYTES = 32_768;
/** More are ignored [U]. */
const MAX_ENTITIES = 100;

const PLAIN_TYPES = new Set(
  'bold italic underline strikethrough spoiler code blockquote expandable_blockquote'.split(' '),
);
/** Found by the platform itself; given ones are accepted and found anew. */
const FOUND_TYPES = new Set(
  'mention hashtag cashtag bot_command url email phone_number bank_card_number'.split(' '),
);

function readEntity(value: unknown, text: string): Entity | undefined {
  const given = asObject(value, 'MessageEntity');
  const offset = Number(given.offset);
  const length = Number(given.length);
  const type = String(given.type);
  if (!Number.isInteger(offset) || offset < 0 || !Number.isInteger(length)) {
    throw badRequest('can\'t parse MessageEntity: Field "offset" must be a valid Number');
  }
  if (length <= 0 || offset >= text.length) return undefined;
  const splits = (at: number) => at > 0 && at < text.length && /[\udc00-\udfff]/.test(text[at]!);
  if (splits(offset))
    throw badRequest(`entity begins in a middle of a UTF-16 symbol at byte offset ${offset}`);
  if (splits(offset + length)) throw badRequest('entity ends in a middle of a UTF-16 symbol');
  const base: Entity = { type, offset, length: Math.min(length, text.length - offset) };
  if (PLAIN_TYPES.has(type)) return base;
  if (FOUND_TYPES.has(type)) return undefined;
  if (type === 'pre')
    return typeof given.language === 'string' ? { ...base, language: given.language } : base;
  if (type === 'text_link') {
    const url = checkedUrl(String(given.url ?? ''));
    return url === undefined ? undefined : { ...base, url };
  }
  if (type === 'text_mention') {
    const user = asObject(given.user, 'User');
    return {
      ...base,
      user: { id: Number(user.id), is_bot: false, first_name: String(user.first_name ?? '') },
    };
  }
  if (type === 'custom_emoji') return { ...base, custom_emoji_id: String(given.custom_emoji_id ?? '') };
  if (type === 'date_time') return { ...base, unix_time: Number(given.unix_time) };
  throw badRequest(`can't parse MessageEntity: Type "${type}" is not supported`);
}

function parse(params: Params, raw: string, entitiesField: string): FormattedText {
  const mode = (params.text('parse_mode') ?? '').toLowerCase();
  switch (mode) {
    case 'html':
      return parseHtml(raw);
    case 'markdownv2':
      return parseMarkdownV2(raw);
    case 'markdown':
      return parseMarkdownLegacy(raw);
    case '':
    case 'none': {
      const given = params.nested(entitiesField, 'MessageEntity');
      if (given === undefined) return { text: raw, entities: [] };
      const entities = asArray(given, 'MessageEntity').flatMap((value) => readEntity(value, raw) ?? []);
      return { text: raw, entities };
    }
    default:
      throw badRequest('unsupported parse_mode');
  }
}

/** Drops control characters and outer white space, and moves the entities along (telegram.md §2 "Text limits" [S]). */
export function tidy({ text, entities }: FormattedText): FormattedText {
  const clean = text
    .replace(/\r/g, '')
    .replace(/\p{Cc}/gu, (char) => (char === '\n' || char > '\u001f' ? char : ' '));
  const shift = removedBefore(text);
  const start = clean.length - clean.trimStart().length;
  const end = clean.trimEnd().length;
  const trimmed = clean.slice(start, Math.max(start, end));
  const moved = entities.flatMap((entity) => {
    const from = Math.max(0, shift(entity.offset) - start);
    const to = Math.min(trimmed.length, shift(entity.offset + entity.length) - start);
    return to > from ? [{ ...entity, offset: from, length: to - from }] : [];
  });
  return { text: trimmed, entities: moved };
}

function removedBefore(text: string): (offset: number) => number {
  if (!text.includes('\r')) return (offset) => offset;
  return (offset) => text.slice(0, offset).replace(/\r/g, '').length;
}

/** Merges what touches, drops what stands inside code, sorts from outside to inside. */
export function sortEntities(entities: Entity[]): Entity[] {
  const code = entities.filter((entity) => entity.type === 'code' || entity.type === 'pre');
  const kept = entities.filter(
    (entity) =>
      code.includes(entity) ||
      !code.some(
        (block) =>
          entity.offset >= block.offset && entity.offset + entity.length <= block.offset + block.length,
      ),
  );
  kept.sort((a, b) => a.offset - b.offset || b.length - a.length || rank(a.type) - rank(b.type));
  const merged: Entity[] = [];
  for (const entity of kept) {
    const twin = merged.findLast((other) => other.type === entity.type);
    const canMerge =
      twin && PLAIN_TYPES.has(entity.type) && !entity.type.includes('quote') && entity.type !== 'code';
    if (canMerge && twin.offset + twin.length >= entity.offset) {
      twin.length = Math.max(twin.length, entity.offset + entity.length - twin.offset);
    } else merged.push({ ...entity });
  }
  return merged.slice(0, MAX_ENTITIES);
}

const RANKS =
  'blockquote expandable_blockquote text_link text_mention bold italic underline strikethrough spoiler'.split(
    ' ',
  );
function rank(type: string): number {
  const place = RANKS.indexOf(type);
  return place < 0 ? RANKS.length : place;
}

/** Reads and parses a text parameter. Lengths count code points after parsing [S]. @throws ApiError */
export function readText(params: Params, field: string, entitiesField: string): FormattedText {
  const raw = params.text(field) ?? '';
  if (raw.length > RAW_LIMIT_BYTES / 4 && Buffer.byteLength(raw) > RAW_LIMIT_BYTES)
    throw badRequest('text is too long');
  const parsed = tidy(parse(params, raw, entitiesField));
  const entities = [...parsed.entities, ...findEntities(parsed.text, parsed.entities)];
  return { text: parsed.text, entities: entities.length > 0 ? sortEntities(entities) : entities };
}

/** Counts code points, but only when the cheaper count of UTF-16 units is already above the limit. */
export function isLonger(text: string, limit: number): boolean {
  return text.length > limit && [...text].length > limit;
}

export function readCaption(params: Params): { caption?: string; caption_entities?: Entity[] } {
  const { text, entities } = readText(params, 'caption', 'caption_entities');
  if (isLonger(text, 1024)) throw badRequest('message caption is too long');
  if (text === '') return {};
  return { caption: text, ...(entities.length > 0 ? { caption_entities: entities } : {}) };
}
