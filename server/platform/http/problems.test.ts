// Every way to be refused comes out as one kind of document, and a bug says nothing of itself.
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { errorCodes } from '../../../contract/errors.ts';
import { testCtx } from '../../testing/context.ts';
import { AppError, invalidField } from '../errors.ts';
import { route } from './route.ts';
import { aServer } from './testing-server.ts';

let app: FastifyInstance;
let thrown: unknown;
const nested = z.strictObject({
  name: z.string().min(1, 'This cannot be empty.'),
  count: z.number().int().min(1).max(9).optional(),
  at: z.iso.datetime().optional(),
  kind: z.enum(['a', 'b']).optional(),
  list: z
    .array(z.strictObject({ url: z.url() }))
    .max(2)
    .optional(),
  audience: z
    .union([
      z.strictObject({ all: z.literal(true) }),
      z.strictObject({ ids: z.array(z.string()).min(1, 'Choose one.') }),
    ])
    .optional(),
  action: z
    .discriminatedUnion('do', [
      z.strictObject({ do: z.literal('add') }),
      z.strictObject({ do: z.enum(['drop', 'erase']) }),
    ])
    .optional(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  record: z.record(z.string().regex(/^[a-z/~]+$/, 'Lower case only.'), z.number()).optional(),
});

beforeAll(async () => {
  const ctx = await testCtx();
  app = await aServer(ctx, (app) => {
    route(app, {
      method: 'POST',
      url: '/api/v1/things',
      access: 'campaigns:write',
      tag: 'x',
      summary: 'x',
      body: nested,
      response: z.object({}),
      handler: async () => ({}),
    });
    route(app, {
      method: 'GET',
      url: '/api/v1/things',
      access: 'campaigns:read',
      tag: 'x',
      summary: 'x',
      query: z.object({ limit: z.coerce.number().int().max(10).optional() }),
      response: z.object({}),
      handler: async () => ({}),
    });
    route(app, {
      method: 'POST',
      url: '/api/v1/fail',
      access: 'campaigns:write',
      tag: 'x',
      summary: 'x',
      response: z.object({ n: z.number() }),
      handler: async () => {
        throw thrown;
      },
    });
    route(app, {
      method: 'GET',
      url: '/api/v1/wrong',
      access: 'campaigns:read',
      tag: 'x',
      summary: 'x',
      response: z.object({ n: z.number() }),
      handler: async () => ({ n: 'SECRET' as never }),
    });
  });
});

const json = { 'content-type': 'application/json' };
async function refusal(options: InjectOptions | string) {
  const answer = await app.inject(options);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  const body = answer.json();
  expect(body).toMatchObject({
    type: `urn:carillon:errors:${body.code.toLowerCase()}`,
    status: answer.statusCode,
    title: expect.any(String),
    detail: expect.any(String),
  });
  expect(body.status).toBe(errorCodes[body.code as keyof typeof errorCodes].status);
  expect(body.instance).toBe(`urn:request:${answer.headers['x-request-id']}`);
  return { ...body, headers: answer.headers };
}
const post = (payload: unknown) =>
  refusal({
    method: 'POST',
    url: '/api/v1/things',
    headers: json,
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });

describe('a request that cannot be read', () => {
  test.each([
    ['cut off', '{"name": ', 'MALFORMED_JSON'],
    ['with a comma too many', '{"name": "x",}', 'MALFORMED_JSON'],
    ['empty', '', 'MALFORMED_JSON'],
    ['of plain words', 'hello', 'MALFORMED_JSON'],
    ['of half a megabyte of nesting', '['.repeat(500_000), 'MALFORMED_JSON'],
    ['over one megabyte', JSON.stringify({ name: 'x'.repeat(1024 * 1024) }), 'BODY_TOO_LARGE'],
  ])('because its JSON is %s', async (_, payload, code) => {
    expect((await post(payload)).code).toBe(code);
  });

  test('but an empty body with the type of JSON is none, where none is needed', async () => {
    thrown = new AppError('BAD_REQUEST', 'the handler was reached');
    for (const headers of [json, {}])
      expect((await refusal({ method: 'POST', url: '/api/v1/fail', headers })).detail).toBe(
        'the handler was reached',
      );
    expect((await post('')).detail).toBe('The body is empty, and this address needs one. Send JSON.');
  });

  test('because it is of another content type, or says none', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'nonsense',
    ])
      expect(
        await refusal({
          method: 'POST',
          url: '/api/v1/things',
          headers: { 'content-type': type },
          payload: 'x',
        }),
        type,
      ).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  test('because its length is not what it says', async () => {
    expect(
      await refusal({
        method: 'POST',
        url: '/api/v1/things',
        headers: { ...json, 'content-length': '99' },
        payload: Readable.from(['{}']) as never,
      }),
    ).toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('because its address has a bad escape or a name beyond all measure', async () => {
    expect((await refusal('/api/v1/campaigns/%zz')).code).toBe('BAD_REQUEST');
    expect((await refusal('/%c0%af')).code).toBe('BAD_REQUEST');
  });

  test('because there is nothing at that address', async () => {
    expect(await refusal('/api/v1/nothing?token=abc')).toMatchObject({
      code: 'NOT_FOUND',
      detail: 'There is nothing at GET /api/v1/nothing.',
    });
    expect((await refusal({ method: 'DELETE', url: '/api/v1/things' })).code).toBe('NOT_FOUND');
  });

  test('even when it is no HTTP at all', async () => {
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as { port: number };
    const speak = (words: string) =>
      new Promise<string>((resolve, reject) => {
        let text = '';
        connect(port, '127.0.0.1')
          .on('data', (chunk) => {
            text += chunk;
          })
          .on('close', () => resolve(text))
          .on('error', reject)
          .end(words);
      });
    expect(await speak('HELLO\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400[\s\S]*application\/problem\+json[\s\S]*"BAD_REQUEST"/,
    );
    expect(await speak(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431[\s\S]*application\/problem\+json/,
    );
  });
});

describe('wrong fields', () => {
  test('are all named, each with a pointer into the body and what to write', async () => {
    const problem = await post({
      name: '',
      count: 0,
      at: 'tomorrow',
      kind: 'c',
      list: [{ url: 'x' }, {}],
      record: { 'a/b~c': 'x' },
    });
    expect(problem.code).toBe('VALIDATION_FAILED');
    expect(problem.detail).toBe('Name: This cannot be empty.');
    // people read it: the pointer is for programs
    const below = await post({ name: 'x', list: [{ url: 'http://a.example' }, {}] });
    expect(below.detail).toBe('List, no. 2, url: This field is missing.');
    expect(problem.errors).toEqual([
      { pointer: '/name', detail: 'This cannot be empty.' },
      { pointer: '/count', detail: 'At least 1.' },
      { pointer: '/at', detail: 'Write a time in UTC like 2026-12-01T09:00:00Z.' },
      { pointer: '/kind', detail: 'Choose "a" or "b".' },
      { pointer: '/list/0/url', detail: 'Write a full address that begins with https:// or http://.' },
      { pointer: '/list/1/url', detail: 'This field is missing.' },
      { pointer: '/record/a~1b~0c', detail: 'Write a number.' },
    ]);
  });

  test.each<[unknown, string, string]>([
    [[], '', 'Send an object: { … }.'],
    ['null', '', 'Send an object: { … }.'],
    ['"text"', '', 'Send an object: { … }.'],
    [{}, '/name', 'This field is missing.'],
    [{ name: null }, '/name', 'Write text here.'],
    [{ name: 'x', count: 1.5 }, '/count', 'Write a whole number.'],
    [{ name: 'x', count: 10 }, '/count', 'At most 9.'],
    [{ name: 'x', list: [1, 2, 3] }, '/list', 'At most 2 entries.'],
    [{ name: 'x', record: { UPPER: 1 } }, '/record/UPPER', 'Lower case only.'],
    [{ name: 'x', audience: { idz: [] } }, '/audience/idz', 'Unknown field "idz". Did you mean "ids"?'],
    [{ name: 'x', audience: { all: true, ids: ['a'] } }, '/audience', 'Send only one of "ids", "all".'],
    [{ name: 'x', action: { do: 'x' } }, '/action/do', 'Choose "add", "drop" or "erase".'],
    [{ name: 'x', action: {} }, '/action/do', 'This field is missing. It takes "add", "drop" or "erase".'],
    [{ name: 'x', audiance: {} }, '/audiance', 'Unknown field "audiance". Did you mean "audience"?'],
    [
      { name: 'x', list: [{ url: 'http://a.example', URL: 1 }] },
      '/list/0/URL',
      'Unknown field "URL". Did you mean "url"?',
    ],
    [
      { name: 'x', list: [{ url: 'http://a.example', 'a/b': 1 }] },
      '/list/0/a~1b',
      'Unknown field "a/b". Known here: "url".',
    ],
    [{ name: 'x', audience: { foo: 1 } }, '/audience/foo', 'Unknown field "foo". Known here: "all".'],
    [{ name: 'x', audience: {} }, '/audience', 'This takes { "all" } or { "ids" }.'],
    [{ name: 'x', audience: { ids: 'x' } }, '/audience/ids', 'Send a list: [ … ].'],
    [{ name: 'x', audience: { ids: [] } }, '/audience/ids', 'Choose one.'],
    [{ name: 'x', audience: { ids: [7] } }, '/audience/ids/0', 'Write text here.'],
    [{ name: 'x', audience: { all: false } }, '/audience/all', 'Write true.'],
    [{ name: 'x', audience: 'all' }, '/audience', 'Send an object: { … }.'],
    [{ name: 'x', value: null }, '/value', 'Write text here. Or: Write a number. Or: Write true or false.'],
  ])('%j: %s %s', async (body, pointer, detail) => {
    expect((await post(body)).errors).toContainEqual({ pointer, detail });
  });

  test('of a body that is wrong all over are named as many as tell what is wrong', async () => {
    const fields = Object.fromEntries(Array.from({ length: 1500 }, (_, n) => [`field${n}`, n]));
    expect((await post({ name: 'x', ...fields })).errors).toHaveLength(1000);
  });

  test('of the query are named too', async () => {
    expect((await refusal('/api/v1/things?limit=many')).errors).toEqual([
      { pointer: '/limit', detail: 'Write a number.' },
    ]);
    expect((await refusal('/api/v1/things?limit=11')).errors).toEqual([
      { pointer: '/limit', detail: 'At most 10.' },
    ]);
    expect((await refusal('/api/v1/things?limit=1&limit=2')).errors).toHaveLength(1);
  });

  test('of the query may be misspelled, and then nothing is done', async () => {
    for (const [query, detail] of [
      ['things?limt=1', 'Unknown query parameter "limt". Did you mean "limit"?'],
      ['things?owner=me', 'Unknown query parameter "owner". Known here: "limit".'],
      ['wrong?limit=1', 'Unknown query parameter "limit". This address takes none.'],
    ])
      expect((await refusal(`/api/v1/${query}`)).errors).toEqual([
        { pointer: `/${/\?(\w+)/.exec(String(query))?.[1]}`, detail },
      ]);
  });

  test('never come from the prototype', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/things',
      headers: json,
      payload: '{"name":"x","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'BAD_REQUEST']);
    expect(answer.json().detail).toContain('"__proto__"');
    expect(({} as { polluted?: 1 }).polluted).toBeUndefined();
  });
});

describe('what a handler throws', () => {
  const fail = async (error: unknown) => {
    thrown = error;
    return refusal({ method: 'POST', url: '/api/v1/fail' });
  };

  test('a bug answers 500 without its message, its stack or its cause', async () => {
    for (const bug of [
      new Error('SECRET'),
      new TypeError('SECRET', { cause: 'SECRET' }),
      'SECRET',
      { message: 'SECRET', statusCode: 200 },
      Object.assign(new Error('SECRET'), { statusCode: 500 }),
      null,
      undefined,
    ]) {
      const problem = await fail(bug);
      expect(problem).toMatchObject({
        code: 'INTERNAL',
        detail: 'Try again. If it stays, look for the request id in the server log.',
      });
      expect(JSON.stringify(problem)).not.toContain('SECRET');
    }
  });

  test('an answer that does not fit its own schema is a bug as well', async () => {
    const problem = await refusal('/api/v1/wrong');
    expect(problem.code).toBe('INTERNAL');
    expect(JSON.stringify(problem)).not.toContain('SECRET');
  });

  test.each(Object.keys(errorCodes) as (keyof typeof errorCodes)[])(
    '%s keeps its status, title and words',
    async (code) => {
      expect(await fail(new AppError(code, 'Do this.'))).toMatchObject({
        code,
        detail: 'Do this.',
        title: errorCodes[code].title,
      });
    },
  );

  test('a wrong field keeps its pointer, a wait its header, and a token in the words is cut out', async () => {
    expect((await fail(invalidField('/content/text', 'Shorter, please.'))).errors).toEqual([
      { pointer: '/content/text', detail: 'Shorter, please.' },
    ]);
    expect(
      (await fail(new AppError('RATE_LIMITED', 'Later.', { retryAfterMs: 1500 }))).headers['retry-after'],
    ).toBe('2');
    expect(
      (await fail(new AppError('PLATFORM_REFUSED', 'at /bot12345:AAsecretAAsecretAAsecret/x'))).detail,
    ).toBe('at /bot12345:…/x');
  });
});

test('a body that never comes to its end is given up, before anybody has proved who they are', async () => {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' });
  const usual = app.bodyWithinMs;
  app.bodyWithinMs = 50;
  const { port } = app.server.address() as { port: number };
  const closed = [10, 900_000].map(
    (length) =>
      new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1').on('error', () => {});
        socket.on('close', () => resolve());
        socket.write(
          `POST /api/v1/things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n{`,
        );
      }),
  );
  await Promise.all(closed);
  app.bodyWithinMs = usual;
});
