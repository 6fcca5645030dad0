// Lighthouse on the built panel of a running Carillon: node bin/lighthouse.mjs http://localhost:3000 [/campaigns …] < cookie.
// The cookie of a session ("name=value") comes by standard input, where no list of processes shows it. Lighthouse is fetched for this run alone, into a folder that goes again: a hundred packages are no part of the product. The
// figures belong into docs/performance.md; what CI holds is the size of the first load (admin/bundle.test.ts) and axe.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';

const version = '13.5.0';
const [address, ...given] = process.argv.slice(2);
if (!address) {
  console.error(
    'Usage: node bin/lighthouse.mjs <address> [paths…], with "name=value" of a session’s cookie as its input',
  );
  process.exit(1);
}
const cookie = process.stdin.isTTY ? '' : readFileSync(0, 'utf8').trim();
const paths = given.length > 0 ? given : ['/sign-in', '/campaigns', '/contacts', '/templates'];
const folder = mkdtempSync(join(tmpdir(), 'carillon-lighthouse-'));
try {
  const headers = join(folder, 'headers.json');
  writeFileSync(headers, JSON.stringify(cookie ? { Cookie: cookie } : {}), { mode: 0o600 });
  for (const path of paths) {
    const report = join(folder, 'report.json');
    const args = [
      '--yes',
      `lighthouse@${version}`,
      new URL(path, address).href,
      '--quiet',
      '--preset=desktop',
      '--only-categories=performance,accessibility,best-practices',
      '--chrome-flags=--headless=new --no-sandbox --disable-gpu',
      '--output=json',
      `--output-path=${report}`,
      `--extra-headers=${headers}`,
    ];
    const run = spawnSync('npx', args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        CHROME_PATH: findChromium() ?? process.env.CHROME_PATH,
        npm_config_cache: join(folder, 'npm'),
      },
      timeout: 300_000,
    });
    if (run.status !== 0) throw new Error(`Lighthouse ended with ${run.status ?? run.signal} at ${path}.`);
    const { categories, audits } = JSON.parse(readFileSync(report, 'utf8'));
    const score = (name) => Math.round((categories[name].score ?? 0) * 100);
    const low = Object.values(audits).filter(
      (one) => one.score !== null && one.score < 0.9 && one.scoreDisplayMode === 'binary',
    );
    console.log(
      `${path}: performance ${score('performance')}, accessibility ${score('accessibility')}, best practices ${score('best-practices')}` +
        ` (largest paint ${audits['largest-contentful-paint'].displayValue}, blocking ${audits['total-blocking-time'].displayValue})` +
        (low.length > 0 ? `; below: ${low.map((one) => one.id).join(', ')}` : ''),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
