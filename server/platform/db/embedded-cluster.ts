// The database folder itself: created once by initdb, and its passwords. `postgres.json` beside it (mode 0600)
// keeps what the server needs to be reached: the port and two random passwords.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DatabaseAccount, handOver } from './embedded-account.ts';
import { embeddedMajorVersion, type PostgresBinaries } from './embedded-binaries.ts';

export interface ClusterAccess {
  port: number;
  /** Password of the superuser `postgres`, for housekeeping. */
  adminPassword: string;
  /** Password of `carillon`, which owns the database but is no superuser. */
  password: string;
}

/** Reads postgres.json, or makes new passwords. `isNew` tells that a living cluster does not know them yet. */
export function loadAccess(dataDir: string): ClusterAccess & { isNew: boolean } {
  const file = join(dataDir, 'postgres.json');
  if (existsSync(file)) return { ...(JSON.parse(readFileSync(file, 'utf8')) as ClusterAccess), isNew: false };
  const secret = () => randomBytes(24).toString('base64url');
  return { port: 0, adminPassword: secret(), password: secret(), isNew: true };
}

/** Writes postgres.json so that a power cut leaves the old or the new one, never half of it. */
export function saveAccess(dataDir: string, access: ClusterAccess): void {
  const { port, adminPassword, password } = access;
  const file = join(dataDir, 'postgres.json');
  writeFileSync(`${file}.new`, `${JSON.stringify({ port, adminPassword, password })}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * Makes sure that `clusterDir` holds a database folder that our programs can serve. It is built under another
 * name and renamed when complete, so an initdb that was killed half-way leaves nothing that looks finished.
 */
export async function ensureCluster(
  dataDir: string,
  clusterDir: string,
  binaries: PostgresBinaries,
  account: DatabaseAccount,
  adminPassword: string,
): Promise<void> {
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith('postgres.new-')) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
  if (existsSync(clusterDir)) {
    checkVersion(clusterDir);
    handOver(account, clusterDir, true); // the folder may come from a backup, or from a start as another user
    return;
  }
  const draft = join(dataDir, `postgres.new-${randomBytes(4).toString('hex')}`);
  const passwordFile = `${draft}.password`;
  try {
    mkdirSync(draft, { mode: 0o700 });
    handOver(account, draft);
    writeFileSync(passwordFile, `${adminPassword}\n`, { mode: 0o600 });
    handOver(account, passwordFile);
    const settings = [
      '--encoding=UTF8',
      '--no-locale',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ];
    await run(
      binaries.initdb,
      [
        `--pgdata=${draft}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        ...settings,
      ],
      account,
    );
    renameSync(draft, clusterDir);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Sets the superuser's password without knowing the old one; the server must not be running. */
export async function resetAdminPassword(
  clusterDir: string,
  binaries: PostgresBinaries,
  account: DatabaseAccount,
  adminPassword: string,
): Promise<void> {
  const statement = `ALTER ROLE postgres PASSWORD '${adminPassword}';\n`;
  await run(binaries.postgres, ['--single', '-D', clusterDir, 'postgres'], account, statement);
}

function checkVersion(clusterDir: string): void {
  const file = join(clusterDir, 'PG_VERSION');
  if (!existsSync(file)) {
    throw new Error(
      `${clusterDir} exists but is no PostgreSQL data folder. Move it away, or set DATA_DIR to another folder.`,
    );
  }
  const version = readFileSync(file, 'utf8').trim();
  if (version === embeddedMajorVersion) return;
  throw new Error(
    `The database in ${clusterDir} was written by PostgreSQL ${version}; this Carillon brings version ` +
      `${embeddedMajorVersion}. Start the Carillon release that wrote it and export with pg_dump, or set DATA_DIR to another folder.`,
  );
}

// Our own environment holds secrets, so the programs get a small one of their own.
export function databaseEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP, TMPDIR } = process.env;
  return { PATH, SystemRoot, TEMP, TMPDIR, LC_ALL: 'C', TZ: 'UTC' };
}

function run(program: string, args: string[], account: DatabaseAccount, input = ''): Promise<void> {
  const [command = program, ...rest] = [...account.prefix, program, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { ...account.spawnOptions, env: databaseEnvironment(), cwd: '/' });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else
        reject(new Error(`The database folder could not be created.${adviceFor(output)}\n${output.trim()}`));
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** One sentence for the operator when the program's own words show a known cause, else nothing. */
export function adviceFor(output: string): string {
  if (/No space left on device|Disk quota exceeded/.test(output)) {
    return ' The disk is full: make room, or set DATA_DIR to a folder on another disk.';
  }
  if (/Permission denied|Read-only file system/.test(output)) {
    return ' The folder cannot be written: mend its permissions, or set DATA_DIR to another folder.';
  }
  if (/could not (create|map) .*shared memory|could not map anonymous/i.test(output)) {
    return ' The machine lacks shared memory for it: free some, or enlarge /dev/shm (docker: --shm-size=256m).';
  }
  return '';
}
