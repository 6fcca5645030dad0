// The environment: every variable, its default, what it refuses, and that all wrong ones are named at once.
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { environment, readConfig } from './config.ts';

const owner = { OWNER_EMAIL: 'Nora@Shop.example', OWNER_PASSWORD: 'correct horse' };

function complaint(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

test('an empty environment is enough, and blank values are as good as none', () => {
  const defaults = {
    port: 3000,
    host: '127.0.0.1',
    publicUrl: null,
    dataDir: path.resolve('.carillon'),
    databaseUrl: null,
    owner: null,
    apiToken: null,
    sandboxOn: true,
    demoLife: true,
    telegramApiRoot: 'https://api.telegram.org',
    whatsappApiRoot: 'https://graph.facebook.com',
    whatsappApiVersion: 'v25.0',
    sandboxUrl: null,
    role: 'all',
    encryptionKey: null,
    logLevel: 'info',
    ownUrl: null,
    trustProxy: false,
  };
  expect(readConfig({})).toEqual(defaults);
  for (const blank of ['', '  '])
    expect(
      readConfig(Object.fromEntries(Object.keys(environment.shape).map((name) => [name, blank]))),
    ).toEqual(defaults);
});

test('every variable is read', () => {
  expect(
    readConfig({
      ...owner,
      PORT: '0',
      HOST: '0.0.0.0',
      PUBLIC_URL: 'https://shop.example/',
      DATA_DIR: '/data',
      DATABASE_URL: 'postgres://u:p@db/carillon',
      API_TOKEN: 'x'.repeat(20),
      SANDBOX: 'off',
      DEMO_LIFE: 'off',
      TELEGRAM_API_ROOT: 'http://127.0.0.1:8081//',
      ROLE: 'worker',
      ENCRYPTION_KEY: 'aB'.repeat(32),
      LOG_LEVEL: 'debug',
      TRUST_PROXY: 'on',
    }),
  ).toEqual({
    port: 0,
    host: '0.0.0.0',
    publicUrl: 'https://shop.example',
    dataDir: '/data',
    databaseUrl: 'postgres://u:p@db/carillon',
    owner: { email: 'nora@shop.example', password: 'correct horse' },
    apiToken: 'x'.repeat(20),
    sandboxOn: false,
    demoLife: false,
    telegramApiRoot: 'http://127.0.0.1:8081',
    whatsappApiRoot: 'https://graph.facebook.com',
    whatsappApiVersion: 'v25.0',
    sandboxUrl: null,
    role: 'worker',
    encryptionKey: 'aB'.repeat(32),
    logLevel: 'debug',
    ownUrl: null,
    trustProxy: true,
  });
});

test.each([
  ['PORT', 'abc'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['PORT', '0x50'],
  ['PUBLIC_URL', 'shop.example'],
  ['PUBLIC_URL', 'ftp://shop.example'],
  ['PUBLIC_URL', 'https://shop.example/path'],
  ['PUBLIC_URL', 'https://user:pass@shop.example'],
  ['DATABASE_URL', 'mysql://u:p@db/x'],
  ['DATABASE_URL', '/var/run/db'],
  ['OWNER_EMAIL', 'nora'],
  ['OWNER_PASSWORD', 'short'],
  ['API_TOKEN', 'tooshort'],
  ['API_TOKEN', 'has a blank in it, so no header'],
  ['SANDBOX', 'yes'],
  ['DEMO_LIFE', 'yes'],
  ['TELEGRAM_API_ROOT', 'api.telegram.org'],
  ['ROLE', 'master'],
  ['ENCRYPTION_KEY', 'ab'],
  ['ENCRYPTION_KEY', 'zz'.repeat(32)],
  ['LOG_LEVEL', 'loud'],
  ['TRUST_PROXY', '1'],
])('%s refuses %j and says what it takes, without repeating it', (name, value) => {
  const message = complaint({ ...owner, [name]: value });
  expect(message).toMatch(new RegExp(`${name} takes .*; it (is|has) .*now\\.`));
  expect(message).not.toContain(value.length > 4 ? value : '\0');
});

describe('the complaint', () => {
  test('names all wrong variables at once, broken pairs included', () => {
    const message = complaint({
      PORT: 'x',
      ROLE: 'x',
      SANDBOX: 'x',
      OWNER_EMAIL: 'a@b.example',
      API_TOKEN: 'x',
    });
    for (const name of [
      'PORT',
      'ROLE',
      'SANDBOX',
      'API_TOKEN takes',
      'OWNER_EMAIL and OWNER_PASSWORD go together',
    ])
      expect(message).toContain(name);
    expect(message).toContain('.env.sample');
  });

  test('is made of a password without an email, and of an email without a password; a token may come alone', () => {
    expect(complaint({ OWNER_PASSWORD: owner.OWNER_PASSWORD })).toContain('set both or neither');
    expect(complaint({ OWNER_EMAIL: owner.OWNER_EMAIL, OWNER_PASSWORD: ' ' })).toContain(
      'set both or neither',
    );
    expect(complaint({ API_TOKEN: 'x'.repeat(20) })).toBe('accepted');
    expect(complaint({ ...owner, API_TOKEN: 'x'.repeat(20) })).toBe('accepted');
  });
});

test('blanks around a password belong to it', () => {
  expect(readConfig({ ...owner, OWNER_PASSWORD: ' correct horse ' }).owner?.password).toBe(' correct horse ');
});
