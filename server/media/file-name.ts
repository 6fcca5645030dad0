// The name a picture came with, made safe to show and to send. It never becomes a path: files lie under our own ids.
import type { ImageMime } from './image.ts';

const extensions: Record<ImageMime, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
};
const maxLength = 100;

/** Last part of any path, without control and direction marks, with the extension of what the file really is. */
export function displayName(given: string, mime: ImageMime): string {
  const name = given.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const clean = name
    // Cc and Cf: a right-to-left mark would show "gpj.exe" as "exe.jpg"
    .replaceAll(/[\p{Cc}\p{Cf}<>:"|?*]/gu, '')
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  const stem = [...clean].slice(0, maxLength).join('');
  return `${stem || 'picture'}.${extensions[mime]}`;
}

/** Value of Content-Disposition (RFC 6266 with RFC 8187 for other than ASCII). */
export function inlineAs(name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `inline; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
