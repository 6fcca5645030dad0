// Judges a file that a person sent, by its content: what is shown is drawn anew or of a kind that browsers play, everything
// else is only handed over. Programs, archives and pages are not kept.
import { fileTypeFromBuffer } from 'file-type';
import { maxReceivedBytes, type ReceivedKind } from '../../contract/media.ts';
import { AppError } from '../platform/errors.ts';
import { readDocument } from './document.ts';
import { displayName } from './file-name.ts';
import { readImage } from './image.ts';
import { readVideo } from './video.ts';

export interface Received {
  /** May differ from what the platform said: a picture that cannot be shown is no picture. */
  kind: ReceivedKind;
  mime: string;
  fileName: string;
  /** What is stored. */
  bytes: Buffer;
  width: number | null;
  height: number | null;
}

/** What the platform lets people send (Cloud API, supported media types, 2026-11-20), as file-type names it → as we serve it. */
const played: Record<'video' | 'audio', Record<string, string>> = {
  video: { 'video/mp4': 'video/mp4', 'video/3gpp': 'video/3gpp', 'video/x-m4v': 'video/mp4' },
  audio: {
    'audio/ogg': 'audio/ogg',
    'audio/ogg; codecs=opus': 'audio/ogg',
    'audio/mpeg': 'audio/mpeg',
    'audio/mp4': 'audio/mp4',
    'audio/x-m4a': 'audio/mp4',
    'video/mp4': 'audio/mp4',
    'audio/aac': 'audio/aac',
    'audio/amr': 'audio/amr',
  },
};
const office = 'application/vnd.openxmlformats-officedocument';
const documents: Record<string, string> = {
  'application/rtf': 'application/rtf',
  [`${office}.spreadsheetml.sheet`]: `${office}.spreadsheetml.sheet`,
  [`${office}.presentationml.presentation`]: `${office}.presentationml.presentation`,
};
/** Before 2007 all of them are compound files, and only the platform's word tells them apart. */
const compound: Record<string, string> = {
  'application/vnd.ms-excel': 'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint': 'application/vnd.ms-powerpoint',
};

/** Throws MEDIA_TOO_LARGE or MEDIA_UNSUPPORTED with what the operator can ask for, UNAVAILABLE when too many pictures wait. */
export async function judgeReceived(
  bytes: Buffer,
  told: { kind: ReceivedKind; mime: string | null; fileName: string | null },
): Promise<Received> {
  if (bytes.length === 0) throw unsupported('The file is empty. Ask for it once more.');
  if (bytes.length > maxReceivedBytes)
    throw new AppError(
      'MEDIA_TOO_LARGE',
      'The file is larger than 16 MB and is not kept. Ask for a smaller one.',
    );
  if (told.kind === 'image' || told.kind === 'sticker') return picture(bytes, told);
  const found = (await fileTypeFromBuffer(bytes).catch(() => undefined))?.mime;
  const kept = (kind: ReceivedKind, mime: string, size = { width: null, height: null } as Size) => ({
    kind,
    mime,
    fileName: nameOf(told, mime),
    bytes,
    ...size,
  });
  if (told.kind === 'video' || told.kind === 'audio') {
    const mime = played[told.kind][found ?? ''];
    if (mime) return kept(told.kind, mime, told.kind === 'video' ? sizeOf(bytes) : undefined);
    throw unsupported(
      `This ${told.kind === 'video' ? 'video' : 'recording'} is of a kind that is not kept. Ask for it as ${told.kind === 'video' ? 'MP4' : 'MP3 or a voice note'}.`,
    );
  }
  // what an operator could upload; a text with macros is none of it
  const mime = (await readDocument(bytes).catch(() => null)) ?? documentMime(found, told.mime, bytes);
  if (mime) return kept('document', mime);
  throw unsupported(
    'Files of this kind are not kept, because they may harm whoever opens them. Ask for a PDF, an office document, a picture or a text.',
  );
}

type Size = { width: number | null; height: number | null };

async function picture(bytes: Buffer, told: Parameters<typeof judgeReceived>[1]): Promise<Received> {
  try {
    const { mime, bytes: drawn, width, height } = await readImage(bytes);
    return { kind: told.kind, mime, fileName: nameOf(told, mime), bytes: drawn, width, height };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'UNAVAILABLE') throw error;
    throw unsupported(
      error.code === 'MEDIA_TOO_LARGE'
        ? 'The picture is larger than 10 MB and is not kept. Ask for a smaller one.'
        : 'The picture is damaged, or of a kind that cannot be shown. Ask for it as JPEG or PNG.',
    );
  }
}

/** A film whose boxes we cannot read is still a film that the person sent. */
function sizeOf(bytes: Buffer): Size {
  try {
    const { width, height } = readVideo(bytes);
    return { width, height };
  } catch {
    return { width: null, height: null };
  }
}

/** Other documents, and pictures, films and sound that were sent as such: all of them are only handed over. */
function documentMime(found: string | undefined, told: string | null, bytes: Buffer): string | null {
  if (found === 'application/x-cfb') return compound[told ?? ''] ?? null;
  if (found) {
    const isMedia = /^(image\/(jpeg|png|gif|webp)|audio\/|video\/)/.test(found);
    return documents[found] ?? (isMedia ? (found.split(';')[0] as string) : null);
  }
  return isText(bytes) ? (told === 'text/csv' ? 'text/csv' : 'text/plain') : null;
}

function isText(bytes: Buffer): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(bytes).includes('\0');
  } catch {
    return false;
  }
}

const words: Record<ReceivedKind, string> = {
  image: 'picture',
  sticker: 'sticker',
  video: 'video',
  audio: 'recording',
  document: 'document',
};
const nameOf = (told: { kind: ReceivedKind; fileName: string | null }, mime: string) =>
  displayName(told.fileName ?? words[told.kind], mime);

const unsupported = (detail: string) => new AppError('MEDIA_UNSUPPORTED', detail);
