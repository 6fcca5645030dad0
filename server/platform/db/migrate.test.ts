import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emptyDatabase } from '../../testing/database.ts';
import { migrate } from './migrate.ts';

let folder: string;
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  url = await emptyDatabase();
  write('0001-shops', 'CREATE TABLE shops (id int PRIMARY KEY);');
  write('0002-first-shop', 'INSERT INTO shops VALUES (1);');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, sql: string): void {
  writeFileSync(join(folder, `${name}.sql`), sql);
}

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('migrate', () => {
  test('applies what is missing, in order, and nothing twice', async () => {
    expect(await migrate(url, folder)).toEqual(['0001-shops', '0002-first-shop']);
    write('0003-second-shop', 'INSERT INTO shops VALUES (2);');
    expect(await migrate(url, folder)).toEqual(['0003-second-shop']);
    expect(await migrate(url, folder)).toEqual([]);
    expect(await query('SELECT id FROM shops ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test('four nodes that start at once apply each file once', async () => {
    write('0003-slow', 'SELECT pg_sleep(0.3); INSERT INTO shops VALUES (3);');
    write('0004-index', '-- no-transaction\nCREATE INDEX CONCURRENTLY shops_id ON shops (id);');
    const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(url, folder)));
    expect(applied.flat().sort()).toEqual(['0001-shops', '0002-first-shop', '0003-slow', '0004-index']);
    expect(await query('SELECT count(*)::int AS n FROM schema_migrations')).toEqual([{ n: 4 }]);
  });

  test('a failing file leaves nothing behind and names its line', async () => {
    write(
      '0003-broken',
      'CREATE TABLE half (id int);\nINSERT INTO shops VALUES (2);\nINSERT INTO nowhere VALUES (1);',
    );
    await expect(migrate(url, folder)).rejects.toThrow(/0003-broken\.sql:3 failed: .*nowhere/);
    expect(
      await query("SELECT to_regclass('half') AS half, (SELECT count(*)::int FROM shops) AS shops"),
    ).toEqual([{ half: null, shops: 1 }]);
    write('0003-broken', 'CREATE TABLE half (id int);');
    expect(await migrate(url, folder)).toEqual(['0003-broken']);
  });

  test('an applied file that was edited is refused', async () => {
    await migrate(url, folder);
    write('0001-shops', 'CREATE TABLE shops (id bigint PRIMARY KEY);');
    await expect(migrate(url, folder)).rejects.toThrow(/0001-shops was edited/);
  });

  test('Windows line endings are no edit', async () => {
    write('0003-two-lines', 'SELECT 1;\nSELECT 2;\n');
    await migrate(url, folder);
    write('0003-two-lines', 'SELECT 1;\r\nSELECT 2;\r\n');
    expect(await migrate(url, folder)).toEqual([]);
  });

  test('a database newer than the code is refused', async () => {
    write('0003-from-the-future', 'SELECT 1;');
    await migrate(url, folder);
    rmSync(join(folder, '0003-from-the-future.sql'));
    await expect(migrate(url, folder)).rejects.toThrow(/newer than this Carillon.*0003-from-the-future/);
  });

  test('a file that arrives before an applied one is refused', async () => {
    write('0005-later', 'SELECT 1;');
    await migrate(url, folder);
    write('0004-late', 'SELECT 1;');
    await expect(migrate(url, folder)).rejects.toThrow(/0004-late comes before 0005-later/);
  });

  test.each(['3-short', '0002-again', '0003 spaces'])('a file named %s is refused', async (name) => {
    write(name, 'SELECT 1;');
    await expect(migrate(url, folder)).rejects.toThrow(/must be named|have the number 0002/);
  });
});
