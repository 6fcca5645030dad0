// npm run check: types, format, lint and forgotten promises. Runs all of them, then says which failed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isStopping, run } from './child.mjs';
import { main } from './failure.mjs';
import { ensureInstalled } from './installation.mjs';
import { node24, program, root } from './paths.mjs';

const promises = ['-A', 'all', '-D', 'typescript/no-floating-promises'];
const ignored = ['node_modules', 'dist', 'coverage', '.carillon'].flatMap((name) => [
  '--ignore-pattern',
  name,
]);

await main(async () => {
  await ensureInstalled();
  const checks = ['tsconfig.json', 'admin/tsconfig.json', 'widget/tsconfig.json']
    .filter((project) => existsSync(join(root, project)))
    .map((project) => [`tsc -p ${project}`, [program.tsc, '-p', project]]);
  checks.push(['biome check', [program.biome, 'check', '--max-diagnostics=100']]);
  checks.push(['oxlint', [program.oxlint, '--type-aware', '--quiet', ...promises, ...ignored]]);
  const failed = [];
  for (const [name, args] of checks) {
    console.log(`\n— ${name}`);
    if ((await run(node24, args)) !== 0) failed.push(name);
    if (isStopping()) return 130;
  }
  console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
});
