// Fetches a file by URL the way Telegram does, with one restriction: nothing leaves this machine.
import { badRequest } from './api-error.ts';
import { isLocalHost } from './local-address.ts';

const TIMEOUT_MS = 5_000;

export interface RemoteFile {
  bytes: Buffer;
  name: string;
  mimeType: string;
}

/** Stops reading one byte after the limit: a huge file must not be downloaded to learn that it is huge. */
async function readUpTo(response: Response, limitBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) break;
  }
  return Buffer.concat(chunks);
}

/** @throws ApiError with the platform's words when the content cannot be had (telegram.md §5). */
export async function fetchRemoteFile(address: string, limitBytes: number): Promise<RemoteFile> {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw badRequest('wrong HTTP URL specified');
  }
  // A public address cannot be reached from a sandbox, which is what Telegram says of a server that is down.
  if (!isLocalHost(url.hostname)) throw badRequest('failed to get HTTP URL content');
  let response: Response;
  let bytes: Buffer;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'manual' });
    bytes = await readUpTo(response, limitBytes);
  } catch {
    throw badRequest('failed to get HTTP URL content');
  }
  if (!response.ok || bytes.length > limitBytes) throw badRequest('failed to get HTTP URL content');
  if (bytes.length === 0) throw badRequest('wrong type of the web page content');
  const mimeType = (response.headers.get('content-type') ?? 'application/octet-stream').split(';')[0]!.trim();
  return { bytes, name: decodeURIComponent(url.pathname.split('/').at(-1) ?? '') || 'file', mimeType };
}
