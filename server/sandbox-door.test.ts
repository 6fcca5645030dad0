import type { FastifyInstance } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { inWorkspace, type TestCtx, testCtx } from './testing/context.ts';
import { testSandbox } from './testing/sandbox.ts';
import { aMember, anOwner, type Visitor } from './workspaces/testing-visitor.ts';
import { createToken } from './workspaces/tokens.ts';

let app: FastifyInstance;
let ctx: TestCtx;
let token: string;
let owner: Visitor;
let operator: Visitor;
let apiToken: string;

beforeAll(async () => {
  ctx = await testCtx();
  const sandbox = await testSandbox(ctx);
  token = sandbox.token;
  ctx.config.sandboxUrl = sandbox.url;
  app = await createApp(ctx, { version: 'test', ready: () => true });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const boss = await anOwner(app);
  owner = boss;
  operator = await aMember(app, boss.workspaceId, 'operator');
  apiToken = (
    await createToken(inWorkspace(ctx, boss.workspaceId), {
      name: 'All',
      scopes: ['connections:write', 'conversations:write', 'conversations:read'],
    })
  ).token;
  return () => app.close();
});

async function ask(
  who: Visitor | null,
  method: string,
  path: string,
  extra: Record<string, string> = {},
): Promise<number> {
  const answer = await app.inject({
    method: method as 'GET',
    url: `/sandbox${path}`,
    headers: {
      ...(who?.cookie ? { cookie: `carillon_session=${who.cookie}` } : {}),
      ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
      ...extra,
    },
    ...(method === 'GET' ? {} : { payload: '{}' }),
  });
  return answer.statusCode;
}

describe('the sandbox behind the panel', () => {
  it('shows its page and state to every signed-in person, and to nobody else', async () => {
    for (const who of [owner, operator])
      expect([await ask(who, 'GET', '/phones/'), await ask(who, 'GET', '/control/bots')]).toEqual([200, 200]);
    expect(await ask(null, 'GET', '/control/bots')).toBe(401);
    expect(await ask(null, 'GET', '/phones/', { accept: 'text/html' })).toBe(302);
    expect(await ask(null, 'GET', '/control/bots', { authorization: `Bearer ${apiToken}` })).toBe(403);
  });
  it('lets an operator act as a customer, but not change bots, make trouble or reset', async () => {
    expect(await ask(operator, 'POST', '/control/users')).toBe(200);
    for (const path of [
      '/control/bots',
      '/control/faults',
      '/control/reset',
      '/control/state',
      '/control/deactivate',
    ])
      expect(await ask(operator, 'POST', path), path).toBe(403);
    expect(await ask(owner, 'POST', '/control/reset')).toBe(200);
    expect(await ask(operator, 'POST', '/control/whatsapp/people')).toBe(200);
    // the number is asked for, so the door was open
    for (const act of ['message', 'read', 'report', 'stop_marketing'])
      expect(await ask(operator, 'POST', `/control/whatsapp/${act}`), act).toBe(404);
    for (const act of [
      'numbers',
      'faults',
      'reset',
      'ladder',
      'judge',
      'release',
      'templates',
      'app',
      'webhooks',
      'window',
    ])
      expect(await ask(operator, 'POST', `/control/whatsapp/${act}`), act).toBe(403);
  });
  it('never leads to the emulated Bot API or out of its folders, and never tells a token', async () => {
    for (const path of [
      `/bot${token}/getMe`,
      `/control/../bot${token}/getMe`,
      `/control/%2e%2e/bot${token}/getMe`,
      '/file/x',
      '/v25.0/106540352242922/messages',
      '/whatsapp_business/attachments/?mid=1',
      '/',
      '/controlx/bots',
    ])
      expect(await ask(owner, 'GET', path), path).toBe(404);
    const bots = await app.inject({
      url: '/sandbox/control/bots',
      headers: { cookie: `carillon_session=${operator.cookie}` },
    });
    expect(bots.body).not.toContain(token);
  });
  it('leads a browser that asks for /sandbox to the page with the phones', async () => {
    for (const url of ['/sandbox', '/sandbox/']) {
      const answer = await app.inject({ url, headers: { accept: 'text/html' } });
      expect([answer.statusCode, answer.headers.location]).toEqual([302, '/sandbox-phones']);
    }
  });
  it('takes nothing from another site', async () => {
    expect(await ask(owner, 'POST', '/control/reset', { origin: 'https://evil.example' })).toBe(403);
  });
});
