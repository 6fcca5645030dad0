// Every way in which DATABASE_URL leads nowhere is told with what to do, and never with the password.
import { expect, test } from 'vitest';
import { testDatabase } from '../../testing/database.ts';
import { migrate } from './migrate.ts';
import { whyUnreachable } from './unreachable.ts';

async function told(change: (url: URL) => void): Promise<string | null> {
  const url = new URL(await testDatabase());
  change(url);
  const error = await migrate(url.href).then(
    () => null,
    (error: unknown) => error,
  );
  const words = whyUnreachable(error, url.href);
  if (url.password) expect(words).not.toContain(url.password);
  return words;
}

test('nobody listens there', async () => {
  expect(await told((url) => Object.assign(url, { port: '1' }))).toMatch(
    /no PostgreSQL answers at .*:1\. Start it/,
  );
  expect(await told((url) => Object.assign(url, { hostname: 'localhost', port: '1' }))).toContain('Start it');
});

test('the password is wrong, or there is none', async () => {
  expect(await told((url) => Object.assign(url, { password: 'not-this-one' }))).toContain(
    'password for carillon',
  );
  expect(await told((url) => Object.assign(url, { password: '' }))).toContain('wants a password');
});

test('there is no such database', async () => {
  expect(await told((url) => Object.assign(url, { pathname: '/nowhere' }))).toContain(
    'CREATE DATABASE nowhere',
  );
});

test('a host that nobody knows, and an error that is none of these', () => {
  const url = 'postgres://u:secret@db.invalid/carillon';
  expect(whyUnreachable({ code: 'ENOTFOUND' }, url)).toContain('db.invalid is not known');
  expect(whyUnreachable(new Error('The database is newer than this Carillon'), url)).toBeNull();
});
