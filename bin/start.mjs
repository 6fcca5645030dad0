// npm start: installs what is missing, builds what is stale, then runs the server until it is told to stop.
import { ensureBundlesBuilt } from './bundles.mjs';
import { run } from './child.mjs';
import { main } from './failure.mjs';
import { ensureInstalled } from './installation.mjs';
import { node24 } from './paths.mjs';

await main(async (args) => {
  await ensureInstalled();
  await ensureBundlesBuilt();
  return run(node24, ['server/main.ts', ...args], { stop: 'lifeline' });
});
