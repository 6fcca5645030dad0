// What the target of a link makes of it: a text_link, a mention of a person, or nothing (telegram.md §3).
import type { Entity } from './message.ts';

/** undefined when the target is no address: the platform then keeps the text and drops the link. */
export function linkEntity(target: string, offset: number, length: number): Entity | undefined {
  const mention = /^tg:(?:\/\/)?user\?id=(\d+)$/i.exec(target.trim());
  if (mention) {
    const user = { id: Number(mention[1]), is_bot: false, first_name: '' };
    return { type: 'text_mention', offset, length, user };
  }
  const url = checkedUrl(target.trim());
  return url === undefined ? undefined : { type: 'text_link', offset, length, url };
}

/** A bare host gets http:// and a path, as the platform stores it. */
export function checkedUrl(target: string): string | undefined {
  if (target === '' || /\s/.test(target)) return undefined;
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(target);
  if (/^(tg|ton|tonsite):/i.test(target)) return target;
  if (hasScheme && !/^https?:/i.test(target)) return undefined;
  try {
    const url = new URL(hasScheme ? target : `http://${target}`);
    if (!url.hostname.includes('.') && url.hostname !== 'localhost') return undefined;
    // Case and encoding of the path stay as the sender wrote them; only an empty path becomes "/".
    const full = hasScheme ? target : `http://${target}`;
    return /^https?:\/\/[^/?#]+$/i.test(full) ? `${full}/` : full;
  } catch {
    return undefined;
  }
}
