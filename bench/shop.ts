// A shop on the stage: a workspace, connected bots, people, and campaigns to launch.
import { sql } from 'kysely';
import type { Audience } from '../contract/audience.ts';
import { settings } from '../contract/campaigns.ts';
import { content } from '../contract/message.ts';
import { startRun } from '../server/deliveries/runs/run.ts';
import { type CarillonNode, startNode } from '../server/node.ts';
import { asSystem, type BaseCtx, inTransaction } from '../server/platform/context.ts';
import { newId } from '../server/platform/db/ids.ts';
import { createLog } from '../server/platform/log.ts';
import type { Bot } from './bots.ts';
import { onEnd } from './clean-up.ts';
import { campaignText, chatOf } from './requests.ts';
import type { Stage } from './stage.ts';

export interface Shop {
  /** The node in the bench's own process. */
  node: CarillonNode;
  base: BaseCtx;
  workspaceId: string;
  connections: string[];
  close(): Promise<void>;
}

/** Chat ids of `count` people, from the `from`-th on. */
export const chats = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, n) => chatOf(from + n));

/**
 * Everybody is reachable on every bot; `people` are their chat ids. `role` is that of the node in this process: `web` leaves
 * the sending to the processes that the stage starts.
 */
export async function openShop(
  stage: Stage,
  bots: Bot[],
  people: number[],
  role: 'all' | 'web' = 'all',
): Promise<Shop> {
  const node = await startNode({ ...stage.config, role }, createLog('error', process.stderr), 'bench');
  const close = onEnd(() => node.stop());
  const { base } = node;
  const workspaceId = newId();
  const at = base.clock.now();
  await base.db.insertInto('workspaces').values({ id: workspaceId, name: 'Bench', created_at: at }).execute();
  const connections = await inTransaction(asSystem(base, workspaceId), async (ctx) => {
    const ids: string[] = [];
    for (const bot of bots) ids.push(await connect(ctx, workspaceId, bot));
    return ids;
  });
  const shop = { node, base, workspaceId, connections, close };
  await addPeople(shop, people);
  return shop;
}

/** More people, each with a last name of eight letters (requests.ts says which), reachable on every bot. */
export async function addPeople({ base, workspaceId }: Shop, people: number[]): Promise<void> {
  const at = base.clock.now();
  await sql`
    WITH added AS (
      INSERT INTO contacts (workspace_id, id, first_name, last_name, created_at, updated_at)
      SELECT ${workspaceId}::uuid, new_id(), 'P' || n,
        initcap(left(translate(md5(n::text), '0123456789abcdef', 'aeioubdfgklmnrst'), 8)), ${at}, ${at} FROM unnest(${people}::int[]) n
      RETURNING workspace_id, id, substr(first_name, 2) AS address)
    INSERT INTO identities (workspace_id, id, contact_id, connection_id, channel, address, created_at)
    SELECT added.workspace_id, new_id(), added.id, n.id, 'telegram', added.address, ${at} FROM added, connections n`.execute(
    base.db,
  );
  await sql`ANALYZE`.execute(base.db);
}

/** Resolves once `total` rows are sent. */
export async function untilSent(base: BaseCtx, total: number, lookEveryMs = 50): Promise<void> {
  for (;;) {
    const counts = await sql<{ n: number }>`
      SELECT coalesce(sum(n), 0)::bigint AS n FROM run_counts WHERE state = 'sent'`.execute(base.db);
    if ((counts.rows[0]?.n ?? 0) >= total) return;
    await base.clock.sleep(lookEveryMs);
  }
}

async function connect(base: BaseCtx, workspaceId: string, bot: Bot): Promise<string> {
  const id = newId();
  const at = base.clock.now();
  const credentials = base.secrets.seal(
    JSON.stringify({ token: bot.token }),
    `connections/${id}/credentials`,
  );
  await base.db
    .insertInto('connections')
    .values({
      workspace_id: workspaceId,
      id,
      channel: 'telegram',
      name: 'Bench',
      status: 'connected',
      account_id: String(bot.id),
      credentials,
      webhook_secret: 'x',
      receives_by: 'webhook',
      created_at: at,
      updated_at: at,
    })
    .execute();
  return id;
}

interface Broadcast {
  /** Its rows are written, nothing is sent. */
  paused?: boolean;
  text?: string;
  audience?: Audience;
}

/** A broadcast on one connection, to everybody unless `audience` says whom, as the Send button does it. */
export async function launch(
  base: BaseCtx,
  workspaceId: string,
  connectionId: string,
  { paused = false, text = campaignText, audience = { all: true } }: Broadcast = {},
): Promise<{ campaignId: string; runId: string }> {
  const campaignId = newId();
  const at = base.clock.now();
  const message = content.parse({ text });
  const plan = settings.parse({});
  return inTransaction(asSystem(base, workspaceId), async (ctx) => {
    await ctx.db
      .insertInto('campaigns')
      .values({
        workspace_id: workspaceId,
        id: campaignId,
        number: Math.floor(Math.random() * 2e9),
        kind: 'broadcast',
        name: 'Bench',
        type: 'promotional',
        status: paused ? 'paused' : 'sending',
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
    const { runId } = await startRun(ctx, {
      campaignId,
      connection: { id: connectionId, channel: 'telegram' },
      content: message,
      settings: plan,
      audience,
    });
    if (paused) await sql`UPDATE runs SET status = 'paused' WHERE id = ${runId}`.execute(ctx.db);
    return { campaignId, runId };
  });
}

/** One campaign per connection; ten people at the Send button at once, for one after the other would measure commits. */
export async function launchAll(
  shop: Shop,
  connections: string[],
  broadcast: Broadcast = {},
): Promise<string[]> {
  const waiting = [...connections];
  const runIds: string[] = [];
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      for (let id = waiting.pop(); id; id = waiting.pop())
        runIds.push((await launch(shop.base, shop.workspaceId, id, broadcast)).runId);
    }),
  );
  return runIds;
}

/** Resolves once every row of every run is written. */
export async function untilExpanded(base: BaseCtx): Promise<void> {
  for (;;) {
    const left = await sql<{ n: number }>`SELECT count(*) AS n FROM runs WHERE expanded_at IS NULL`.execute(
      base.db,
    );
    if (left.rows[0]?.n === 0) return;
    await base.clock.sleep(100);
  }
}

/** All paused runs go on, in one transaction; the lanes are told as resumeRun tells them. */
export async function resumeAll(shop: Shop): Promise<void> {
  await inTransaction(asSystem(shop.base, shop.workspaceId), async (ctx) => {
    await sql`UPDATE campaigns SET status = 'sending' WHERE status = 'paused'`.execute(ctx.db);
    const moved = await sql<{ connection_id: string }>`
      UPDATE runs SET status = 'active' WHERE status = 'paused' RETURNING connection_id`.execute(ctx.db);
    const news = moved.rows.map((row) => ({ topic: 'outbound' as const, connectionId: row.connection_id }));
    await ctx.hub.publishAll(ctx, news);
  });
}

/** Nothing of any run is left, so that the next measurement begins as the first did. */
export async function clearRuns({ base }: Shop): Promise<void> {
  await sql`UPDATE runs SET status = 'cancelled', finished_at = now() WHERE status IN ('active', 'paused')`.execute(
    base.db,
  );
  // the lanes look every second, and then give back what they hold
  await base.clock.sleep(3000);
  await sql`TRUNCATE deliveries, messages, run_counts CASCADE`.execute(base.db);
}
