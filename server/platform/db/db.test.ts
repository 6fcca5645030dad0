// The pool over a database that goes away: work under way fails, the process and the next work do not.
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { testDatabase } from '../../testing/database.ts';
import { createLog } from '../log.ts';
import { isUniqueViolation, openDb } from './db.ts';

const { db } = openDb(await testDatabase(), createLog('silent'), 3);
afterAll(() => db.destroy());
const cut = (pid: number) => sql`SELECT pg_terminate_backend(${pid}::int, 2000)`.execute(db);

test('a connection that is cut between two statements of a transaction fails the transaction and nothing else', async () => {
  await expect(
    db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(trx);
      await cut(rows[0]?.pid ?? 0);
      // time for the news of it to arrive while nobody waits for an answer
      await sql`SELECT pg_sleep(0.05)`.execute(db);
      await sql`SELECT 1`.execute(trx);
    }),
  ).rejects.toThrow();
  expect((await sql<{ one: number }>`SELECT 1 AS one`.execute(db)).rows).toEqual([{ one: 1 }]);
});

test('idle connections that are cut are replaced', async () => {
  await Promise.all([1, 2, 3].map(() => sql`SELECT pg_sleep(0.02)`.execute(db)));
  await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`.execute(
    db,
  );
  await sql`SELECT pg_sleep(0.05)`.execute(db);
  for (let i = 0; i < 5; i++) expect((await sql`SELECT 1`.execute(db)).rows).toHaveLength(1);
});

test('counts and sums come as numbers, times as dates', async () => {
  const { rows } =
    await sql`SELECT count(*) AS n, sum(x) AS total, timestamptz '2026-11-21 10:00+00' AS at FROM generate_series(1, 3) x`.execute(
      db,
    );
  expect(rows).toEqual([{ n: 3, total: 6, at: new Date('2026-11-21T10:00:00Z') }]);
});

test('a refused duplicate is told apart from other refusals', async () => {
  await sql`CREATE TABLE things (id int CONSTRAINT things_id_key UNIQUE)`.execute(db);
  await sql`INSERT INTO things VALUES (1)`.execute(db);
  const error = await sql`INSERT INTO things VALUES (1)`.execute(db).catch((error: unknown) => error);
  expect([
    isUniqueViolation(error),
    isUniqueViolation(error, 'things_id_key'),
    isUniqueViolation(error, 'other'),
  ]).toEqual([true, true, false]);
  expect([isUniqueViolation(new Error('x')), isUniqueViolation(null)]).toEqual([false, false]);
});
