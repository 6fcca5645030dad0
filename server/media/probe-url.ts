// Looks whether a picture by URL can be had at all, before thousands of sends fail on it. The request leaves from our own
// network, so only public addresses are asked, on every redirect again, after name resolution (no SSRF).
import { lookup as resolve } from 'node:dns';
import { fileTypeFromBuffer } from 'file-type';
import { Agent, request } from 'undici';
import { imageMimes } from '../../contract/media.ts';
import { AppError } from '../platform/errors.ts';
import { createSlots } from '../platform/slots.ts';
import { type AskOptions, isAllowed, mayAsk } from './public-address.ts';

/** Telegram fetches photos of up to 5 MB by URL (community documentation of the Bot API, 2026-11). */
const maxBytes = 5 * 1024 * 1024;
const timeoutMs = 6000;
const totalTimeoutMs = 10_000;
const maxRedirects = 3;
const slots = createSlots(8, 50);

/** Resolves with the picture's type. Throws MEDIA_UNREACHABLE at `pointer`, with what to do. */
export function probeImageUrl(
  url: string,
  pointer: string,
  options: AskOptions,
): Promise<{ mime: string; sizeBytes: number }> {
  return slots.run(() => probe(url, pointer, options));
}

async function probe(
  url: string,
  pointer: string,
  options: AskOptions,
): Promise<{ mime: string; sizeBytes: number }> {
  const agent = new Agent({
    connect: { lookup: guardedLookup(options), timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  // one limit for the whole look, however slowly the bytes drip
  const signal = AbortSignal.timeout(totalTimeoutMs);
  const refuse = (detail: string, cause?: unknown) =>
    new AppError('MEDIA_UNREACHABLE', detail, { errors: [{ pointer, detail }], cause });
  try {
    let target = new URL(url);
    for (let hop = 0; ; hop++) {
      if (!mayAsk(target, options))
        throw refuse(
          'This address is not on the public internet, so Telegram cannot fetch it. Upload the picture instead.',
        );
      const answer = await request(target, {
        dispatcher: agent,
        signal,
        method: 'GET',
        headers: { accept: 'image/*', 'user-agent': 'Carillon' },
      });
      const { location } = answer.headers;
      if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === 'string') {
        await answer.body.dump();
        if (hop >= maxRedirects)
          throw refuse('This address redirects too often. Use the address of the picture itself.');
        target = new URL(location, target);
        if (!/^https?:$/.test(target.protocol))
          throw refuse(
            'This address redirects to something that is no web address. Use the address of the picture itself.',
          );
        continue;
      }
      if (answer.statusCode !== 200) {
        await answer.body.dump();
        throw refuse(
          `The server answered ${answer.statusCode} for this address. Check it in a browser, or upload the picture instead.`,
        );
      }
      const bytes = await readUpTo(answer.body, maxBytes);
      if (!bytes)
        throw refuse(
          'This picture is larger than 5 MB, the most that Telegram fetches by address. Upload a smaller one.',
        );
      const type = await fileTypeFromBuffer(bytes);
      if (!type || !imageMimes.includes(type.mime as never))
        throw refuse(
          'There is no picture at this address (JPEG, PNG, GIF or WebP). Use the address of the picture itself.',
        );
      return { mime: type.mime, sizeBytes: bytes.length };
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refuse(
      'This address could not be reached. Check it in a browser, or upload the picture instead.',
      error,
    );
  } finally {
    await agent.destroy();
  }
}

async function readUpTo(body: AsyncIterable<Buffer>, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Judges what a name resolves to, so that no name can point the request at the inside. */
function guardedLookup(options: AskOptions): typeof resolve {
  return ((
    host: string,
    given: object,
    done: (error: Error | null, address?: unknown, family?: number) => void,
  ) => {
    resolve(host, { ...given, all: true }, (error, addresses) => {
      if (error) return done(error);
      const allowed = addresses.filter(({ address }) => isAllowed(address, options));
      const [first] = allowed;
      if (!first) return done(new Error('the name resolves to an address inside a private network'));
      if ('all' in given && given.all) return done(null, allowed);
      done(null, first.address, first.family);
    });
  }) as typeof resolve;
}
