// Lanes over a test's ctx, wired as node.ts wires them, and a campaign to send with them.

import { onTestFinished } from 'vitest';
import { type Settings, settings as settingsSchema } from '../../contract/campaigns.ts';
import { type Content, content } from '../../contract/message.ts';
import { openAccount } from '../channels/accounts.ts';
import { startRun } from '../deliveries/runs/run.ts';
import { claimDirect, claimOfRuns, type Taken } from '../deliveries/sending/claim.ts';
import { laneNews } from '../deliveries/sending/lane-news.ts';
import type { OpenAccount } from '../deliveries/sending/lane-parts.ts';
import { type LaneHost, startLanes } from '../deliveries/sending/lanes.ts';
import { inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { createLeases } from '../platform/db/leases.ts';
import { aWorkspace, inWorkspace, type TestCtx } from './context.ts';
import { somePeople, type TestSandbox, testSandbox } from './sandbox.ts';

/** A lane host of its own, as another node would have. `perSecond` replaces the adapter's pace. */
export function testLanes(ctx: TestCtx, perSecond?: number): LaneHost {
  const leases = createLeases(ctx.databaseUrl, ctx.log);
  const host = startLanes(ctx, {
    leases,
    async open(base, connectionId): Promise<OpenAccount | null> {
      const open = await openAccount(base, connectionId);
      if (!open || !perSecond) return open;
      return { ...open, adapter: { ...open.adapter, pace: { ...open.adapter.pace, perSecond } } };
    },
    news: laneNews(ctx),
    workers: () => 1,
  });
  let stopping: Promise<void> | null = null;
  const stop = () => {
    stopping ??= host.stop().then(() => leases.stop());
    return stopping;
  };
  // a story that fails must not leave its lanes to the next one
  onTestFinished(stop);
  return { ...host, stop };
}

/** A run for everybody on the connection, of a campaign in status `sending`. */
export async function aRun(
  ctx: TestCtx,
  connectionId: string,
  given: { text?: string; media?: Content['media']; template?: string; settings?: Partial<Settings> } = {},
): Promise<{ runId: string; campaignId: string; planned: number }> {
  const campaignId = newId();
  const now = ctx.clock.now();
  const message = content.parse({
    text: given.text ?? 'Hi {{ contact.first_name }}',
    ...(given.media && { media: given.media }),
    ...(given.template && { whatsapp: { template: { name: given.template, language: 'en' } } }),
  });
  const settings = { ...settingsSchema.parse({}), ...given.settings };
  const run = await inTransaction(ctx, async (ctx) => {
    await ctx.db
      .insertInto('campaigns')
      .values({
        workspace_id: ctx.actor.workspaceId,
        id: campaignId,
        number: Math.floor(Math.random() * 1e9),
        kind: 'broadcast',
        name: 'Flash Offer',
        type: 'promotional',
        status: 'sending',
        connection_id: connectionId,
        audience: JSON.stringify({ all: true }),
        content: JSON.stringify(message),
        schedule: JSON.stringify({ mode: 'now' }),
        settings: JSON.stringify(settings),
        created_at: now,
        updated_at: now,
        launched_at: now,
      })
      .execute();
    return startRun(ctx, {
      campaignId,
      connection: { id: connectionId, channel: 'telegram' },
      content: message,
      settings,
      audience: { all: true },
    });
  });
  return { ...run, campaignId };
}

/** Waits until `condition` answers true, looking every 20 ms; fails with `what` after `limitMs`. */
export async function until(
  what: string,
  condition: () => Promise<boolean>,
  limitMs = 90_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A workspace of its own with its own bot on `base`'s database, so that stories do not see each other's people. */
export async function aShopOn(
  base: TestCtx,
  people: number,
): Promise<{ ctx: TestCtx; sandbox: TestSandbox; contacts: string[] }> {
  const ctx = { ...inWorkspace(base, await aWorkspace(base)), config: { ...base.config } };
  const sandbox = await testSandbox(ctx, { limits: null });
  return { ctx, sandbox, contacts: await somePeople(ctx, sandbox, people) };
}

/** A run whose rows are written; nobody sends it unless lanes are started. */
export async function anExpandedRun(ctx: TestCtx, sandbox: TestSandbox, settings: Partial<Settings> = {}) {
  const run = await aRun(ctx, sandbox.connectionId, { settings });
  await until('it is expanded', async () => (await runRow(ctx, run.runId)).expanded_at !== null);
  return run;
}

export function runRow(ctx: TestCtx, id: string) {
  return ctx.db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** What one lane's claim gets of a run. */
export async function claimedOfRun(ctx: TestCtx, runId: string, claim: string, limit: number) {
  const [taken] = await claimOfRuns(ctx, [{ from: runId, claim, limit }]);
  return (taken as Taken).rows;
}

/** What one lane's claim gets of a connection's direct rows. */
export async function claimedDirect(ctx: TestCtx, connectionId: string, claim: string, limit: number) {
  const [taken] = await claimDirect(ctx, [{ from: connectionId, claim, limit }]);
  return (taken as Taken).rows;
}
