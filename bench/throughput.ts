// Durable sends per second over many bots, beside a bare loop that does the same requests and writes nothing.
import { sql } from 'kysely';
import { Pool } from 'undici';
import { settings } from '../contract/campaigns.ts';
import { content } from '../contract/message.ts';
import { startRun } from '../server/deliveries/run.ts';
import { startNode } from '../server/node.ts';
import { asSystem, type BaseCtx, inTransaction } from '../server/platform/context.ts';
import { newId } from '../server/platform/db/ids.ts';
import { createLog } from '../server/platform/log.ts';
import { openStage, type Stage } from './stage.ts';

const bots = Number(process.env.BENCH_BOTS ?? 500);
const peoplePerBot = Number(process.env.BENCH_PEOPLE ?? 60);
const text = 'Hi {{ contact.first_name }}, *50% off* today only';

interface Bot {
  id: number;
  token: string;
}

export async function throughput(): Promise<void> {
  const stage = await openStage();
  try {
    const people = Array.from({ length: peoplePerBot }, (_, index) => 1000 + index);
    await stage.control('users', { users: people.map((id) => ({ id, first_name: `P${id}` })) });
    const made: Bot[] = [];
    for (let i = 0; i < bots; i++) {
      const bot = await stage.control<Bot>('bots', {
        username: `bench_${i}_bot`,
        name: 'Bench',
        limits: null,
      });
      made.push(bot);
      await stage.control('start', { bot: bot.id, users: people });
    }
    // the /start messages are not what is measured
    await stage.control('reset', { what: 'messages' });
    const total = bots * peoplePerBot;
    const bare = await bareLoop(stage, made, people);
    console.log(`  bare undici loop      ${perSecond(total, bare)} requests/s`);
    const durable = await broadcast(stage, made, people);
    console.log(`  durable, ${bots} bots     ${perSecond(total, durable)} sends/s`);
    console.log(`  ratio                 ${(bare / durable).toFixed(2)}`);
  } finally {
    await stage.stop();
  }
}

const perSecond = (count: number, ms: number) => Math.round(count / (ms / 1000)).toLocaleString('en');

async function bareLoop(stage: Stage, made: Bot[], people: number[]): Promise<number> {
  const pool = new Pool(stage.emulatorUrl, { connections: 64 });
  const requests = made.flatMap((bot) => people.map((person) => ({ bot, person })));
  let next = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      for (let request = requests[next++]; request; request = requests[next++]) {
        const body = JSON.stringify({
          chat_id: request.person,
          text: `Hi P${request.person}, <b>50% off</b> today only`,
          parse_mode: 'HTML',
        });
        const answer = await pool.request({
          path: `/bot${request.bot.token}/sendMessage`,
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        await answer.body.json();
      }
    }),
  );
  const took = performance.now() - start;
  await pool.close();
  return took;
}

async function broadcast(stage: Stage, made: Bot[], people: number[]): Promise<number> {
  const node = await startNode(stage.config, createLog('warn', process.stderr), 'bench');
  const { base } = node;
  const workspaceId = newId();
  const at = base.clock.now();
  await base.db.insertInto('workspaces').values({ id: workspaceId, name: 'Bench', created_at: at }).execute();
  const connections: string[] = [];
  for (const bot of made) connections.push(await connect(base, workspaceId, bot));
  await sql`INSERT INTO contacts (workspace_id, id, first_name, created_at, updated_at)
    SELECT ${workspaceId}::uuid, new_id(), 'P' || n, ${at}, ${at} FROM unnest(${people}::int[]) n`.execute(
    base.db,
  );
  await sql`INSERT INTO identities (workspace_id, id, contact_id, connection_id, channel, address, created_at)
    SELECT c.workspace_id, new_id(), c.id, n.id, 'telegram', substr(c.first_name, 2), ${at} FROM contacts c, connections n`.execute(
    base.db,
  );
  await sql`ANALYZE`.execute(base.db);
  const start = performance.now();
  for (const connectionId of connections) await launch(base, workspaceId, connectionId);
  const launched = performance.now();
  const total = made.length * people.length;
  for (;;) {
    const counts = await sql<{
      n: number;
    }>`SELECT coalesce(sum(n), 0)::bigint AS n FROM run_counts WHERE state = 'sent'`.execute(base.db);
    if ((counts.rows[0]?.n ?? 0) >= total) break;
    await base.clock.sleep(50);
  }
  const took = performance.now() - start;
  console.log(`  (launching ${made.length} campaigns took ${Math.round(launched - start)} ms of it)`);
  await node.stop();
  return took;
}

async function connect(base: BaseCtx, workspaceId: string, bot: Bot): Promise<string> {
  const id = newId();
  const at = base.clock.now();
  const row = {
    workspace_id: workspaceId,
    id,
    channel: 'telegram',
    name: 'Bench',
    status: 'connected',
    account_id: String(bot.id),
  };
  const credentials = base.secrets.seal(
    JSON.stringify({ token: bot.token }),
    `connections/${id}/credentials`,
  );
  await base.db
    .insertInto('connections')
    .values({
      ...row,
      credentials,
      webhook_secret: 'x',
      receives_by: 'webhook',
      created_at: at,
      updated_at: at,
    })
    .execute();
  return id;
}

async function launch(base: BaseCtx, workspaceId: string, connectionId: string): Promise<void> {
  const campaignId = newId();
  const at = base.clock.now();
  const message = content.parse({ text });
  const plan = settings.parse({});
  const audience = { all: true } as const;
  await inTransaction(asSystem(base, workspaceId), async (ctx) => {
    await ctx.db
      .insertInto('campaigns')
      .values({
        workspace_id: workspaceId,
        id: campaignId,
        number: Math.floor(Math.random() * 2e9),
        kind: 'broadcast',
        name: 'Bench',
        type: 'promotional',
        status: 'sending',
        connection_id: connectionId,
        audience: JSON.stringify(audience),
        content: JSON.stringify(message),
        schedule: JSON.stringify({ mode: 'now' }),
        settings: JSON.stringify(plan),
        created_at: at,
        updated_at: at,
      })
      .execute();
    await startRun(ctx, {
      campaignId,
      connection: { id: connectionId, channel: 'telegram' },
      content: message,
      settings: plan,
      audience,
    });
  });
}
