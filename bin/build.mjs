// npm run build: dist/ for the published package. Browser bundles by Vite, server as JavaScript by tsc, migrations copied,
// so that `node dist/server/main.js` needs neither the sources nor a build tool.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBundlesBuilt } from './bundles.mjs';
import { run } from './child.mjs';
import { main } from './failure.mjs';
import { ensureInstalled } from './installation.mjs';
import { node24, program, root } from './paths.mjs';

await main(async () => {
  await ensureInstalled();
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await ensureBundlesBuilt({ force: true });
  const code = await run(node24, [program.tsc, '-p', 'tsconfig.build.json']);
  if (code !== 0) return code;
  cpSync(join(root, 'migrations'), join(root, 'dist/migrations'), { recursive: true });
  cpSync(join(root, 'package.json'), join(root, 'dist/package.json')); // the server reads its version there
  // Not TypeScript, so tsc leaves it behind.
  cpSync(join(root, 'sandbox/phones'), join(root, 'dist/sandbox/phones'), { recursive: true, force: true });
  console.log('Built dist/. Run it with: node --max-semi-space-size=2 dist/server/main.js');
  return 0;
});
