// For tests of campaigns over HTTP: the whole app with jobs at work, one emulator, and shops with a bot and people each.
import type { FastifyInstance } from 'fastify';
import { afterAll } from 'vitest';
import { type Campaign, campaign, type Report } from '../../contract/campaigns.ts';
import { toWireId } from '../../contract/ids.ts';
import { type Scope, scopes } from '../../contract/roles.ts';
import { createApp } from '../app.ts';
import type { Ctx } from '../platform/context.ts';
import { aConnection, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { until } from '../testing/engine.ts';
import { somePeople, type TestSandbox, testSandbox } from '../testing/sandbox.ts';
import { type Visitor, visitor } from '../workspaces/testing-visitor.ts';
import { createToken } from '../workspaces/tokens.ts';

export interface House {
  base: TestCtx;
  app: FastifyInstance;
  /** A shop of its own: workspace, bot, `people` who can be reached. */
  shop(people?: number): Promise<Shop>;
}
export interface Shop {
  ctx: TestCtx;
  call: Visitor['call'];
  as(scopes: Scope[]): Promise<Visitor>;
  /** On the wire. */
  connection: string;
  sandbox: TestSandbox;
  people: string[];
  draft(given?: object): Promise<Campaign>;
  report(id: string): Promise<Report>;
  read(id: string): Promise<Campaign>;
  settled(id: string): Promise<void>;
}

export async function aHouse(options: { work?: boolean; clock?: Ctx['clock'] } = {}): Promise<House> {
  const base = await testCtx({ work: true, ...options });
  const emulator = await testSandbox(base, { limits: null });
  const app = await createApp(base, { version: 'test', ready: () => true });
  await app.ready();
  afterAll(() => app.close());
  const aVisitor = async (ctx: TestCtx, allowed: readonly Scope[]) =>
    visitor(app, (await createToken(ctx, { name: 'Test', scopes: [...allowed] })).token);

  async function shop(people = 0): Promise<Shop> {
    const ctx = inWorkspace(base, await aWorkspace(base));
    const bot = await emulator.control<{ id: number; token: string }>('bots', {
      username: `bot${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}_bot`,
      name: 'Shop',
      limits: null,
      token: `${Math.floor(1e9 + Math.random() * 9e9)}:AAtesttokentesttokentesttoken00000`,
    });
    const connectionId = await aConnection(ctx, bot.token);
    const sandbox: TestSandbox = {
      ...emulator,
      connectionId,
      token: bot.token,
      botId: bot.id,
      stats: () => emulator.control(`stats?bot=${bot.id}&by_chat=1`),
    };
    const ids = await somePeople(ctx, sandbox, people);
    const { call } = await aVisitor(ctx, scopes);
    const connection = toWireId('con', connectionId);
    const read = async (id: string) => (await call('GET', `/campaigns/${id}`)).json<Campaign>();
    const report = async (id: string) => (await call('GET', `/campaigns/${id}/report`)).json<Report>();
    return {
      ctx,
      call,
      as: (allowed) => aVisitor(ctx, allowed),
      connection,
      sandbox,
      people: ids.map((id) => toWireId('cnt', id)),
      read,
      report,
      async draft(given = {}) {
        const body = {
          name: 'Flash Offer',
          connection_id: connection,
          content: { text: 'Hi {{ contact.first_name }}' },
          ...given,
        };
        const answer = await call('POST', '/campaigns', body);
        if (answer.statusCode !== 201) throw new Error(answer.body);
        campaign.parse(answer.json());
        return answer.json<Campaign>();
      },
      settled: (id) =>
        until('the campaign is through', async () => {
          const { status } = await read(id);
          const { queued, sending } = await report(id);
          return status !== 'sending' && status !== 'paused' && queued + sending === 0;
        }),
    };
  }
  return { base, app, shop };
}
