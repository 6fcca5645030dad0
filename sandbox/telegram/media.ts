// A media parameter in its three forms: file_id, HTTP URL, upload (telegram.md §2 "File passing").
import { badRequest } from './api-error.ts';
import { type FileShelf, putFile, type StoredFile } from './file-shelf.ts';
import type { Attachment, Message } from './message.ts';
import type { Params } from './params.ts';
import { PHOTO_URL_LIMIT_BYTES, photoSizes, storePhoto } from './photo.ts';
import { fetchRemoteFile } from './remote-file.ts';

export type MediaKind = 'photo' | 'video' | 'animation' | 'document';

const UPLOAD_LIMIT_BYTES = 50 * 1024 * 1024;
const URL_LIMIT_BYTES = 20 * 1024 * 1024;

export interface MediaSource {
  shelf: FileShelf;
  botId: number;
  params: Params;
  kind: MediaKind;
}

async function store(
  source: MediaSource,
  bytes: Buffer,
  name: string,
  mimeType: string,
  isUpload: boolean,
): Promise<StoredFile> {
  const { shelf, botId, kind } = source;
  if (kind === 'photo') return storePhoto(shelf, botId, bytes, isUpload);
  if (bytes.length === 0) throw badRequest('file must be non-empty');
  if (bytes.length > UPLOAD_LIMIT_BYTES) throw badRequest('file is too big');
  const folder = { video: 'videos', animation: 'animations', document: 'documents' }[kind];
  const path = `${folder}/file_${shelf.byId.size}${/\.\w{1,8}$/.exec(name)?.[0] ?? ''}`;
  return putFile(shelf, { botId, kind, path, name, mimeType, width: undefined, height: undefined }, bytes);
}

/** @throws ApiError when the parameter holds no usable file. `field` names the parameter or multipart part. */
export async function resolveMedia(
  source: MediaSource,
  field: string,
  given: string | undefined,
): Promise<StoredFile> {
  const part = given?.startsWith('attach://') ? given.slice('attach://'.length) : field;
  const upload = source.params.files.get(part);
  if (upload) return store(source, upload.bytes, upload.filename || 'file', upload.mimeType, true);
  if (given === undefined || given === '') throw badRequest(`there is no ${source.kind} in the request`);
  if (given.startsWith('attach://')) throw badRequest('wrong file identifier/HTTP URL specified');
  if (/^https?:\/\//i.test(given)) {
    const remote = await fetchRemoteFile(
      given,
      source.kind === 'photo' ? PHOTO_URL_LIMIT_BYTES : URL_LIMIT_BYTES,
    );
    return store(source, remote.bytes, remote.name, remote.mimeType, false);
  }
  const known = source.shelf.byId.get(given);
  if (!known || known.botId !== source.botId) throw badRequest('wrong file identifier/HTTP URL specified');
  if (known.kind !== source.kind) {
    throw badRequest(`can't use file of type ${capital(known.kind)} as ${capital(source.kind)}`);
  }
  return known;
}

function capital(kind: string): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}

/** The fields of a Message that show a file. An animation sets `document` too (telegram.md §9.4). */
export function mediaFields(shelf: FileShelf, file: StoredFile, params?: Params): Partial<Message> {
  if (file.kind === 'photo') return { photo: photoSizes(shelf, file) };
  const plain: Attachment = {
    file_id: file.file_id,
    file_unique_id: file.file_unique_id,
    ...(file.name === undefined ? {} : { file_name: file.name }),
    mime_type: file.mimeType,
    file_size: file.sizeBytes,
  };
  if (file.kind === 'document') return { document: plain };
  const moving: Attachment = {
    ...plain,
    width: params?.integer('width') ?? file.width ?? 320,
    height: params?.integer('height') ?? file.height ?? 320,
    duration: params?.integer('duration') ?? 0,
  };
  return file.kind === 'video' ? { video: moving } : { animation: moving, document: plain };
}
