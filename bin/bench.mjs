// npm run bench: the measurements behind docs/performance.md. Arguments choose among them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { Failure, main } from './failure.mjs';
import { ensureInstalled } from './installation.mjs';
import { node24, root } from './paths.mjs';

await main(async (args) => {
  await ensureInstalled();
  if (!existsSync(join(root, 'bench/run.ts'))) throw new Failure('There is no bench/run.ts yet.');
  return run(node24, ['bench/run.ts', ...args]);
});
