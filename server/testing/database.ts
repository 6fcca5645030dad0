// A real database for a test file: a clone of the migrated template, gone when the file is through.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, inject } from 'vitest';

/**
 * Connection string of a fresh, migrated, empty database, owned by the application's role. Call it at the top of a
 * file or in beforeAll: it is dropped after the file's tests, open connections or not.
 */
export async function testDatabase(): Promise<string> {
  return clone('carillon_template');
}

/** The same without any migration applied: an empty database, for tests of the migrations themselves. */
export async function emptyDatabase(): Promise<string> {
  return clone('template0');
}

async function clone(template: string): Promise<string> {
  const { templateUrl } = inject('testServer');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER carillon`);
  afterAll(() => asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  const url = new URL(templateUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('testServer').adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
