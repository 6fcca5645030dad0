// HTTP of media.
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { maxUploadBytes, media } from '../../contract/media.ts';
import type { Ctx } from '../platform/context.ts';
import { route } from '../platform/http/route.ts';
import { deleteMedia, type IsMediaInUse, mediaFile, showMedia } from './media.ts';
import { serveFile } from './serve.ts';
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
  return serveFile({ ...file, isShown: file.kind !== 'document' }, request, reply);
}
