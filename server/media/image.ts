// Judges an uploaded picture by its content and draws it anew. Re-encoding proves that every pixel can be read, drops
// EXIF (the place where a photo was taken), comments and whatever was glued behind the picture, so that no file is two
// things at once. It turns the picture upright too, as phones leave that to EXIF.
import { fileTypeFromBuffer } from 'file-type';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { imageLimits, imageMimes } from '../../contract/media.ts';
import { AppError } from '../platform/errors.ts';
import { createSlots } from '../platform/slots.ts';

export type ImageMime = (typeof imageMimes)[number];
export interface Image {
  mime: ImageMime;
  bytes: Buffer;
  width: number;
  height: number;
  /** More than one frame. */
  moves: boolean;
}

/** All frames together: 100 million pixels are 400 MB when a decoder holds them at once; 25 million fit a still picture. */
const maxPixels = 100_000_000;
/** Two at once bound the memory; the queue of uploads is short because each waiting one holds its bytes. */
const slots = createSlots(2, 20);
// uploads do not repeat, so libvips' cache would only keep memory
sharp.cache(false);

/** Throws MEDIA_UNSUPPORTED or MEDIA_TOO_LARGE with what to do, UNAVAILABLE when too many are waiting. */
export async function readImage(bytes: Buffer): Promise<Image> {
  if (bytes.length > imageLimits.sizeBytes) throw tooLarge();
  const mime = await detect(bytes);
  return slots.run(async () => {
    const metadata = await measure(bytes);
    const { width, height } = metadata.autoOrient;
    requireShape(width, height);
    const drawn = await redraw(bytes, mime, metadata);
    return { mime, bytes: drawn, width, height, moves: (metadata.pages ?? 1) > 1 };
  });
}

async function detect(bytes: Buffer): Promise<ImageMime> {
  const found = await fileTypeFromBuffer(bytes).catch(() => undefined);
  const mime = imageMimes.find((known) => known === found?.mime);
  if (mime) return mime;
  throw unsupported(
    found
      ? `This is a ${found.ext.toUpperCase()} file. Upload a JPEG, PNG, GIF or WebP picture, an MP4 video, or a PDF, DOC or DOCX document.`
      : 'This file is not a picture, video or document that can be sent. Upload a JPEG, PNG, GIF or WebP, an MP4, or a PDF, DOC or DOCX.',
  );
}

async function measure(bytes: Buffer): Promise<Metadata> {
  // reads the head only, so a file that claims a billion pixels costs nothing here
  return sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw broken(cause);
    });
}

function requireShape(width: number, height: number): void {
  if (width + height > imageLimits.sidesSum)
    throw unsupported(
      `The picture is ${width} × ${height}. Width and height together may be 10,000: make it smaller.`,
    );
  if (Math.max(width, height) > Math.min(width, height) * imageLimits.ratio)
    throw unsupported(`The picture is ${width} × ${height}. One side may be 20 times the other: crop it.`);
}

async function redraw(bytes: Buffer, mime: ImageMime, metadata: Metadata): Promise<Buffer> {
  const animated = (metadata.pages ?? 1) > 1;
  if (
    animated &&
    (metadata.pages ?? 1) * metadata.width * (metadata.pageHeight ?? metadata.height) > maxPixels
  )
    throw unsupported('The animation has too many frames. Make it shorter or smaller.');
  // lower quality only where a picture near the limit would grow beyond it
  for (const quality of [90, 75]) {
    const picture = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', animated });
    const drawn = await encode(picture.autoOrient(), mime, quality, metadata)
      .toBuffer()
      .catch((cause: unknown) => {
        throw broken(cause);
      });
    if (drawn.length <= imageLimits.sizeBytes) return drawn;
  }
  throw tooLarge();
}

function encode(picture: Sharp, mime: ImageMime, quality: number, metadata: Metadata): Sharp {
  if (mime === 'image/jpeg') return picture.jpeg({ quality });
  if (mime === 'image/webp') return picture.webp({ quality });
  if (mime === 'image/gif') return picture.gif({ effort: 3 });
  return picture.png({ compressionLevel: 9, palette: metadata.isPalette });
}

function broken(cause: unknown): AppError {
  return unsupported(
    'The picture is damaged. Open it in an image program, save it again and upload that.',
    cause,
  );
}

function unsupported(detail: string, cause?: unknown): AppError {
  return new AppError('MEDIA_UNSUPPORTED', detail, { cause });
}

function tooLarge(): AppError {
  return new AppError(
    'MEDIA_TOO_LARGE',
    'A picture may have up to 10 MB. Save it smaller and upload it again.',
  );
}
