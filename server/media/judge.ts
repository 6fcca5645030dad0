// What an uploaded file is, found in its bytes: a picture, a moving picture, a video or a document.
import type { MediaKind } from '../../contract/media.ts';
import { readDocument } from './document.ts';
import { readImage } from './image.ts';
import { isMp4, readVideo } from './video.ts';

export interface Judged {
  kind: MediaKind;
  mime: string;
  /** What is stored: pictures are drawn anew, everything else stays as it came. */
  bytes: Buffer;
  width: number | null;
  height: number | null;
  durationSeconds: number | null;
}

/** Throws MEDIA_UNSUPPORTED or MEDIA_TOO_LARGE with what to do, UNAVAILABLE when too many pictures wait. */
export async function judgeFile(bytes: Buffer): Promise<Judged> {
  if (isMp4(bytes) && !isStill(bytes)) {
    const { width, height, durationSeconds } = readVideo(bytes);
    return { kind: 'video', mime: 'video/mp4', bytes, width, height, durationSeconds };
  }
  const mime = await readDocument(bytes);
  if (mime) return { kind: 'document', mime, bytes, width: null, height: null, durationSeconds: null };
  const { moves, ...image } = await readImage(bytes);
  const kind = moves && image.mime === 'image/gif' ? 'animation' : 'image';
  return { ...image, kind, durationSeconds: null };
}

/** HEIC and AVIF pictures stand in the same boxes as films; the picture's own words are better there. */
function isStill(bytes: Buffer): boolean {
  return /^(avif|avis|heic|heix|mif1|msf1)$/.test(bytes.toString('latin1', 8, 12));
}
