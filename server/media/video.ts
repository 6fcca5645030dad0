// Judges an uploaded video by its content: the boxes of an MP4 file (ISO/IEC 14496-12), as far as size, shape and length need
// them. Nothing is decoded and nothing changed: the file that was checked is the file that is sent.
import { videoLimits } from '../../contract/media.ts';
import { AppError } from '../platform/errors.ts';

export interface Video {
  width: number;
  height: number;
  durationSeconds: number | null;
}

interface Box {
  type: string;
  body: Buffer;
}

const damaged = 'The video is damaged or was cut off. Export it once more as MP4 and upload that.';
/** Boxes deeper or more than any real film has: a file that only means to keep us busy. */
const maxBoxes = 10_000;

export function isMp4(bytes: Buffer): boolean {
  return bytes.length >= 16 && bytes.toString('latin1', 4, 8) === 'ftyp';
}

/** Throws MEDIA_UNSUPPORTED or MEDIA_TOO_LARGE with what to do. */
export function readVideo(bytes: Buffer): Video {
  if (bytes.length > videoLimits.sizeBytes)
    throw new AppError(
      'MEDIA_TOO_LARGE',
      'A video may have up to 16 MB. Make it shorter or smaller and upload it again.',
    );
  const brand = bytes.toString('latin1', 8, 12);
  if (brand === 'qt  ')
    throw unsupported('This is a QuickTime film (MOV). Export it as MP4 and upload that.');
  const top = boxes(bytes);
  const moov = only(top, 'moov');
  if (!top.some(({ type }) => type === 'mdat')) throw unsupported(damaged);
  const header = only(boxes(moov), 'mvhd');
  const film = boxes(moov)
    .filter(({ type }) => type === 'trak')
    .map(({ body }) => boxes(body))
    .find((track) => handlerOf(track) === 'vide');
  if (!film) throw unsupported('This file holds sound only. Upload a video with a picture.');
  requireCodec(film);
  return { ...shapeOf(film), durationSeconds: durationOf(header) };
}

/** Children of one box; their sizes must fill it exactly, so that nothing is glued behind. */
function boxes(bytes: Buffer): Box[] {
  const found: Box[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length || found.length > maxBoxes) throw unsupported(damaged);
    let size = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    let head = 8;
    if (size === 1 && at + 16 <= bytes.length) {
      size = Number(bytes.readBigUInt64BE(at + 8));
      head = 16;
    } else if (size === 0) size = bytes.length - at; // "to the end of the file"
    if (size < head || at + size > bytes.length) throw unsupported(damaged);
    found.push({ type, body: bytes.subarray(at + head, at + size) });
    at += size;
  }
  return found;
}

function only(found: Box[], type: string): Buffer {
  const box = found.find((one) => one.type === type);
  if (!box) throw unsupported(damaged);
  return box.body;
}

function inside(found: Box[], ...path: string[]): Buffer {
  let at = found;
  for (const type of path.slice(0, -1)) at = boxes(only(at, type));
  return only(at, path.at(-1)!);
}

function handlerOf(track: Box[]): string {
  return inside(track, 'mdia', 'hdlr').toString('latin1', 8, 12);
}

/** What every phone plays, and the only one that WhatsApp takes (Cloud API, "Supported media types", 2026-11). */
function requireCodec(track: Box[]): void {
  const entry = inside(track, 'mdia', 'minf', 'stbl', 'stsd');
  const codec = entry.toString('latin1', 12, 16);
  if (codec !== 'avc1' && codec !== 'avc3')
    throw unsupported(
      `This video is coded as ${codecNames[codec] ?? (printable(codec) || 'something unknown')}, which many phones cannot play. Export it as MP4 with H.264.`,
    );
}
const codecNames: Record<string, string> = {
  hvc1: 'H.265 (HEVC)',
  hev1: 'H.265 (HEVC)',
  av01: 'AV1',
  vp09: 'VP9',
  mp4v: 'MPEG-4 Part 2',
};
const printable = (text: string) => text.replaceAll(/[^A-Za-z0-9.-]/g, '');

/** Width and height as shown, in pixels (16.16 fixed point at the end of tkhd); turned upright where the camera lay on its side. */
function shapeOf(track: Box[]): { width: number; height: number } {
  const head = only(track, 'tkhd');
  if (head.length < 84) throw unsupported(damaged);
  const width = Math.round(head.readUInt32BE(head.length - 8) / 65_536);
  const height = Math.round(head.readUInt32BE(head.length - 4) / 65_536);
  const matrix = head.length - 44;
  const lies = head.readInt32BE(matrix) === 0 && head.readInt32BE(matrix + 4) !== 0;
  if (width < 1 || height < 1) throw unsupported(damaged);
  if (width + height > videoLimits.sidesSum)
    throw unsupported(`The video is ${width} × ${height}. Phones play up to 4096 × 4096: make it smaller.`);
  return lies ? { width: height, height: width } : { width, height };
}

function durationOf(head: Buffer): number | null {
  const isLong = head[0] === 1;
  if (head.length < (isLong ? 32 : 20)) throw unsupported(damaged);
  const scale = head.readUInt32BE(isLong ? 20 : 12);
  const length = isLong ? Number(head.readBigUInt64BE(24)) : head.readUInt32BE(16);
  const seconds = scale > 0 ? length / scale : 0;
  // all ones, or nothing: the file does not say
  return seconds > 0 && seconds < 86_400 ? Math.round(seconds * 100) / 100 : null;
}

function unsupported(detail: string): AppError {
  return new AppError('MEDIA_UNSUPPORTED', detail);
}
