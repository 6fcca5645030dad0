// Media that the emulator keeps: uploads for 30 days, what people sent for 7, download addresses for 5 minutes
// (Cloud API, media, 2026-11-20).
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDigits } from './ids.ts';
import { DAY_MS } from './limits.ts';

export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sticker';

const MB = 1024 * 1024;
const OFFICE = 'application/vnd.openxmlformats-officedocument';

const TYPES: Readonly<
  Record<Exclude<MediaKind, 'document'>, { mimes: readonly string[]; maxBytes: number }>
> = {
  image: { mimes: ['image/jpeg', 'image/png'], maxBytes: 5 * MB },
  video: { mimes: ['video/mp4', 'video/3gpp'], maxBytes: 16 * MB },
  audio: {
    mimes: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'],
    maxBytes: 16 * MB,
  },
  sticker: { mimes: ['image/webp'], maxBytes: 500 * 1024 },
};

const DOCUMENTS = [
  'text/plain',
  'application/pdf',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  `${OFFICE}.wordprocessingml.document`,
  `${OFFICE}.spreadsheetml.sheet`,
  `${OFFICE}.presentationml.presentation`,
];

const DOCUMENT_MAX_BYTES = 100 * MB;

export const KINDS: readonly MediaKind[] = ['image', 'video', 'audio', 'document', 'sticker'];

export function bareMime(mime: string): string {
  return mime.split(';')[0]!.trim().toLowerCase();
}

/** What is wrong with a file for a kind of message; undefined = nothing. Any other type may travel as a document [U]. */
export function mediaProblem(kind: MediaKind, mime: string, sizeBytes: number): string | undefined {
  const bare = bareMime(mime);
  if (kind === 'document') {
    return sizeBytes > DOCUMENT_MAX_BYTES
      ? `Media file size too big. Max file size we currently support: 100 MB.`
      : undefined;
  }
  const { mimes, maxBytes } = TYPES[kind];
  if (!mimes.includes(bare))
    return `Unsupported ${kind} mime type ${bare}. Please use one of ${mimes.join(', ')}.`;
  return sizeBytes > maxBytes
    ? `Media file size too big. Max file size we currently support for ${kind}: ${maxBytes} bytes.`
    : undefined;
}

/** May be uploaded at all: "Param file must be a file with one of the following types". */
export function isKnownMime(mime: string): boolean {
  const bare = bareMime(mime);
  return DOCUMENTS.includes(bare) || Object.values(TYPES).some(({ mimes }) => mimes.includes(bare));
}

export function uploadProblem(mime: string, sizeBytes: number): string | undefined {
  const bare = bareMime(mime);
  const kind = KINDS.find((known) => known !== 'document' && TYPES[known].mimes.includes(bare)) ?? 'document';
  return mediaProblem(kind, mime, sizeBytes);
}

export interface MediaItem {
  id: string;
  numberId: string;
  mime: string;
  sha256: string;
  sizeBytes: number;
  name: string | undefined;
  at: number;
  source: 'upload' | 'webhook';
}

export interface UploadSession {
  id: string;
  appId: string;
  length: number;
  mime: string;
  name: string;
  bytes: Buffer;
  at: number;
}

export interface MediaShelf {
  byId: Map<string, MediaItem>;
  bytes: Map<string, Buffer>;
  /** Download addresses by their `mid`. */
  links: Map<string, { mediaId: string; until: number }>;
  sessions: Map<string, UploadSession>;
  /** Handles of finished template samples: handle → media type. */
  handles: Map<string, { mime: string; sha256: string }>;
  dir: string | undefined;
}

export function createMediaShelf(dir?: string): MediaShelf {
  if (dir !== undefined) mkdirSync(dir, { recursive: true });
  return {
    byId: new Map(),
    bytes: new Map(),
    links: new Map(),
    sessions: new Map(),
    handles: new Map(),
    dir,
  };
}

export function keepBytes(shelf: MediaShelf, bytes: Buffer): string {
  const hash = createHash('sha256').update(bytes).digest('hex');
  if (!shelf.bytes.has(hash)) {
    shelf.bytes.set(hash, bytes);
    if (shelf.dir !== undefined) writeFileSync(join(shelf.dir, hash), bytes);
  }
  return hash;
}

export function bytesOf(shelf: MediaShelf, sha256: string): Buffer | undefined {
  const known = shelf.bytes.get(sha256);
  if (known || shelf.dir === undefined || !/^[0-9a-f]{64}$/.test(sha256)) return known;
  const path = join(shelf.dir, sha256);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  shelf.bytes.set(sha256, bytes);
  return bytes;
}

export function putMedia(
  shelf: MediaShelf,
  given: Pick<MediaItem, 'numberId' | 'mime' | 'name' | 'at' | 'source'>,
  bytes: Buffer,
): MediaItem {
  const item: MediaItem = {
    ...given,
    id: makeDigits(16),
    sha256: keepBytes(shelf, bytes),
    sizeBytes: bytes.length,
  };
  shelf.byId.set(item.id, item);
  return item;
}

/** Uploads live 30 days, ids from webhooks 7. */
export function findMedia(shelf: MediaShelf, id: string, nowMs: number): MediaItem | undefined {
  const item = shelf.byId.get(id);
  if (!item) return undefined;
  const livesMs = (item.source === 'upload' ? 30 : 7) * DAY_MS;
  return nowMs - item.at < livesMs ? item : undefined;
}

const LINK_MS = 5 * 60_000;

/** The path of a fresh download address. */
export function makeLink(shelf: MediaShelf, item: MediaItem, nowMs: number): string {
  for (const [mid, link] of shelf.links) if (link.until <= nowMs) shelf.links.delete(mid);
  const mid = makeDigits(17);
  shelf.links.set(mid, { mediaId: item.id, until: nowMs + LINK_MS });
  return `/whatsapp_business/attachments/?mid=${mid}&ext=${Math.floor((nowMs + LINK_MS) / 1000)}`;
}
