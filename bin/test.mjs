// npm test: installs what is missing (a Chromium too), builds what is stale, runs the tests, and ends with the line
// "N passed, N failed". Arguments go to Vitest: npm test -- server/campaigns, npm test -- --project e2e.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBundlesBuilt } from './bundles.mjs';
import { run } from './child.mjs';
import { ensureChromium, findChromium } from './chromium.mjs';
import { main } from './failure.mjs';
import { ensureInstalled } from './installation.mjs';
import { node24, program, root } from './paths.mjs';

await main(async (args) => {
  await ensureInstalled();
  const chromium = needsBrowser(args) ? await ensureChromium() : findChromium();
  await ensureBundlesBuilt();
  const folder = mkdtempSync(join(tmpdir(), 'carillon-tally-'));
  const tallyFile = join(folder, 'tally.json');
  try {
    const reporters = ['--reporter=default', '--reporter=./bin/tally-reporter.mjs'];
    const code = await run(node24, [program.vitest, 'run', ...reporters, ...args], {
      ipc: true,
      env: {
        CARILLON_TALLY: tallyFile,
        // what Node made of our files, kept from one of hundreds of processes to the next
        NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'),
        ...(chromium && { CHROMIUM_PATH: chromium }),
      },
    });
    return close(code, existsSync(tallyFile) ? JSON.parse(readFileSync(tallyFile, 'utf8')) : undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

// A run that is narrowed to other files does without a browser.
function needsBrowser(args) {
  const filters = args.filter((arg) => !arg.startsWith('-'));
  return (
    existsSync(join(root, 'e2e')) &&
    (filters.length === 0 || filters.some((filter) => filter.includes('e2e')))
  );
}

function close(code, tally) {
  if (!tally) {
    console.error('The tests did not run to their end.');
    return code || 1;
  }
  const { passed, failed, skipped } = tally;
  const isGood = failed === 0 && passed > 0;
  if (failed === 0 && passed === 0) console.error('No test ran.');
  console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  return isGood ? code : code || 1;
}
