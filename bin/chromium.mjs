// Finds a Chromium for the tests that drive a browser, and installs Debian's when we may.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isStopping, runQuietly } from './child.mjs';
import { Failure } from './failure.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Absolute path of a browser on this machine, or undefined. */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) {
    if (existsSync(process.env.CHROMIUM_PATH)) return process.env.CHROMIUM_PATH;
    throw new Failure(`CHROMIUM_PATH names ${process.env.CHROMIUM_PATH}, which does not exist.`);
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...candidates, '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'].find(isExecutable);
}

/** As findChromium(), but installs one as root on Debian; elsewhere throws with what to install. */
export async function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  const isDebian =
    existsSync('/etc/debian_version') && !isUbuntu() && spawnSync('apt-get', ['--version']).status === 0;
  if (!isDebian || process.getuid?.() !== 0) throw new Failure(whatToInstall(isDebian));
  console.log('Installing Chromium for the browser tests (apt-get install chromium, about a minute)…');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const update = await runQuietly('apt-get', ['update'], { env });
  const args = ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation'];
  const install = await runQuietly('apt-get', args, { env });
  if (isStopping()) process.exit(130);
  const installed = findChromium();
  if (installed) return installed;
  console.error(`${update.output}${install.output}`.trim());
  throw new Failure(`Chromium could not be installed; apt-get says why above. ${whatToInstall(true)}`);
}

// Its package "chromium" is only a pointer to a snap, which containers and the root user cannot run.
function isUbuntu() {
  try {
    return /^ID=ubuntu/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

function whatToInstall(isDebian) {
  const how = isDebian
    ? 'sudo apt-get install chromium'
    : isUbuntu()
      ? 'Google Chrome (https://www.google.com/chrome/, the .deb package)'
      : process.platform === 'darwin'
        ? 'brew install --cask google-chrome'
        : "Chromium or Google Chrome with your system's package manager (Fedora: dnf install chromium; Arch: pacman -S chromium)";
  return `The browser tests need Chromium. Install it: ${how}\nor set CHROMIUM_PATH to the program, then run npm test again.`;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
