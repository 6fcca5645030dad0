// Requests that never come to their end: what is parsed is held in memory until then, and nobody has proved who they are.
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    /** How long a body that is parsed as a whole may take to come in. */
    bodyWithinMs: number;
  }
  interface FastifyRequest {
    unfinished: NodeJS.Timeout | null;
  }
}

/** Files are streamed and may take longer: no request at all may take more than this to come in. */
export const requestWithinMs = 60 * 60_000;

export function installPatience(app: FastifyInstance): void {
  app.decorate('bodyWithinMs', 30_000);
  app.decorateRequest('unfinished', null);
  app.addHook('onRequest', async (request) => {
    const { raw } = request;
    if (raw.headers['content-length'] === undefined && raw.headers['transfer-encoding'] === undefined) return;
    const timer = setTimeout(() => {
      if (!raw.complete) raw.destroy();
    }, app.bodyWithinMs);
    timer.unref();
    request.unfinished = timer;
    raw.once('close', () => clearTimeout(timer));
  });
  // the body is there, or is a stream that its route reads
  app.addHook('preValidation', async ({ unfinished }) => {
    if (unfinished) clearTimeout(unfinished);
  });
}
