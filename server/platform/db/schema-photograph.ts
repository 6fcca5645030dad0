// The program behind `npm run db:dump`: migrates a throw-away database and writes migrations/schema.sql and the table types.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from './embedded.ts';
import { migrate, migrationsFolder } from './migrate.ts';
import { dumpSchema } from './schema-dump.ts';

/** tables.gen.ts: what Kysely knows of the tables. bigint arrives as number (db.ts sets the parser), jsonb as unknown. */
function writeTableTypes(url: string): void {
  const types = JSON.stringify({ int8: 'number', jsonb: 'unknown', timestamptz: 'Date' });
  const out = join(import.meta.dirname, 'tables.gen.ts');
  const args = [
    '--dialect',
    'postgres',
    '--type-mapping',
    types,
    '--type-only-imports',
    '--singularize',
    '--out-file',
    out,
  ];
  const cli = join(import.meta.dirname, '../../../node_modules/kysely-codegen/dist/cli/bin.js');
  // schema public alone: the job queue's tables are its own business
  execFileSync(process.execPath, [cli, ...args, '--include-pattern', 'public.*'], {
    env: { DATABASE_URL: url },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

const dataDir = mkdtempSync(join(tmpdir(), 'carillon-dump-'));
const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
try {
  const applied = await migrate(postgres.url);
  const file = join(migrationsFolder, 'schema.sql');
  writeFileSync(file, await dumpSchema(postgres.url));
  console.log(`${file}: ${applied.length} migrations`);
  writeTableTypes(postgres.url);
} finally {
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
