// Photos: checked by their content, re-encoded to JPEG in several sizes, as the platform does (telegram.md §2).
import sharp from 'sharp';
import { badRequest } from './api-error.ts';
import { type FileShelf, putFile, type StoredFile } from './file-shelf.ts';
import type { PhotoSize } from './message.ts';

export const PHOTO_UPLOAD_LIMIT_BYTES = 10_485_760;
export const PHOTO_URL_LIMIT_BYTES = 5 * 1024 * 1024;

/** Longest sides of the sizes that clients ask for: s, m, x, y. */
const SIDES = [90, 320, 800, 1280];

function isImage(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 12).toString('latin1');
  return (
    head.startsWith('\xff\xd8\xff') ||
    head.startsWith('\x89PNG\r\n') ||
    head.startsWith('GIF8') ||
    head.startsWith('BM') ||
    (head.startsWith('RIFF') && head.slice(8) === 'WEBP')
  );
}

/** @throws ApiError for a photo that the platform would refuse. */
export async function storePhoto(
  shelf: FileShelf,
  botId: number,
  bytes: Buffer,
  isUpload: boolean,
): Promise<StoredFile> {
  if (bytes.length === 0) throw badRequest('file must be non-empty');
  if (bytes.length > PHOTO_UPLOAD_LIMIT_BYTES) {
    throw badRequest(
      `file of size ${bytes.length} bytes is too big for a photo; the maximum size is ${PHOTO_UPLOAD_LIMIT_BYTES} bytes`,
    );
  }
  const wrongContent = badRequest(isUpload ? 'IMAGE_PROCESS_FAILED' : 'wrong type of the web page content');
  if (!isImage(bytes)) throw wrongContent;
  let width: number;
  let height: number;
  try {
    ({ width, height } = await sharp(bytes).metadata());
  } catch {
    throw wrongContent;
  }
  if (width + height > 10_000 || Math.max(width, height) / Math.min(width, height) > 20) {
    throw badRequest('PHOTO_INVALID_DIMENSIONS');
  }
  const longest = Math.max(width, height);
  const sides = [...SIDES.filter((side) => side < longest), Math.min(longest, SIDES.at(-1)!)];
  const sizes: StoredFile[] = [];
  for (const side of new Set(sides)) {
    let made: { data: Buffer; info: { width: number; height: number } };
    try {
      made = await sharp(bytes)
        .rotate()
        .resize(side, side, { fit: 'inside', withoutEnlargement: true })
        .flatten({ background: '#ffffff' })
        .jpeg({ quality: 87 })
        .toBuffer({ resolveWithObject: true });
    } catch {
      throw wrongContent;
    }
    sizes.push(
      putFile(
        shelf,
        {
          botId,
          kind: 'photo',
          path: `photos/file_${shelf.byId.size}.jpg`,
          name: undefined,
          mimeType: 'image/jpeg',
          width: made.info.width,
          height: made.info.height,
        },
        made.data,
      ),
    );
  }
  const ids = sizes.map((size) => size.file_id);
  for (const size of sizes) size.sizes = ids;
  return sizes.at(-1)!;
}

export function photoSizes(shelf: FileShelf, photo: StoredFile): PhotoSize[] {
  return (photo.sizes ?? [photo.file_id]).map((id) => {
    const file = shelf.byId.get(id) ?? photo;
    return {
      file_id: file.file_id,
      file_unique_id: file.file_unique_id,
      width: file.width ?? 0,
      height: file.height ?? 0,
      file_size: file.sizeBytes,
    };
  });
}
