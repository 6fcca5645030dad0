// npm run db:dump: writes migrations/schema.sql, the photograph of what the migrations make.
import { run } from './child.mjs';
import { main } from './failure.mjs';
import { ensureInstalled } from './installation.mjs';
import { node24 } from './paths.mjs';

await main(async () => {
  await ensureInstalled();
  return run(node24, ['server/platform/db/schema-photograph.ts']);
});
