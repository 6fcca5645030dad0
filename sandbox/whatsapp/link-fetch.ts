// Media sent by address: the platform fetches it and keeps it for ten minutes (Cloud API, media, 2026-11-20). Nothing leaves this
// machine: a public address cannot be fetched here, which is what the platform says of a server that is down.
import { isLocalHost } from '../telegram/local-address.ts';
import { keepBytes, type MediaKind, mediaProblem } from './media.ts';
import type { WaState } from './state.ts';

const TIMEOUT_MS = 5_000;
const CACHE_MS = 10 * 60_000;
const MAX_BYTES = 100 * 1024 * 1024;

interface Fetched {
  until: number;
  mime: string;
  sizeBytes: number;
  sha256: string;
  failed?: string;
}

const caches = new WeakMap<WaState, Map<string, Fetched>>();

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

async function fetchOnce(state: WaState, link: string): Promise<Fetched> {
  const failed = (why: string): Fetched => ({ until: 0, mime: '', sizeBytes: 0, sha256: '', failed: why });
  const url = URL.parse(link);
  if (!url || !isLocalHost(url.hostname))
    return failed(`Media download from ${link} failed: the host cannot be reached.`);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'manual' });
    const bytes = await readUpTo(response, MAX_BYTES);
    if (!response.ok)
      return failed(`Downloading media from weblink failed with http code ${response.status}.`);
    const mime = response.headers.get('content-type') ?? 'application/octet-stream';
    return {
      until: state.now() + CACHE_MS,
      mime,
      sizeBytes: bytes.length,
      sha256: keepBytes(state.media, bytes),
    };
  } catch {
    return failed(`Media download from ${link} failed: the host cannot be reached.`);
  }
}

async function fetchCached(state: WaState, link: string): Promise<Fetched> {
  let cache = caches.get(state);
  if (!cache) {
    cache = new Map();
    caches.set(state, cache);
  }
  const known = cache.get(link);
  if (known && known.until > state.now()) return known;
  const fetched = await fetchOnce(state, link);
  if (fetched.failed === undefined) cache.set(link, fetched);
  return fetched;
}

/** What is wrong with a link for a kind of message; undefined = it was fetched and fits. */
export async function fetchProblem(
  state: WaState,
  kind: MediaKind,
  link: string,
): Promise<string | undefined> {
  const fetched = await fetchCached(state, link);
  return fetched.failed ?? mediaProblem(kind, fetched.mime, fetched.sizeBytes);
}

/** The bytes of a link that was fetched, for the phones. */
export function fetchedHash(state: WaState, link: string): { sha256: string; mime: string } | undefined {
  return caches.get(state)?.get(link);
}
