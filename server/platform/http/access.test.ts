// Requests that other sites start with a person's cookie are refused; tokens and programs are not bothered.
import type { FastifyInstance } from 'fastify';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { testCtx } from '../../testing/context.ts';
import { route } from './route.ts';
import { aServer } from './testing-server.ts';

let app: FastifyInstance;
beforeAll(async () => {
  app = await aServer(await testCtx(), (app) => {
    const common = { tag: 'x', summary: 'x', response: z.object({}), handler: async () => ({}) } as const;
    for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const)
      route(app, { ...common, method, url: '/api/v1/mine', access: 'campaigns:write' });
    route(app, { ...common, method: 'POST', url: '/api/v1/open', access: 'public' });
    route(app, { ...common, method: 'POST', url: '/api/v1/person', access: 'signed_in' });
  });
});

const host = 'shop.local:3000';
const own = `http://${host}`;
async function ask(
  headers: Record<string, string>,
  { method = 'POST', url = '/api/v1/mine', as = 'person' } = {},
) {
  const answer = await app.inject({ method: method as 'POST', url, headers: { host, as, ...headers } });
  return answer.statusCode === 200 ? 'let in' : `${answer.statusCode} ${answer.json().code}`;
}
const refused = '403 FOREIGN_ORIGIN';

describe.each(['POST', 'PATCH', 'PUT', 'DELETE'])('%s with a session', (method) => {
  test.each<[string, Record<string, string>, string]>([
    ['of our own page', { origin: own, 'sec-fetch-site': 'same-origin' }, 'let in'],
    ['of our own page in an old browser', { origin: own }, 'let in'],
    ['of a program that is no browser', {}, 'let in'],
    ['of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, refused],
    ['of another site in an old browser', { origin: 'https://evil.example' }, refused],
    ['of another site that hides its origin', { origin: 'null' }, refused],
    ['of another site that sends no origin', { 'sec-fetch-site': 'cross-site' }, refused],
    ['of a neighbour below the same domain', { 'sec-fetch-site': 'same-site' }, refused],
    ['of another port', { origin: 'http://shop.local:4000' }, refused],
    ['of the same name over another scheme', { origin: `https://${host}` }, refused],
    ['of a name that begins like ours', { origin: `${own}.evil.example` }, refused],
    ['of nonsense', { origin: 'nonsense' }, refused],
  ])('%s', async (_, headers, answer) => {
    expect(await ask(headers, { method })).toBe(answer);
  });
});

test('reading is not refused: an answer to another site cannot be read by it', async () => {
  expect(await ask({ origin: 'https://evil.example' }, { method: 'GET' })).toBe('let in');
});

test('sign-in and other open doors are closed to other sites as well', async () => {
  expect(await ask({ origin: 'https://evil.example' }, { url: '/api/v1/open', as: 'nobody' })).toBe(refused);
  expect(await ask({ origin: own }, { url: '/api/v1/open', as: 'nobody' })).toBe('let in');
});

test('a token is no cookie: it is taken from wherever it comes', async () => {
  expect(await ask({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, { as: '' })).toBe(
    'let in',
  );
});

test('what is about a person takes no token, and nobody is nobody before any origin is looked at', async () => {
  expect(await ask({}, { url: '/api/v1/person', as: '' })).toBe('403 FORBIDDEN');
  expect(await ask({}, { url: '/api/v1/person' })).toBe('let in');
  expect(await ask({ origin: 'https://evil.example' }, { as: 'nobody' })).toBe('401 UNAUTHENTICATED');
});

test('behind a proxy the address people see counts once PUBLIC_URL says it', async () => {
  const seen = { origin: 'https://carillon.shop.example' };
  expect(await ask(seen)).toBe(refused);
  app.base.config.publicUrl = 'https://carillon.shop.example';
  try {
    expect(await ask(seen)).toBe('let in');
    expect(await ask({ origin: 'https://carillon.shop.example:8443' })).toBe(refused);
  } finally {
    app.base.config.publicUrl = null;
  }
});

test('a forwarded host is not believed unless a proxy of ours is trusted', async () => {
  expect(
    await ask({
      origin: 'https://evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    }),
  ).toBe(refused);
});

test('a route that says nothing of who may use it cannot be registered', async () => {
  const ctx = await testCtx();
  await expect(aServer(ctx, (app) => app.get('/api/v1/forgotten', async () => ({})))).rejects.toThrow(
    /declares no access/,
  );
  await expect(
    aServer(ctx, (app) =>
      route(app, {
        method: 'GET',
        url: '/api/v1/things/:id',
        access: 'campaigns:read',
        tag: 'x',
        summary: 'x',
        ids: { id: 'tok' },
        handler: async () => undefined,
      }),
    ),
  ).rejects.toThrow(/No tenant table/);
});
