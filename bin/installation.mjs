// Makes sure that node_modules is what package-lock.json says, and that the pinned Node 24 is there.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isStopping, runQuietly } from './child.mjs';
import { adviceFor, Failure } from './failure.mjs';
import { node24, root } from './paths.mjs';

/** Installs the packages when they are missing or of another version. Takes 5 ms when there is nothing to do. */
export async function ensureInstalled() {
  if (!existsSync(join(root, 'package-lock.json'))) {
    throw new Failure('package-lock.json is missing. Get it back with "git checkout package-lock.json".');
  }
  if (!isUpToDate()) await install();
  if (existsSync(node24)) return;
  throw new Failure(
    `The pinned Node.js is missing (${node24}). Its package puts it there by an install script:\n` +
      'check that "npm config get ignore-scripts" says false, delete node_modules, and start again.',
  );
}

async function install() {
  checkWritable(root, 'Packages have to be installed');
  console.log('Installing packages (20 s to a minute or two)…');
  // npm run by npm is the one the person chose; --include=dev because NODE_ENV=production would leave Node 24 out.
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const options = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  let { code, output } = await runQuietly(command, [...first, 'ci', ...options]);
  // `npm ci` wants the lock file to name the builds of optional packages for all platforms, and a registry mirror
  // need not carry them. A plain install takes the same versions from the lock file and leaves that file alone.
  if (code !== 0 && output.includes('EUSAGE') && !isStopping()) {
    ({ code, output } = await runQuietly(command, [...first, 'install', '--no-save', ...options]));
  }
  if (isStopping()) process.exit(130);
  if (code === 0) return;
  console.error(output.trim());
  throw new Failure(`The packages could not be installed. ${adviceFor(output) || 'npm says why above.'}`);
}

/** Tries it in the folder and those in it: a stranger's file below ends a build as surely as the folder itself. */
export function checkWritable(folder, why) {
  let place = folder;
  try {
    mkdirSync(folder, { recursive: true });
    const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    // a checkout has folders that are nobody's to write (.git); packages go beside them
    for (place of folder === root ? [root] : [folder, ...below.map(({ name }) => join(folder, name))]) {
      const probe = join(place, `.writable-${process.pid}`);
      writeFileSync(probe, '');
      rmSync(probe);
    }
  } catch (error) {
    const advice = adviceFor(error.code) || 'Remove what stands there, or make it a folder.';
    throw new Failure(`${why}, and ${place} cannot be written (${error.code}). ${advice}`);
  }
}

// npm writes what it has put into node_modules to node_modules/.package-lock.json as its last act, so an install
// that was cut short is not taken for complete, and one made by hand counts.
function isUpToDate() {
  const installedFile = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile) || !existsSync(node24)) return false;
  const wanted = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(installedFile);
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    // Optional ones are missing where they are made for other platforms.
    if (!found) return Boolean(entry.optional || entry.devOptional || entry.peer);
    if (found.version !== entry.version || found.integrity !== entry.integrity) return false;
    // somebody has deleted it since
    return found.link || existsSync(join(root, path, 'package.json'));
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    throw new Failure(
      `${file} is damaged. Delete node_modules, or get the file back from git, and start again.`,
    );
  }
}
