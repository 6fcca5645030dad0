// The one door to PostgreSQL: a pg pool under Kysely. Times are Dates, bigint counts are numbers (below 2^53 by far).
import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Log } from '../log.ts';
import type { DB } from './tables.gen.ts';

export type Db = Kysely<DB>;

const int8 = 20;
const numeric = 1700;
pg.types.setTypeParser(int8, Number);
pg.types.setTypeParser(numeric, Number);

// Planning one of the engine's statements takes about a millisecond (2026-11-21), as long as what it does for fifty rows: one
// that begins with a comment that names it (claim, record) is prepared once per connection and planned no more. Only for
// texts of which there are few, whatever their values.
const hotStatement = /^\s*\/\* ([a-z_]+) \*\//;
const preparedNames = new Map<string, string>();

function preparedName(text: string): string | undefined {
  const word = hotStatement.exec(text)?.[1];
  if (!word) return undefined;
  const known = preparedNames.get(text);
  if (known) return known;
  const name = `${word}_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
  preparedNames.set(text, name);
  return name;
}

function prepareHotStatements(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  client.query = ((text: unknown, ...rest: unknown[]) => {
    const name = typeof text === 'string' ? preparedName(text) : undefined;
    return name ? query({ name, text, values: rest[0] }, ...rest.slice(1)) : query(text, ...rest);
  }) as typeof client.query;
}

export function openDb(url: string, log: Log, max = 20): { db: Db; pool: pg.Pool } {
  const pool = new pg.Pool({ connectionString: url, max, application_name: 'carillon', keepAlive: true });
  // An idle connection that dies (server restart) must not end the process; the pool opens another.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
  // Neither must one that dies between two statements of a transaction: the next statement fails, and that is enough.
  pool.on('connect', (client) => {
    prepareHotStatements(client);
    client.on('error', (error) => log.debug({ err: error }, 'a database connection was lost'));
  });
  return { db: new Kysely<DB>({ dialect: new PostgresDialect({ pool }) }), pool };
}

/** A connection of its own, outside the pool, for LISTEN and for advisory locks that must live and die with it. */
export async function openSession(url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: name,
    keepAlive: true,
    keepAliveInitialDelayMillis: 2000,
  });
  // the caller listens too, but only once it has the client
  client.on('error', () => {});
  await client.connect();
  return client;
}
export type Session = pg.Client;

/** Somebody else wrote the same at the same moment: whoever looks again may find it done. */
export function isConflict(error: unknown): boolean {
  // unique violation, serialization failure, deadlock
  return ['23505', '40001', '40P01'].includes(String((error as { code?: string })?.code));
}

/** PostgreSQL says that a unique index refused the row. */
export function isUniqueViolation(error: unknown, index?: string): boolean {
  const e = error as { code?: string; constraint?: string };
  return e?.code === '23505' && (index === undefined || e.constraint === index);
}
