import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';
import { findPostgresProcesses } from './embedded-processes.ts';

const isRoot = process.getuid?.() === 0;
let folder: string;
let running: EmbeddedPostgres[];
let owners: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'embedded-'));
  running = [];
  owners = [];
});

afterEach(async () => {
  for (const owner of owners) owner.kill('SIGKILL');
  for (const postgres of running) await postgres.stop();
  await eventually(() => livingIn(folder).length === 0);
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: { dataDir?: string } = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir: folder, ...options });
  running.push(postgres);
  return postgres;
}

async function startOwner(fate = ''): Promise<{ owner: ChildProcess; url: string; pid: number }> {
  const script = join(import.meta.dirname, '../../testing/embedded-owner.ts');
  const owner = spawn(process.execPath, [script, folder, fate], { stdio: ['ignore', 'pipe', 'inherit'] });
  owners.push(owner);
  const [line] = await once(owner.stdout!, 'data');
  return { owner, ...JSON.parse(String(line)) };
}

const livingIn = (dataDir: string) => findPostgresProcesses(join(dataDir, 'postgres'));

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function eventually(isTrue: () => boolean | Promise<boolean>, patienceMs = 15_000): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !(await isTrue()); await sleep(50)) {
    if (Date.now() > deadline) throw new Error(`Not within ${patienceMs} ms: ${isTrue}`);
  }
}

const answers = (url: string) =>
  query(url, 'SELECT 1').then(
    () => true,
    () => false,
  );

describe('the embedded PostgreSQL', () => {
  test('keeps its data, port and passwords over a stop and a start', async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE shops AS SELECT 'Zoë' AS name");
    await first.stop();
    expect(livingIn(folder)).toEqual([]);
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT name FROM shops')).toEqual([{ name: 'Zoë' }]);
  });

  test('lets nobody else read the folder or in without the password', async () => {
    const postgres = await start();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'postgres.json')).mode & 0o777).toBe(0o600);
    const url = new URL(postgres.url);
    url.password = 'guess';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect(await query(postgres.url, "SELECT current_setting('is_superuser') AS s")).toEqual([{ s: 'off' }]);
    const [row] = await query(postgres.adminUrl, 'SHOW listen_addresses');
    expect(row).toEqual({ listen_addresses: '127.0.0.1' });
  });

  test('comes back on the same port when it is killed', async () => {
    const postgres = await start();
    await query(postgres.url, 'CREATE TABLE kept AS SELECT 7 AS n');
    const before = postgres.pid();
    process.kill(before, 'SIGKILL');
    await eventually(async () => postgres.pid() !== before && (await answers(postgres.url)));
    expect(await query(postgres.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  test('ends with its owner when that one is killed', { skip: process.platform !== 'linux' }, async () => {
    const { owner, pid } = await startOwner();
    expect(livingIn(folder)).toContain(pid);
    owner.kill('SIGKILL');
    await eventually(() => livingIn(folder).length === 0);
  });

  test('an orphan of a killed owner is stopped, never joined by a second server, and nothing is lost', async () => {
    const { owner, url, pid } = await startOwner('orphan');
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS n');
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(livingIn(folder)).toContain(pid);
    const next = await start();
    expect(livingIn(folder)).not.toContain(pid);
    expect(await query(next.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  test('the next start works when owner and server were both killed', async () => {
    const { owner, url, pid } = await startOwner('orphan');
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS n');
    owner.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await once(owner, 'exit');
    const next = await start();
    expect(await query(next.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  test('a pid file that names a stranger does not keep it from starting', async () => {
    await (await start()).stop();
    const pidFile = join(folder, 'postgres/postmaster.pid');
    writeFileSync(pidFile, `${process.pid}\n${folder}/postgres\n1\n5432\n\n127.0.0.1\n  1 1\nready   \n`);
    expect(await answers((await start()).url)).toBe(true);
  });

  test('a second start is told who has the folder', async () => {
    const { owner } = await startOwner();
    await expect(start()).rejects.toMatchObject({
      code: 'DATA_DIR_TAKEN',
      message: expect.stringMatching(new RegExp(`process ${owner.pid}, at http://127.0.0.1:3000.*DATA_DIR`)),
    });
    expect(livingIn(folder).length).toBeGreaterThan(0);
  });

  test('an initdb that was killed half-way is done again', async () => {
    mkdirSync(join(folder, 'postgres.new-dead'));
    writeFileSync(join(folder, 'postgres.new-dead/PG_VERSION'), '18\n');
    expect(await answers((await start()).url)).toBe(true);
    expect(existsSync(join(folder, 'postgres.new-dead'))).toBe(false);
  });

  test('gets new passwords when postgres.json is lost', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
    await first.stop();
    rmSync(join(folder, 'postgres.json'));
    const second = await start();
    expect(second.url).not.toBe(first.url);
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  test('refuses a folder of another PostgreSQL version, and leaves it as it is', async () => {
    mkdirSync(join(folder, 'postgres'));
    writeFileSync(join(folder, 'postgres/PG_VERSION'), '17\n');
    await expect(start()).rejects.toThrow(/written by PostgreSQL 17.*version 18/s);
    expect(readFileSync(join(folder, 'postgres/PG_VERSION'), 'utf8')).toBe('17\n');
  });

  test('says what to do when the data folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(start({ dataDir: join(folder, 'file/data') })).rejects.toThrow(
      /cannot be created.*DATA_DIR/,
    );
  });

  test('works as root below a folder that only root may enter', { skip: !isRoot }, async () => {
    const closed = mkdtempSync(join(homedir(), '.embedded-'));
    chmodSync(closed, 0o700);
    try {
      const postgres = await start({ dataDir: join(closed, 'a/b') });
      expect(await answers(postgres.url)).toBe(true);
      await postgres.stop();
      expect(await answers((await start({ dataDir: join(closed, 'a/b') })).url)).toBe(true);
      await running.at(-1)!.stop();
    } finally {
      rmSync(closed, { recursive: true, force: true });
    }
  });
});
