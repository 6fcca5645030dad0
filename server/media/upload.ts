// The one file of a multipart upload, read into memory (16 MB at most; the server's multipart limits cut off the rest).
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError, invalidField } from '../platform/errors.ts';

/** Throws UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST, VALIDATION_FAILED at /file, MEDIA_TOO_LARGE. */
export async function readUpload(request: FastifyRequest): Promise<{ fileName: string; bytes: Buffer }> {
  if (!request.isMultipart())
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send multipart/form-data with one part named "file".');
  const part = await request.file().catch(refuse);
  if (part?.fieldname !== 'file') {
    part?.file.resume();
    throw invalidField('/file', 'Send the file as a part named "file", with a file name.');
  }
  const bytes = await contentOf(part);
  if (bytes.length === 0) throw invalidField('/file', 'The file is empty. Choose another one.');
  return { fileName: part.filename ?? '', bytes };
}

function contentOf(part: MultipartFile): Promise<Buffer> {
  return part.toBuffer().catch(refuse);
}

function refuse(error: { code?: string }): never {
  if (error.code === 'FST_REQ_FILE_TOO_LARGE')
    throw new AppError(
      'MEDIA_TOO_LARGE',
      'A video or document may have up to 16 MB, a picture 10 MB. Save it smaller and upload it again.',
    );
  // cut off, without boundary, too many parts: all that the parser can say is the sender's mistake
  throw new AppError('BAD_REQUEST', 'The upload is not complete multipart/form-data. Send it again.', {
    cause: error,
  });
}
