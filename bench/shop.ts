// A shop on the stage: a node, a workspace, connected bots, people, and campaigns to launch.
import { sql } from 'kysely';
import { settings } from '../contract/campaigns.ts';
import { content } from '../contract/message.ts';
import { startRun } from '../server/deliveries/run.ts';
import { type CarillonNode, startNode } from '../server/node.ts';
import { asSystem, type BaseCtx, inTransaction } from '../server/platform/context.ts';
import { newId } from '../server/platform/db/ids.ts';
import { createLog } from '../server/platform/log.ts';
import type { Stage } from './stage.ts';

export interface Bot {
  id: number;
  token: string;
}

export interface Shop {
  node: CarillonNode;
  workspaceId: string;
  connections: string[];
}

/** Everybody is reachable on every bot; `people` are their chat ids. */
export async function openShop(stage: Stage, bots: Bot[], people: number[]): Promise<Shop> {
  const node = await startNode(stage.config, createLog('warn', process.stderr), 'bench');
  const { base } = node;
  const workspaceId = newId();
  const at = base.clock.now();
  await base.db.insertInto('workspaces').values({ id: workspaceId, name: 'Bench', created_at: at }).execute();
  const connections: string[] = [];
  for (const bot of bots) connections.push(await connect(base, workspaceId, bot));
  await sql`INSERT INTO contacts (workspace_id, id, first_name, created_at, updated_at)
    SELECT ${workspaceId}::uuid, new_id(), 'P' || n, ${at}, ${at} FROM unnest(${people}::int[]) n`.execute(
    base.db,
  );
  await sql`INSERT INTO identities (workspace_id, id, contact_id, connection_id, channel, address, created_at)
    SELECT c.workspace_id, new_id(), c.id, n.id, 'telegram', substr(c.first_name, 2), ${at} FROM contacts c, connections n`.execute(
    base.db,
  );
  await sql`ANALYZE`.execute(base.db);
  return { node, workspaceId, connections };
}

/** Resolves once `total` rows are sent. */
export async function untilSent(base: BaseCtx, total: number): Promise<void> {
  for (;;) {
    const counts = await sql<{ n: number }>`
      SELECT coalesce(sum(n), 0)::bigint AS n FROM run_counts WHERE state = 'sent'`.execute(base.db);
    if ((counts.rows[0]?.n ?? 0) >= total) return;
    await base.clock.sleep(50);
  }
}

export const campaignText = 'Hi {{ contact.first_name }}, *50% off* today only';

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

export async function launch(base: BaseCtx, workspaceId: string, connectionId: string): Promise<void> {
  const campaignId = newId();
  const at = base.clock.now();
  const message = content.parse({ text: campaignText });
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
        launched_at: at,
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
