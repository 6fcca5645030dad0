// What the door of webhooks remembers for a few seconds. Addresses are anybody's to try: what was looked for and is not there
// is kept apart, so that no flood of invented ids pushes out what is there.
import type { Clock } from '../platform/clock.ts';

interface Entry<V> {
  value: Promise<V>;
  until: number;
}

export interface CacheLimits {
  keepMs: number;
  /** Of those that were found; beyond, the longest unasked goes. */
  found: number;
  /** Of those that were not. */
  missing: number;
}

export interface HookCache<V> {
  get(key: string): Promise<V>;
  forget(key: string): void;
  forgetAll(): void;
}

/** News that come while something is being read count as well: it is then not kept. */
export function createHookCache<V>(
  clock: Clock,
  limits: CacheLimits,
  read: (key: string) => Promise<V>,
  isMissing: (value: V) => boolean,
): HookCache<V> {
  // as many as are asked for at the same time, and never longer
  const reading = new Map<string, Entry<V>>();
  const found = new Map<string, Entry<V>>();
  const missing = new Map<string, Entry<V>>();
  const all = [reading, found, missing];

  /** A map keeps its order: what was asked for last stands last. */
  function keep(where: Map<string, Entry<V>>, key: string, entry: Entry<V>, most: number): void {
    where.delete(key);
    where.set(key, entry);
    if (where.size > most) where.delete(where.keys().next().value!);
  }

  async function settle(key: string, entry: Entry<V>): Promise<void> {
    // a database that failed is asked again
    const isThere = await entry.value.then((value) => !isMissing(value)).catch(() => null);
    if (reading.get(key) !== entry) return;
    reading.delete(key);
    if (isThere === true) keep(found, key, entry, limits.found);
    if (isThere === false) keep(missing, key, entry, limits.missing);
  }

  return {
    get(key) {
      const now = clock.elapsedMs();
      const known = all.map((where) => where.get(key)).find((entry) => entry && now < entry.until);
      if (known && found.get(key) === known) keep(found, key, known, limits.found);
      if (known) return known.value;
      const entry = { value: read(key), until: now + limits.keepMs };
      for (const where of all) where.delete(key);
      reading.set(key, entry);
      void settle(key, entry);
      return entry.value;
    },
    forget(key) {
      for (const where of all) where.delete(key);
    },
    forgetAll() {
      for (const where of all) where.clear();
    },
  };
}
