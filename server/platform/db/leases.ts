// Ownership of lanes and pollers: session-level advisory locks on one dedicated connection. The locks live exactly as long
// as that connection: a killed node frees them at once, a cut network within seconds (tight TCP keepalives both ways).
// Leases keep two nodes from doing the same work at the same time; that nobody is messaged twice rests on row claims alone.
import { createHash } from 'node:crypto';
import type { QueryResult } from 'pg';
import { gather } from '../gather.ts';
import type { Log } from '../log.ts';
import { openSession, type Session } from './db.ts';

export interface Leases {
  /** True when this node now holds `key`; false when another does or the connection is down. */
  tryAcquire(key: string): Promise<boolean>;
  /** Those of `keys` that this node now holds, asked for in one statement. */
  tryAcquireAll(keys: string[]): Promise<Set<string>>;
  /** Those of `keys` that no node holds at this moment; none when the connection is down. */
  freeOf(keys: string[]): Promise<string[]>;
  release(key: string): Promise<void>;
  held(key: string): boolean;
  /** Called with every key that was lost with the connection; the work under it must stop at once. */
  onLost(listener: (keys: string[]) => void): void;
  stop(): Promise<void>;
}

const heartbeatMs = 2000;
const heartbeatTimeoutMs = 4000;

export function createLeases(url: string, log: Log): Leases {
  const held = new Set<string>();
  const listeners = new Set<(keys: string[]) => void>();
  const asked = new Map<string, Promise<boolean>>();
  let session: Promise<Session> | null = null;
  let current: Session | null = null;
  let stopped = false;

  function connect(): Promise<Session> {
    session ??= open().catch((error) => {
      session = null;
      throw error;
    });
    return session;
  }

  async function open(): Promise<Session> {
    const client = await openSession(url, 'carillon-leases');
    client.on('error', (error) => log.warn({ err: error }, 'the lease connection failed'));
    current = client;
    // the late end of an earlier connection must not tear down the one that has taken its place
    client.on('end', () => {
      if (current === client) lost();
    });
    // the server's side: a vanished node is noticed after about 5 s instead of 2 hours
    await client.query(
      "SELECT set_config('tcp_keepalives_idle', '2', false), set_config('tcp_keepalives_interval', '1', false), set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '5000', false)",
    );
    return client;
  }

  // one statement at a time: pg warns about overlapping queries on one client and will refuse them
  let turn: Promise<unknown> = Promise.resolve();
  function query(text: string, values: unknown[] = []): Promise<QueryResult> {
    const mine = turn.then(async () => (await connect()).query(text, values));
    turn = mine.catch(() => {});
    return mine;
  }

  function lost(): void {
    session = null;
    current = null;
    const keys = [...held];
    held.clear();
    if (keys.length === 0 || stopped) return;
    log.warn({ keys: keys.length }, 'the lease connection was lost: lanes of this node stop');
    for (const listener of listeners) listener(keys);
  }

  const heartbeat = setInterval(async () => {
    if (!session) return;
    try {
      await within(heartbeatTimeoutMs, query('SELECT 1'));
    } catch (error) {
      log.warn({ err: error }, 'the lease connection does not answer');
      const client = await session?.catch(() => null);
      lost();
      (client as { connection?: { stream?: { destroy(): void } } } | null)?.connection?.stream?.destroy();
    }
  }, heartbeatMs).unref();

  async function askAll(keys: string[]): Promise<boolean[]> {
    try {
      const numbers = keys.map(lockNumber);
      const result = await query(
        'SELECT n, pg_try_advisory_lock(n::bigint) AS got FROM unnest($1::text[]) n',
        [numbers],
      );
      const got = new Set(result.rows.filter((row) => row.got).map((row) => row.n));
      return keys.map((key, index) => {
        const isOurs = got.has(numbers[index]);
        if (isOurs) held.add(key);
        return isOurs;
      });
    } catch (error) {
      log.warn({ err: error }, 'leases could not be asked for');
      return keys.map(() => false);
    }
  }
  const ask = gather(askAll, 500);

  /** A session may take the same lock twice and must then give it back twice: two askers share one question. */
  function acquire(key: string): Promise<boolean> {
    if (stopped) return Promise.resolve(false);
    if (held.has(key)) return Promise.resolve(true);
    const question = asked.get(key) ?? ask(key).finally(() => asked.delete(key));
    asked.set(key, question);
    return question;
  }

  return {
    tryAcquire: acquire,
    async tryAcquireAll(keys) {
      const got = await Promise.all(keys.map(acquire));
      return new Set(keys.filter((_, index) => got[index]));
    },
    async freeOf(keys) {
      if (keys.length === 0) return [];
      try {
        const numbers = keys.map(lockNumber);
        const result = await query(
          `SELECT n FROM unnest($1::text[]) n WHERE n::bigint NOT IN (${locksHeld})`,
          [numbers],
        );
        const free = new Set(result.rows.map((row) => row.n));
        return keys.filter((_, index) => free.has(numbers[index]));
      } catch (error) {
        log.warn({ err: error }, 'free leases could not be looked for');
        return [];
      }
    },
    async release(key) {
      if (!held.delete(key) || !session) return;
      try {
        await query('SELECT pg_advisory_unlock($1)', [lockNumber(key)]);
      } catch (error) {
        log.warn({ err: error }, 'a lease could not be released');
      }
    },
    held: (key) => held.has(key),
    onLost: (listener) => listeners.add(listener),
    async stop() {
      stopped = true;
      clearInterval(heartbeat);
      held.clear();
      await (await session?.catch(() => null))?.end();
    },
  };
}

/** SQL: `lock`, the number of each lock of this kind that a living session of this database holds, and the session's `pid`. */
export const lockHolders = `SELECT (classid::bigint << 32) | objid::bigint AS lock, pid FROM pg_locks
  WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

export const locksHeld = `SELECT lock FROM (${lockHolders}) holders`;

/** A 64-bit lock number; pg-boss and the migrations use other classes of locks, a clash is one in 2^64. */
export function lockNumber(key: string): string {
  return createHash('sha256').update(`carillon:${key}`).digest().readBigInt64BE().toString();
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
