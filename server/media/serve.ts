// How a stored file is handed out: as what we found it to be, never as what somebody called it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { dispositionOf } from './file-name.ts';

export interface ServedFile {
  mime: string;
  fileName: string;
  /** Stands for the content, which an address never changes. */
  fingerprint: string;
  /** Browsers may show it; everything else is handed over, never opened on our origin. */
  isShown: boolean;
  bytes(): Promise<Buffer>;
}

export async function serveFile(
  file: ServedFile,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const etag = `"${file.fingerprint}"`;
  // private: it needs a session
  const cache = 'private, max-age=31536000, immutable';
  if (request.headers['if-none-match'] === etag)
    return reply.status(304).header('etag', etag).header('cache-control', cache).send();
  const bytes = await file.bytes();
  const part = rangeOf(request.headers.range, bytes.length);
  if (part) reply.status(206).header('content-range', `bytes ${part.from}-${part.to}/${bytes.length}`);
  return (
    reply
      .header('etag', etag)
      .header('cache-control', cache)
      .header('content-disposition', dispositionOf(file.isShown ? 'inline' : 'attachment', file.fileName))
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
