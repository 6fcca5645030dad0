// What was found at the addresses of pictures, kept for some minutes: whoever looks at a campaign again, or may only read, makes
// this node ask nobody.
import { AppError } from '../platform/errors.ts';
import { probeImageUrl } from './probe-url.ts';
import type { AskOptions } from './public-address.ts';

interface Found {
  at: number;
  /** Null: there is a picture. */
  refused: string | null;
}
export interface ProbeAsk extends AskOptions {
  workspaceId: string;
  now: Date;
}

const goodForMs = 5 * 60_000;
/** Shorter: somebody may be mending it. */
const badForMs = 30_000;
const atMost = 5000;
const found = new Map<string, Found>();
const keyOf = (url: string, ask: ProbeAsk) => `${ask.workspaceId} ${ask.allowLoopback} ${url}`;

/** Throws MEDIA_UNREACHABLE at `pointer`; UNAVAILABLE when too many are looked at just now. */
export async function lookAtPicture(url: string, pointer: string, ask: ProbeAsk): Promise<void> {
  try {
    await probeImageUrl(url, pointer, ask);
    keep(keyOf(url, ask), { at: ask.now.getTime(), refused: null });
  } catch (error) {
    if (error instanceof AppError && error.code === 'MEDIA_UNREACHABLE')
      keep(keyOf(url, ask), { at: ask.now.getTime(), refused: error.message });
    throw error;
  }
}

/** As it was found lately, without asking anybody. False: nobody looked. Throws MEDIA_UNREACHABLE at `pointer`. */
export function recallPicture(url: string, pointer: string, ask: ProbeAsk): boolean {
  const known = found.get(keyOf(url, ask));
  if (!known) return false;
  const { at, refused } = known;
  if (Math.abs(ask.now.getTime() - at) > (refused === null ? goodForMs : badForMs)) return false;
  if (refused !== null)
    throw new AppError('MEDIA_UNREACHABLE', refused, { errors: [{ pointer, detail: refused }] });
  return true;
}

/** The longest kept makes room. */
function keep(key: string, one: Found): void {
  found.delete(key);
  const [oldest] = found.keys();
  if (oldest !== undefined && found.size >= atMost) found.delete(oldest);
  found.set(key, one);
}
