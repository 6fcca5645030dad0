// Turns an HTTP request into Params: query string, form, JSON or multipart (telegram.md §1 and §9.1).
import type { IncomingMessage } from 'node:http';
import busboy from '@fastify/busboy';
import { ApiError, badRequest } from './api-error.ts';
import { Params, type Upload } from './params.ts';

/** The front server answers 413 above 50 MB plus room for the form itself (telegram.md §2 "File passing" [D][U]). */
const BODY_LIMIT_BYTES = 52 * 1024 * 1024;

function collect(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= BODY_LIMIT_BYTES) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => {
      if (sizeBytes > BODY_LIMIT_BYTES) reject(new ApiError(413));
      else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    });
    request.on('error', reject);
  });
}

function parseMultipart(request: IncomingMessage, values: Record<string, unknown>): Promise<Params> {
  return new Promise((resolve, reject) => {
    const files = new Map<string, Upload>();
    const parser = new busboy.Busboy({
      headers: request.headers as { 'content-type': string },
      limits: { fieldSize: 1024 * 1024, fileSize: BODY_LIMIT_BYTES },
      // A part with a file name is a file even when the client gives it a text type.
      isPartAFile: (_field, contentType, filename) =>
        filename !== undefined || contentType === 'application/octet-stream',
    });
    parser.on('field', (name, value) => {
      values[name] = value;
    });
    parser.on('file', (name, stream, filename, _encoding, mimeType) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('limit', () => reject(new ApiError(413)));
      stream.on('end', () => files.set(name, { filename, mimeType, bytes: Buffer.concat(chunks) }));
    });
    parser.on('finish', () => resolve(new Params(values, files)));
    parser.on('error', () => reject(badRequest("can't parse multipart form data")));
    request.pipe(parser);
  });
}

/** Reads the whole request. @throws ApiError 400 for a body that cannot be read, 413 for one that is too large. */
export async function readParams(request: IncomingMessage, query: string): Promise<Params> {
  const values: Record<string, unknown> = query === '' ? {} : Object.fromEntries(new URLSearchParams(query));
  const contentType = request.headers['content-type'] ?? '';
  if (contentType.startsWith('multipart/form-data')) return parseMultipart(request, values);
  const body = await collect(request);
  if (body.length === 0) return new Params(values);
  if (contentType.startsWith('application/json')) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(body.toString('utf8'));
    } catch {
      throw badRequest("can't parse JSON object");
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      throw badRequest('expected an Object');
    }
    return new Params(query === '' ? (parsed as Record<string, unknown>) : Object.assign(values, parsed));
  }
  if (contentType.startsWith('application/x-www-form-urlencoded') || contentType === '') {
    return new Params(Object.assign(values, Object.fromEntries(new URLSearchParams(body.toString('utf8')))));
  }
  return new Params(values);
}
