// The program behind `npm run db:dump`: migrates a throw-away database and writes migrations/schema.sql.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from './embedded.ts';
import { migrate, migrationsFolder } from './migrate.ts';
import { dumpSchema } from './schema-dump.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'carillon-dump-'));
const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
try {
  const applied = await migrate(postgres.url);
  const file = join(migrationsFolder, 'schema.sql');
  writeFileSync(file, await dumpSchema(postgres.url));
  console.log(`${file}: ${applied.length} migrations`);
} finally {
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
