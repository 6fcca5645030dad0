// Canaries through every way into the log: none of them may come out.
import { Writable } from 'node:stream';
import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { createLog, type Log, withoutSecrets } from './log.ts';

const botToken = '7012345678:AAcanaryTOKENcanaryTOKENcanary00';
const canaries = {
  botToken: 'AAcanaryTOKENcanaryTOKENcanary00',
  apiToken: 'car_canaryAPItokenCanaryApiTokenCanary0000',
  phone: '+44 20 7946 0018',
  email: 'canary@shop.example',
  password: 'canary-p@ss/word',
  encoded: 'cAnArY%40pw',
};
const texts = [
  `POST https://api.telegram.org/bot${botToken}/sendMessage failed`,
  `https://api.telegram.org/file/bot7012345678%3A${canaries.botToken}/photo.jpg`,
  `connect postgres://carillon:${canaries.password}@db:5432/carillon`,
  `connect postgresql://:${canaries.encoded}@db/carillon`,
  `GET /api/v1/live?token=${canaries.apiToken}&x=1`,
  `Authorization: Bearer ${canaries.apiToken}`,
  `cookie carillon_session=${canaries.apiToken}; Path=/`,
  `host=db password=${canaries.encoded} dbname=x`,
  `{"email":"${canaries.email}","password":"${canaries.encoded}"}`,
  `could not write to ${canaries.email} (${canaries.phone})`,
];

function listening(): { log: Log; heard(): string } {
  let text = '';
  const destination = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { log: createLog('trace', destination), heard: () => text };
}

function nested(value: unknown, depth: number): unknown {
  return depth === 0 ? value : { inner: [nested(value, depth - 1)] };
}

const ways: Record<string, (log: Log, text: string) => void> = {
  'as the message': (log, text) => log.info(text),
  'as a message with blanks to fill': (log, text) => log.info('sent %s and %o', text, { text, other: text }),
  'under a harmless key': (log, text) => log.warn({ note: text }, 'noted'),
  'deep inside objects and lists': (log, text) => log.warn({ deep: nested(text, 6) }, 'noted'),
  'far too deep': (log, text) => log.warn({ deep: nested(text, 60) }, 'noted'),
  'in a Map, a Set and a URL': (log, text) =>
    log.warn({ map: new Map([[text, text]]), set: new Set([text]), url: URL.parse(text) }, 'noted'),
  'as an error': (log, text) => log.error(new Error(text)),
  'as an error under err without a message': (log, text) => log.error({ err: new Error(text) }),
  'as the cause of the cause': (log, text) =>
    log.error(
      { err: new Error('outer', { cause: new Error('middle', { cause: new Error(text) }) }) },
      'failed',
    ),
  'as a cause that is no error': (log, text) =>
    log.error({ err: new Error('x', { cause: { text, why: text } }) }, 'failed'),
  'in what a driver hangs on its error': (log, text) =>
    log.error(
      { err: Object.assign(new Error('x'), { detail: text, body: { text }, headers: [text] }) },
      'failed',
    ),
  'in one of several errors': (log, text) =>
    log.error({ err: new AggregateError([new Error(text)], text) }, 'failed'),
  'in an error under another key': (log, text) => log.error({ reason: new Error(text) }, 'failed'),
  'bound to a child': (log, text) => log.child({ note: text, inner: { text } }).info('hello'),
  'as a thrown text': (log, text) => log.error({ err: text }, 'failed'),
  'in a request': (log, text) =>
    log.info({ req: { method: 'GET', url: text, headers: { cookie: text } } }, 'asked'),
};

describe.each(Object.entries(ways))('what is logged %s', (_, way) => {
  test.each(texts)('holds no secret of: %s', (text) => {
    const { log, heard } = listening();
    way(log, text);
    expect(
      heard()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ).toHaveLength(1);
    for (const canary of Object.values(canaries)) expect(heard()).not.toContain(canary);
  });
});

test.each([
  'token',
  'password',
  'passwordHash',
  'PASSWORD',
  'webhook_secret',
  'authorization',
  'Cookie',
  'phone',
  'email',
  'address',
  'text',
  'caption',
  'first_name',
  'lastName',
  'credentials',
  'secretToken',
  'Set-Cookie',
  'x-telegram-bot-api-secret-token',
])('whatever stands under the key %s is hidden, at any depth and of any type', (key) => {
  const { log, heard } = listening();
  for (const value of ['kanarienvogel', ['kanarienvogel'], { a: 'kanarienvogel' }, 424_242])
    log.info({ [key]: value, inner: [{ [key]: value, deeper: { [key]: value } }] }, 'x');
  expect(heard()).not.toMatch(/kanarienvogel|424242/);
  expect(heard()).toContain('…');
});

test('what is harmless stays readable: counts, ids, codes, the error’s place, even where an object turns in a circle', () => {
  const { log, heard } = listening();
  const circle: Record<string, unknown> = { id: 'cmp_01', count: 3, at: new Date(0), missing: null };
  circle.self = circle;
  const error = Object.assign(new Error('could not reach db:5432'), { code: 'ECONNREFUSED' });
  log.warn({ circle, bytes: Buffer.from('abc'), big: 5n, err: error }, 'noted');
  expect(JSON.parse(heard())).toMatchObject({
    msg: 'noted',
    circle: { id: 'cmp_01', count: 3, at: '1970-01-01T00:00:00.000Z', missing: null, self: '(circular)' },
    bytes: '(3 bytes)',
    big: '5',
    err: {
      type: 'Error',
      code: 'ECONNREFUSED',
      message: 'could not reach db:5432',
      stack: expect.stringContaining('log.test.ts'),
    },
  });
});

test('a server that logs its requests and failures through it tells nothing either', async () => {
  const { log, heard } = listening();
  const app = Fastify({ loggerInstance: log as never });
  app.post('/x', async () => {
    throw new Error(texts[0]);
  });
  await app.inject({
    method: 'POST',
    url: `/x?token=${canaries.apiToken}`,
    headers: { cookie: `carillon_session=${canaries.apiToken}` },
    payload: { email: canaries.email },
  });
  await app.close();
  expect(heard()).toContain('/x?token=…');
  for (const canary of Object.values(canaries)) expect(heard()).not.toContain(canary);
});

test('words meant for people keep their examples', () => {
  for (const detail of [
    'Write an email address like ann@example.com.',
    'Write the number with country code, like +44 20 7946 0018.',
    'Sign in, or send "Authorization: Bearer <API token>".',
    'Password: Use at least 10 characters.',
    'A bot token looks like 123456789:AAE… . Copy it from @BotFather.',
  ])
    expect(withoutSecrets(detail)).toBe(detail);
});
