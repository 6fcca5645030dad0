// Builds what browsers load (the admin panel, the website widget) with Vite, when its sources have changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isStopping, runQuietly } from './child.mjs';
import { adviceFor, Failure } from './failure.mjs';
import { checkWritable } from './installation.mjs';
import { node24, program, root } from './paths.mjs';

const bundles = [
  {
    name: 'admin panel',
    config: 'admin/vite.config.ts',
    sources: ['admin', 'contract'],
    output: 'dist/admin',
  },
  {
    name: 'website widget',
    config: 'widget/vite.config.ts',
    sources: ['widget', 'contract'],
    output: 'dist/widget',
  },
];

/** Builds every bundle whose sources differ from those of its last build, or all of them with `force`. */
export async function ensureBundlesBuilt({ force = false } = {}) {
  for (const bundle of bundles) {
    if (!existsSync(join(root, bundle.config))) continue;
    const stampFile = join(root, bundle.output, '.sources.sha256');
    const stamp = hashSources(bundle.sources);
    const isFresh = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
    if (isFresh && !force) continue;
    checkWritable(join(root, bundle.output), `The ${bundle.name} has to be built`);
    console.log(`Building the ${bundle.name}…`);
    const { code, output } = await runQuietly(node24, [program.vite, 'build', '-c', bundle.config], {
      env: { NODE_ENV: 'production' },
    });
    if (isStopping()) process.exit(130);
    if (code !== 0) {
      console.error(output.trim());
      throw new Failure(
        `The ${bundle.name} could not be built. ${adviceFor(output) || 'Vite says why above.'}`,
      );
    }
    writeFileSync(stampFile, stamp);
  }
}

// Contents, not times: git gives every file of a fresh clone, and of a switched branch, a new time.
function hashSources(folders) {
  const hash = createHash('sha256');
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name)),
  );
  for (const file of [...files.sort(), join(root, 'package-lock.json')]) {
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}
