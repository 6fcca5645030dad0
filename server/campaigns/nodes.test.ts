// Whole nodes on one database: roles share the work, a stop in mid-campaign loses nobody, a taken port starts nothing.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { scopes } from '../../contract/roles.ts';
import { type CarillonNode, startNode } from '../node.ts';
import type { Config } from '../platform/config.ts';
import { aWorkspace, inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { until } from '../testing/engine.ts';
import { somePeople, type TestSandbox, testSandbox } from '../testing/sandbox.ts';
import { createToken } from '../workspaces/tokens.ts';

let ctx: TestCtx;
let sandbox: TestSandbox;
let token: string;
const nodes: CarillonNode[] = [];
afterAll(() => Promise.all(nodes.map((node) => node.stop())));

beforeAll(async () => {
  const base = await testCtx();
  ctx = inWorkspace(base, await aWorkspace(base));
  sandbox = await testSandbox(ctx, { limits: null });
  await somePeople(ctx, sandbox, 90);
  ({ token } = await createToken(ctx, { name: 'Test', scopes: [...scopes] }));
});

async function aNode(given: Partial<Config> = {}): Promise<CarillonNode> {
  const config: Config = {
    ...ctx.config,
    port: 0,
    databaseUrl: ctx.databaseUrl,
    encryptionKey: '0'.repeat(64),
    ...given,
  };
  const node = await startNode(config, ctx.log, 'test');
  nodes.push(node);
  return node;
}
// biome-ignore lint/suspicious/noExplicitAny: answers are read by name
async function ask(node: CarillonNode, method: string, path: string, body?: object): Promise<any> {
  const response = await fetch(`${node.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return response.json();
}

test('a web node takes the click, worker nodes send; stopped in the middle they lose nobody and nobody gets it twice', async () => {
  const web = await aNode({ role: 'web' });
  const first = await aNode({ role: 'worker' });
  expect(first.url).toBeNull();
  expect(await (await fetch(`${web.url}/readyz`)).json()).toEqual({ status: 'ready' });
  const campaign = await ask(web, 'POST', '/campaigns', {
    name: 'Flash',
    connection_id: toWireId('con', sandbox.connectionId),
    content: { text: 'Hi {{ contact.first_name }}' },
  });
  expect(await ask(web, 'POST', `/campaigns/${campaign.id}/launch`)).toMatchObject({ planned: 90 });
  const report = () => ask(web, 'GET', `/campaigns/${campaign.id}/report`);
  await until('some are sent', async () => (await report()).sent > 10);
  await first.stop();
  const atStop = await report();
  // all that was under way has been written down or given back
  expect(atStop).toMatchObject({ sending: 0, unknown: 0 });
  expect(atStop.sent).toBe((await sandbox.stats()).accepted);
  expect(atStop.queued).toBe(90 - atStop.sent);
  const second = await aNode({ role: 'worker' });
  await until(
    'it is published',
    async () => (await ask(web, 'GET', `/campaigns/${campaign.id}`)).status === 'published',
  );
  expect(await report()).toMatchObject({ planned: 90, sent: 90, unknown: 0, failed: 0 });
  expect(await sandbox.stats()).toMatchObject({ accepted: 90, duplicates_total: 0 });
  await second.stop();
});

test('a port that is taken is said so with the way out, and the node that has it goes on', async () => {
  const web = await aNode({ role: 'web' });
  const port = Number(new URL(web.url ?? '').port);
  await expect(aNode({ role: 'all', port })).rejects.toThrow(`Port ${port} is taken`);
  await expect(aNode({ role: 'all', host: '192.0.2.1' })).rejects.toThrow(/HOST=192\.0\.2\.1/);
  expect((await fetch(`${web.url}/healthz`)).status).toBe(200);
});

test('a node that is stopped twice stops once, and answers nobody afterwards', async () => {
  const web = await aNode({ role: 'web' });
  await Promise.all([web.stop(), web.stop()]);
  await expect(fetch(`${web.url}/healthz`)).rejects.toThrow();
});
