// HTTP of media. Files are served as what we found them to be, never as what somebody called them.
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { maxUploadBytes, media } from '../../contract/media.ts';
import type { Ctx } from '../platform/context.ts';
import { route } from '../platform/http/route.ts';
import { dispositionOf } from './file-name.ts';
import { deleteMedia, type IsMediaInUse, mediaFile, showMedia } from './media.ts';
import { storeMedia } from './store-media.ts';
import { readUpload } from './upload.ts';

const tag = 'Media';
/** The file and the multipart lines around it. */
const bodyLimit = maxUploadBytes + 64 * 1024;

export function mediaRoutes(app: FastifyInstance, isInUse: IsMediaInUse = async () => false): void {
  // only this route reads multipart bodies
  void app.register(async (scope) => {
    await scope.register(multipart, {
      limits: { fileSize: maxUploadBytes, files: 1, fields: 10, fieldSize: 10_000 },
    });
    route(scope, {
      method: 'POST',
      url: '/api/v1/media',
      access: 'media:write',
      tag,
      summary:
        'Upload a picture (JPEG, PNG, GIF, WebP; up to 10 MB), a video (MP4) or a document (PDF, DOC, DOCX; up to 16 MB) as the multipart part "file"',
      consumes: 'multipart/form-data',
      bodyLimit,
      response: media,
      status: 201,
      handler: async ({ ctx, request }) => storeMedia(ctx, await readUpload(request)),
    });
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/media/:id',
    access: 'media:read',
    tag,
    summary: 'Size, type and address of a file',
    ids: { id: 'med' },
    response: media,
    handler: ({ ctx, ids }) => showMedia(ctx, ids.id!),
  });
  route(app, {
    method: 'GET',
    url: '/api/v1/media/:id/file',
    access: 'media:read',
    tag,
    summary: 'The file itself',
    ids: { id: 'med' },
    handler: ({ ctx, ids, request, reply }) => sendFile(ctx, ids.id!, request, reply),
  });
  route(app, {
    method: 'DELETE',
    url: '/api/v1/media/:id',
    access: 'media:write',
    tag,
    summary: 'Delete a file that nothing shows any more',
    ids: { id: 'med' },
    async handler({ ctx, ids }) {
      await deleteMedia(ctx, ids.id!, isInUse);
      return undefined;
    },
  });
}

async function sendFile(
  ctx: Ctx,
  mediaId: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const file = await mediaFile(ctx, mediaId);
  const etag = `"${file.fingerprint}"`;
  // an id always stands for the same bytes; private: it needs a session
  const cache = 'private, max-age=31536000, immutable';
  if (request.headers['if-none-match'] === etag)
    return reply.status(304).header('etag', etag).header('cache-control', cache).send();
  const bytes = await file.bytes();
  // a document is handed over, never opened on our origin
  const isShown = file.kind !== 'document';
  const part = rangeOf(request.headers.range, bytes.length);
  if (part) reply.status(206).header('content-range', `bytes ${part.from}-${part.to}/${bytes.length}`);
  return (
    reply
      .header('etag', etag)
      .header('cache-control', cache)
      .header('content-disposition', dispositionOf(isShown ? 'inline' : 'attachment', file.fileName))
      .header('x-content-type-options', 'nosniff')
      // opened by itself it is a page of our origin: it may do nothing there
      .header('content-security-policy', "default-src 'none'; sandbox")
      .type(file.mime)
      .header('accept-ranges', 'bytes')
      .send(part ? bytes.subarray(part.from, part.to + 1) : bytes)
  );
}

/** One stretch, as players of videos ask for it (RFC 9110, 14.2); anything else is answered with the whole. */
function rangeOf(header: string | undefined, size: number): { from: number; to: number } | null {
  const [, start, end] = /^bytes=(\d{0,12})-(\d{0,12})$/.exec(header ?? '') ?? [];
  if (start === undefined || end === undefined || (start === '' && end === '')) return null;
  const from = start === '' ? Math.max(0, size - Number(end)) : Number(start);
  const to = start === '' || end === '' ? size - 1 : Math.min(Number(end), size - 1);
  return from <= to && from < size ? { from, to } : null;
}
