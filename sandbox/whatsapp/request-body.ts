// Reads a request to Graph: JSON, form, multipart or raw bytes. This is the hot path of every benchmark.
import type { IncomingMessage } from 'node:http';
import busboy from '@fastify/busboy';
import type { Fields } from './content-read.ts';
import { GraphError } from './graph-error.ts';

const BODY_LIMIT_BYTES = 101 * 1024 * 1024;

export interface UploadedFile {
  name: string | undefined;
  mime: string;
  bytes: Buffer;
}

export interface GraphBody {
  fields: Fields;
  file?: UploadedFile;
}

export function readRaw(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= BODY_LIMIT_BYTES) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => {
      if (sizeBytes > BODY_LIMIT_BYTES)
        reject(new GraphError(100, { status: 413, message: '(#100) The request is too large.' }));
      else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    });
    request.on('error', reject);
  });
}

function readMultipart(request: IncomingMessage): Promise<GraphBody> {
  return new Promise((resolve, reject) => {
    const fields: Fields = {};
    let file: UploadedFile | undefined;
    const parser = new busboy.Busboy({
      headers: request.headers as { 'content-type': string },
      limits: { fieldSize: 1024 * 1024, fileSize: BODY_LIMIT_BYTES },
    });
    parser.on('field', (name, value) => {
      fields[name] = value;
    });
    parser.on('file', (_name, stream, filename, _encoding, mime) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        file = { name: filename, mime, bytes: Buffer.concat(chunks) };
      });
    });
    parser.on('finish', () => resolve(file ? { fields, file } : { fields }));
    parser.on('error', () =>
      reject(new GraphError(100, { message: '(#100) The multipart body cannot be read.' })),
    );
    request.pipe(parser);
  });
}

/** @throws GraphError 100 for a body that cannot be read. */
export async function readBody(request: IncomingMessage): Promise<GraphBody> {
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) return readMultipart(request);
  const raw = await readRaw(request);
  if (raw.length === 0) return { fields: {} };
  if (type.startsWith('application/x-www-form-urlencoded'))
    return { fields: Object.fromEntries(new URLSearchParams(raw.toString())) };
  try {
    const parsed: unknown = JSON.parse(raw.toString());
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return { fields: parsed as Fields };
  } catch {
    // said below
  }
  throw new GraphError(100, { message: '(#100) The body is not a JSON object.' });
}
