// Under which account PostgreSQL runs. It refuses uid 0, so a root process lends it another one, together with
// the single capability to pass through folders that only root may enter (a checkout in /root, DATA_DIR at 0700).
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lchownSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DatabaseAccount {
  /** Program and arguments to put before a command so that it runs under the account. */
  prefix: string[];
  /** Extra options for child_process.spawn. */
  spawnOptions: { uid?: number; gid?: number };
  /** Present when files must belong to another account than ours. */
  owner?: { uid: number; gid: number };
  /** Whether the kernel ends a command run with this prefix when we die. */
  diesWithUs: boolean;
}

/**
 * Picks the account and proves that it can run `program`. `dataDir` is opened for passing through (0711) only
 * when there is no other way. Throws with what to do when root has no way to drop its rights.
 */
export function chooseDatabaseAccount(program: string, dataDir: string, dieWithUs: boolean): DatabaseAccount {
  const deathSignal = dieWithUs ? ['--pdeathsig', 'INT'] : [];
  if (process.platform === 'win32' || process.getuid?.() !== 0) {
    const prefix = ['setpriv', ...deathSignal, '--'];
    const hasSetpriv = process.platform === 'linux' && dieWithUs && canRun(prefix, program, {});
    return { prefix: hasSetpriv ? prefix : [], spawnOptions: {}, diesWithUs: hasSetpriv };
  }
  const owner = unprivilegedAccount();
  // securebits: without no_setuid_fixup the kernel hides the capability from access(2), which initdb relies on.
  const prefix = [
    'setpriv',
    `--reuid=${owner.uid}`,
    `--regid=${owner.gid}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--securebits=+no_setuid_fixup',
    ...deathSignal,
    '--',
  ];
  if (canRun(prefix, program, {})) return { prefix, spawnOptions: {}, owner, diesWithUs: dieWithUs };
  // No setpriv, or a container without that capability: then plain file permissions have to do.
  chmodSync(dataDir, 0o711);
  if (canRun([], program, owner) && canRun([], 'ls', owner, ['-d', `${dataDir}/.`])) {
    return { prefix: [], spawnOptions: owner, owner, diesWithUs: false };
  }
  throw new Error(
    `PostgreSQL does not run as root, and the account with uid ${owner.uid} cannot reach ${program} or ${dataDir}. ` +
      'Install the program setpriv (package util-linux), or move Carillon and DATA_DIR to a folder that other ' +
      'users may enter, or start Carillon as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
  );
}

/** Makes the account the owner of a folder and all in it. Does nothing when we run it under our own account. */
export function handOver(account: DatabaseAccount, path: string, recursive = false): void {
  if (!account.owner || !existsSync(path)) return;
  chownSync(path, account.owner.uid, account.owner.gid);
  if (!recursive) return;
  for (const entry of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(path, entry), account.owner.uid, account.owner.gid);
  }
}

function canRun(prefix: string[], program: string, spawnOptions: object, args = ['--version']): boolean {
  const [command = program, ...rest] = [...prefix, program, ...args];
  return (
    spawnSync(command, rest, { ...spawnOptions, cwd: '/', stdio: 'ignore', timeout: 10_000 }).status === 0
  );
}

// The account needs a line in /etc/passwd: initdb looks its name up.
function unprivilegedAccount(): { uid: number; gid: number } {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const entry = accounts.find((fields) => fields[0] === name);
    if (entry && Number(entry[2]) > 0) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new Error(
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody". ' +
      'Start Carillon as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
  );
}
