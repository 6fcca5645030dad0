// The live socket with a real client: who may open it, whose news it carries, and when it is cut off.
import type { FastifyInstance } from 'fastify';
import { beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { testCtx } from '../../testing/context.ts';
import { until } from '../../testing/engine.ts';
import { authenticate } from '../../workspaces/authenticate.ts';
import { workspaceRoutes } from '../../workspaces/routes.ts';
import { anOwner } from '../../workspaces/testing-visitor.ts';
import { createServer } from '../http/server.ts';
import { installLiveSocket } from './socket.ts';

let app: FastifyInstance;
let host: string;
beforeAll(async () => {
  const ctx = await testCtx();
  const tables = {
    viw: { table: 'saved_views' },
    usr: { table: 'memberships' },
    ses: { table: 'sessions' },
    inv: { table: 'invitations' },
    tok: { table: 'api_tokens', where: 'revoked_at IS NULL' },
  };
  app = await createServer(ctx, 'test', authenticate, tables);
  workspaceRoutes(app);
  installLiveSocket(app, authenticate, { heartbeatMs: 50 });
  await app.listen({ port: 0, host: '127.0.0.1' });
  host = `127.0.0.1:${(app.server.address() as { port: number }).port}`;
  return () => app.close();
});

interface Client {
  socket: WebSocket;
  frames: { type: string; campaign_id: string }[];
  /** "1008 Foreign origin", or "401" where the handshake was refused. */
  end: Promise<string>;
}
async function open(headers: Record<string, string>, query = ''): Promise<Client> {
  const socket = new WebSocket(`ws://${host}/api/v1/live${query}`, { headers });
  const frames: Client['frames'] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data))));
  const end = new Promise<string>((resolve) => {
    socket.on('close', (code, reason) => resolve(`${code} ${reason}`.trim()));
    socket.on('unexpected-response', (_, response) => resolve(String(response.statusCode)));
    socket.on('error', () => {});
  });
  await Promise.race([new Promise((resolve) => socket.once('open', resolve)), end]);
  return { socket, frames, end };
}
const cookieOf = (person: { cookie: string | null }) => ({ cookie: `carillon_session=${person.cookie}` });
const say = (workspaceId: string, campaign_id: string) =>
  app.base.hub.publish(app.base, {
    topic: 'live',
    workspaceId,
    frame: { type: 'campaign.changed', campaign_id },
  });

test('without a session or with a wrong one the handshake is refused', async () => {
  expect(await (await open({})).end).toBe('401');
  expect(await (await open({ cookie: 'carillon_session=nonsense' })).end).toBe('401');
  expect(await (await open({}, '?token=car_nonsense')).end).toBe('401');
});

test('a page of another site cannot open it with the person’s cookie', async () => {
  const owner = await anOwner(app);
  for (const origin of ['https://evil.example', 'null', `https://${host}`])
    expect(await (await open({ ...cookieOf(owner), origin })).end, origin).toBe('1008 Foreign origin');
  const own = await open({ ...cookieOf(owner), origin: `http://${host}` });
  expect(own.socket.readyState).toBe(WebSocket.OPEN);
  own.socket.close();
});

test('it carries the news of the own workspace and of no other, to every window', async () => {
  const [one, other] = [await anOwner(app), await anOwner(app)];
  const windows = [await open(cookieOf(one)), await open(cookieOf(one)), await open(cookieOf(other))];
  await say(one.workspaceId, 'first');
  await say(other.workspaceId, 'theirs');
  await say(one.workspaceId, 'last');
  await until(
    'all have heard',
    async () =>
      windows.slice(0, 2).every(({ frames }) => frames.length === 2) && windows[2]!.frames.length === 1,
  );
  expect(windows.map(({ frames }) => frames.map((frame) => frame.campaign_id))).toEqual([
    ['first', 'last'],
    ['first', 'last'],
    ['theirs'],
  ]);
  for (const { socket } of windows) socket.close();
});

test('a program may listen with its token', async () => {
  const owner = await anOwner(app);
  const { token } = (await owner.call('POST', '/tokens', { name: 'x', scopes: ['workspace:read'] })).json();
  const client = await open({}, `?token=${token}`);
  await say(owner.workspaceId, 'x');
  await until('it has heard', async () => client.frames.length === 1);
  client.socket.close();
});

test('who signs out is cut off at the next heartbeat; others stay', async () => {
  const [leaving, staying] = [await anOwner(app), await anOwner(app)];
  const [gone, kept] = [await open(cookieOf(leaving)), await open(cookieOf(staying))];
  expect((await leaving.call('POST', '/sign_out')).statusCode).toBe(204);
  expect(await gone.end).toBe('1008 Signed out');
  expect(kept.socket.readyState).toBe(WebSocket.OPEN);
  kept.socket.close();
});

test('a token that is revoked is cut off as well', async () => {
  const owner = await anOwner(app);
  const { token, id } = (
    await owner.call('POST', '/tokens', { name: 'x', scopes: ['workspace:read'] })
  ).json();
  const client = await open({}, `?token=${token}`);
  await owner.call('DELETE', `/tokens/${id}`);
  expect(await client.end).toBe('1008 Signed out');
});

test('a client that no longer answers the heartbeat is cut off', async () => {
  const owner = await anOwner(app);
  const client = await open(cookieOf(owner));
  client.socket.pause();
  await until('the server let go', async () => app.websocketServer.clients.size === 0);
  client.socket.terminate();
});

test('who talks into it is cut off: it only speaks', async () => {
  const owner = await anOwner(app);
  const client = await open(cookieOf(owner));
  client.socket.send('hello');
  expect(await client.end).toBe('1008 This socket only speaks');
});
