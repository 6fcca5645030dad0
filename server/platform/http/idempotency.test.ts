// Idempotency-Key: what is asked twice is done once, and the second asker gets the first answer.
import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { testCtx } from '../../testing/context.ts';
import { manualClock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { route } from './route.ts';
import { aServer } from './testing-server.ts';

const clock = manualClock(new Date());
let app: FastifyInstance;
let done = 0;
let act: () => Promise<unknown>;

beforeAll(async () => {
  const ctx = await testCtx({ clock });
  app = await aServer(ctx, (app) => {
    route(app, {
      method: 'POST',
      url: '/api/v1/things',
      access: 'campaigns:write',
      tag: 'x',
      summary: 'x',
      body: z.object({ name: z.string().optional(), more: z.number().default(1) }).default({ more: 1 }),
      response: z.object({ n: z.number(), name: z.string().optional() }),
      status: 201,
      handler: async ({ body }) => {
        done++;
        await act();
        return { n: done, name: body.name };
      },
    });
    route(app, {
      method: 'POST',
      url: '/api/v1/quiet',
      access: 'campaigns:write',
      tag: 'x',
      summary: 'x',
      handler: async () => {
        done++;
        return undefined;
      },
    });
    route(app, {
      method: 'PATCH',
      url: '/api/v1/things',
      access: 'campaigns:write',
      tag: 'x',
      summary: 'x',
      response: z.object({ n: z.number() }),
      handler: async () => ({ n: ++done }),
    });
    void app.register(async (scope) => {
      await scope.register(multipart);
      route(scope, {
        method: 'POST',
        url: '/api/v1/files',
        access: 'campaigns:write',
        tag: 'x',
        summary: 'x',
        consumes: 'multipart/form-data',
        response: z.object({ size: z.number(), n: z.number() }),
        status: 201,
        handler: async ({ request }) => ({
          size: (await (await request.file())?.toBuffer())?.length ?? 0,
          n: ++done,
        }),
      });
    });
  });
});
beforeEach(() => {
  done = 0;
  act = async () => {};
});

const ask = (
  key: string | undefined,
  payload: object = { name: 'x' },
  headers: Record<string, string> = {},
  url = '/api/v1/things',
) =>
  app.inject({
    method: 'POST',
    url,
    payload,
    headers: { ...(key === undefined ? {} : { 'idempotency-key': key }), ...headers },
  });
const codeOf = (answer: { statusCode: number; json(): { code?: string } }) =>
  `${answer.statusCode} ${answer.json().code ?? ''}`.trim();
const newKey = () => crypto.randomUUID();

describe('the same key and body', () => {
  test('get the same answer with status and type, and the work is done once', async () => {
    const key = newKey();
    const [first, second, third] = [await ask(key), await ask(key), await ask(key)];
    expect(first.statusCode).toBe(201);
    expect(first.json()).toEqual({ n: 1, name: 'x' });
    for (const again of [second, third]) {
      expect([again.statusCode, again.body, again.headers['content-type']]).toEqual([
        201,
        first.body,
        first.headers['content-type'],
      ]);
      expect(again.headers['idempotent-replay']).toBe('true');
    }
    expect(first.headers['idempotent-replay']).toBeUndefined();
    expect(done).toBe(1);
  });

  test('mean the same where a default is written out', async () => {
    const key = newKey();
    await ask(key, { name: 'x' });
    expect((await ask(key, { more: 1, name: 'x' })).json()).toMatchObject({ n: 1 });
  });

  test('repeat an answer without a body', async () => {
    const key = newKey();
    for (let i = 0; i < 2; i++) {
      const answer = await app.inject({
        method: 'POST',
        url: '/api/v1/quiet',
        headers: { 'idempotency-key': key },
      });
      expect([answer.statusCode, answer.body]).toEqual([204, '']);
    }
    expect(done).toBe(1);
  });

  test('repeat a refusal, as a problem document with its code', async () => {
    const key = newKey();
    act = async () => {
      throw new AppError('AUDIENCE_EMPTY', 'Nobody.');
    };
    const first = await ask(key);
    act = async () => {};
    const again = await ask(key);
    expect([codeOf(first), codeOf(again)]).toEqual(['409 AUDIENCE_EMPTY', '409 AUDIENCE_EMPTY']);
    expect(again.headers['content-type']).toBe('application/problem+json');
    expect(again.body).toBe(first.body);
  });

  test.each([
    ['a bug', new Error('bug')],
    ['"later"', new AppError('RATE_LIMITED', 'Later.')],
    ['"not now"', new AppError('UNAVAILABLE', 'Stopping.')],
  ])('do the work again after %s: the key is free', async (_, error) => {
    const key = newKey();
    act = async () => {
      throw error;
    };
    expect((await ask(key)).statusCode).toBeGreaterThanOrEqual(429);
    act = async () => {};
    expect((await ask(key)).statusCode).toBe(201);
  });

  test('asked many times at once work once; the others get that answer or are told to wait', async () => {
    const key = newKey();
    let go = () => {};
    act = () =>
      new Promise<void>((resolve) => {
        go = resolve;
      });
    // inject() begins when somebody waits for it
    const first = ask(key).then((answer) => answer);
    await expect.poll(() => done).toBe(1);
    const others = await Promise.all(Array.from({ length: 8 }, () => ask(key)));
    for (const other of others) {
      expect(codeOf(other)).toBe('409 IDEMPOTENCY_IN_PROGRESS');
      expect(other.headers['retry-after']).toBe('1');
    }
    go();
    expect((await first).json()).toEqual({ n: 1, name: 'x' });
    expect((await ask(key)).json()).toEqual({ n: 1, name: 'x' });
    expect(done).toBe(1);
  });

  test('are new again a day later', async () => {
    const key = newKey();
    await ask(key);
    clock.advance(24 * 3_600_000);
    expect((await ask(key)).json()).toMatchObject({ n: 1 });
    clock.advance(1000);
    expect((await ask(key)).json()).toMatchObject({ n: 2 });
    expect((await ask(key)).json()).toMatchObject({ n: 2 });
  });

  test('are taken up again when the first never answered, after a minute', async () => {
    const key = newKey();
    act = () => new Promise<never>(() => {});
    void ask(key).catch(() => {});
    await expect.poll(() => done).toBe(1);
    act = async () => {};
    expect(codeOf(await ask(key))).toBe('409 IDEMPOTENCY_IN_PROGRESS');
    clock.advance(61_000);
    expect((await ask(key)).statusCode).toBe(201);
  });
});

test('the same key for another body or another route is refused, and the first answer stays', async () => {
  const key = newKey();
  await ask(key);
  expect(codeOf(await ask(key, { name: 'y' }))).toBe('409 IDEMPOTENCY_KEY_REUSED');
  expect(codeOf(await ask(key, {}, {}, '/api/v1/quiet'))).toBe('409 IDEMPOTENCY_KEY_REUSED');
  expect((await ask(key)).json()).toEqual({ n: 1, name: 'x' });
});

test('two who ask do not share keys', async () => {
  const key = newKey();
  await ask(key);
  for (const as of ['another-token', 'person'])
    expect((await ask(key, { name: 'y' }, { as })).statusCode).toBe(201);
  expect(done).toBe(3);
});

test('without a key everything is done each time; so is what is no POST', async () => {
  await ask(undefined);
  await ask(undefined);
  const key = newKey();
  for (let i = 0; i < 2; i++)
    await app.inject({ method: 'PATCH', url: '/api/v1/things', headers: { 'idempotency-key': key } });
  expect(done).toBe(4);
});

test.each(['', ' ', 'a b', 'x'.repeat(201), 'ü', 'a\tb'])('%j is no key', async (key) => {
  expect(codeOf(await ask(key))).toBe('400 BAD_REQUEST');
  expect(done).toBe(0);
});

test('a wrong body never takes the key', async () => {
  const key = newKey();
  expect(codeOf(await ask(key, { name: 5 }))).toBe('422 VALIDATION_FAILED');
  expect((await ask(key)).statusCode).toBe(201);
});

describe('an upload', () => {
  const upload = (key: string, bytes: string) => {
    const boundary = `b${crypto.randomUUID()}`;
    const payload = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="x.png"\r\n\r\n${bytes}\r\n--${boundary}--\r\n`;
    return app.inject({
      method: 'POST',
      url: '/api/v1/files',
      payload,
      headers: {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': String(payload.length),
        'idempotency-key': key,
      },
    });
  };

  test('sent again after a lost answer is taken once, whatever boundary the client chose', async () => {
    const key = newKey();
    const [first, again] = [await upload(key, 'picture'), await upload(key, 'picture')];
    expect([first.statusCode, again.statusCode, again.body]).toEqual([201, 201, first.body]);
    expect(done).toBe(1);
  });

  test('of another length under the same key is refused', async () => {
    const key = newKey();
    await upload(key, 'picture');
    expect(codeOf(await upload(key, 'another picture'))).toBe('409 IDEMPOTENCY_KEY_REUSED');
  });
});
