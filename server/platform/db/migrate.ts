// Brings a database up to date with migrations/NNNN-readable-name.sql, forward only. Run by main.ts on every start.
// By hand and not by Kysely's Migrator: that one runs all files in one transaction or none at all, which rules out
// `create index concurrently`, and it keeps no checksums, so an edited file would go unnoticed.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export const migrationsFolder = join(import.meta.dirname, '../../../migrations');

interface Migration {
  name: string;
  sql: string;
  checksum: string;
  /** First line `-- no-transaction`: the file holds one statement that PostgreSQL refuses inside a transaction. */
  isAlone: boolean;
}

// Any constant will do, as long as no other program uses it on the same database ("carillon" in ASCII).
const lockKey = '7161679870061866862';

/**
 * Applies what is missing, each file in a transaction of its own, and returns the names applied. Safe when
 * several nodes start at once: one works, the others wait. Throws, with nothing changed by the failing file,
 * when a file fails, when an applied file was edited or is missing, or when the database is newer than the code.
 */
export async function migrate(connectionString: string, folder = migrationsFolder): Promise<string[]> {
  const migrations = readMigrations(folder);
  const client = new pg.Client({ connectionString, application_name: 'carillon migrate' });
  client.on('error', () => {}); // a lost connection also rejects the running query, which is where it is told
  await client.connect();
  try {
    await lock(client);
    await client.query(
      `CREATE TABLE IF NOT EXISTS schema_migrations (
         name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const { rows } = await client.query('SELECT name, checksum FROM schema_migrations ORDER BY name');
    const pending = findPending(migrations, rows);
    for (const migration of pending) await apply(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    await client.end(); // also frees the lock
  }
}

/** The migration files in order. Throws when a name or number is out of line. */
export function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql') && name !== 'schema.sql');
  const numbers = new Set<string>();
  return names.sort().map((file) => {
    if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(file)) {
      throw new Error(`Migration ${file} must be named like 0007-readable-name.sql.`);
    }
    if (numbers.has(file.slice(0, 4))) throw new Error(`Two migrations have the number ${file.slice(0, 4)}.`);
    numbers.add(file.slice(0, 4));
    // A checkout with Windows line endings is the same migration.
    const sql = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n');
    const checksum = createHash('sha256').update(sql).digest('hex');
    return { name: file.replace(/\.sql$/, ''), sql, checksum, isAlone: /^--\s*no-transaction\b/.test(sql) };
  });
}

function findPending(migrations: Migration[], applied: { name: string; checksum: string }[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum } of applied) {
    const migration = known.get(name);
    if (!migration) {
      throw new Error(
        `The database is newer than this Carillon: it has the migration ${name}, which this release does not know. ` +
          'Start the newer release again, or restore the backup made before the upgrade.',
      );
    }
    if (migration.checksum !== checksum) {
      throw new Error(
        `The migration ${name} was edited after this database had applied it. ` +
          'Undo the edit and put the change into a new migration file.',
      );
    }
  }
  const done = new Set(applied.map(({ name }) => name));
  const last = applied.at(-1)?.name ?? '';
  const pending = migrations.filter(({ name }) => !done.has(name));
  const late = pending.find(({ name }) => name < last);
  if (late) {
    throw new Error(
      `The migration ${late.name} comes before ${last}, which is applied already. Give it a later number.`,
    );
  }
  return pending;
}

// Polled instead of pg_advisory_lock(): a waiting query holds a snapshot, for which the `create index concurrently`
// of the node at work would wait in turn.
async function lock(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query(`SELECT pg_try_advisory_lock(${lockKey}) AS locked`);
    if (rows[0].locked) return;
    await sleep(100);
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const record = () =>
    client.query('INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)', [
      migration.name,
      migration.checksum,
    ]);
  try {
    if (migration.isAlone) {
      await client.query(migration.sql);
      await record();
      return;
    }
    await client.query('BEGIN');
    await client.query(migration.sql);
    await record();
    await client.query('COMMIT');
  } catch (error) {
    if (!migration.isAlone) await client.query('ROLLBACK').catch(() => {});
    const { message, position } = error as { message: string; position?: string };
    const line = position ? `:${migration.sql.slice(0, Number(position)).split('\n').length}` : '';
    throw new Error(`Migration ${migration.name}.sql${line} failed: ${message}`, { cause: error });
  }
}
