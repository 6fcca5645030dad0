// The engine against the real database and the Telegram emulator over HTTP; the emulator's own count is the judge.
import { beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../platform/context.ts';
import { openSession } from '../../platform/db/db.ts';
import { aContact, type TestCtx, testCtx } from '../../testing/context.ts';
import { aRun, aShopOn, testLanes, until } from '../../testing/engine.ts';
import { runReport } from '../reports/report.ts';
import { expandRun } from '../runs/expand.ts';
import { cancelRun, countStates, pauseRun, resumeRun, retryFailed } from '../runs/run.ts';
import { resendDelivery } from '../settling/reconcile.ts';
import { enqueueDelivery } from './enqueue.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ work: true });
});

const aShop = (people: number) => aShopOn(base, people);

async function settled(ctx: TestCtx, runId: string): Promise<boolean> {
  // first whether all rows are written, then how they stand: the other way round, a run looks settled before it begins
  const run = await ctx.db
    .selectFrom('runs')
    .select('expanded_at')
    .where('id', '=', runId)
    .executeTakeFirstOrThrow();
  const counts = await countStates(ctx, runId);
  return run.expanded_at !== null && (counts.queued ?? 0) + (counts.sending ?? 0) === 0;
}

describe('a broadcast', () => {
  it('reaches everybody once, and its figures add up to planned', async () => {
    const { ctx, sandbox } = await aShop(60);
    await aContact(ctx, { firstName: 'Never started' });
    await aContact(ctx, { connectionId: sandbox.connectionId, address: '900', optedOut: true });
    await aContact(ctx, { connectionId: sandbox.connectionId, address: '901', reachable: false });
    await aContact(ctx, { connectionId: sandbox.connectionId, address: '902' }); // the emulator does not know this chat
    const lanes = testLanes(ctx, 1000);
    const { runId, campaignId, planned } = await aRun(ctx, sandbox.connectionId);
    await until('the run is settled', () => settled(ctx, runId));
    await lanes.stop();
    const report = await runReport(ctx, campaignId, 30);
    expect(report).toMatchObject({
      planned,
      sent: 60,
      failed: 1,
      skipped: 3,
      queued: 0,
      sending: 0,
      unknown: 0,
      cancelled: 0,
    });
    expect(report.skips.map((skip) => skip.count).sort()).toEqual([1, 1, 1]);
    const stats = await sandbox.stats();
    expect(stats).toMatchObject({ accepted: 60, duplicates_total: 0 });
    const thread = await ctx.db
      .selectFrom('messages')
      .select('body')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .execute();
    expect(thread).toHaveLength(60);
    expect(thread.map((message) => (message.body as { text: string }).text)).toContain('Hi P100000');
  });

  it('is not sent twice by two nodes on one database', async () => {
    const { ctx, sandbox } = await aShop(120);
    const nodes = [testLanes(ctx, 2000), testLanes(ctx, 2000)];
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await until('the run is settled', () => settled(ctx, runId));
    for (const node of nodes) await node.stop();
    expect(await sandbox.stats()).toMatchObject({ accepted: 120, duplicates_total: 0 });
  });

  it('writes each person’s row once, however often the expansion runs', async () => {
    const { ctx, sandbox } = await aShop(10);
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await Promise.all(
      Array.from({ length: 5 }, () => expandRun(ctx, { workspaceId: ctx.actor.workspaceId, runId })),
    );
    await ctx.db
      .updateTable('runs')
      .set({ expanded_at: null, expand_cursor: null })
      .where('id', '=', runId)
      .execute();
    await expandRun(ctx, { workspaceId: ctx.actor.workspaceId, runId });
    expect(await countStates(ctx, runId)).toEqual({ queued: 10 });
  });

  it('stops when paused, goes on with who is left, and ends when cancelled', async () => {
    const { ctx, sandbox, contacts } = await aShop(80);
    const lanes = testLanes(ctx, 40);
    /** Through the same lane: once it is sent, the lane has looked again which runs are active. */
    const reply = async (contactId: string | undefined) => {
      const to = { contactId: contactId as string, connectionId: sandbox.connectionId, authorId: null };
      const { id } = await enqueueDelivery(ctx, {
        ...to,
        source: 'reply',
        content: { text: `to ${contactId}` },
      });
      const sent = ctx.db.selectFrom('deliveries').select('state').where('id', '=', id);
      await until('the reply is sent', async () => (await sent.executeTakeFirstOrThrow()).state === 'sent');
    };
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await until('some are sent', async () => ((await countStates(ctx, runId)).sent ?? 0) > 5);
    expect(await pauseRun(ctx, runId)).toBe(true);
    await reply(contacts[0]);
    await until('nothing is under way', async () => ((await countStates(ctx, runId)).sending ?? 0) === 0);
    const atPause = (await countStates(ctx, runId)).sent ?? 0;
    expect((await sandbox.stats()).accepted).toBe(atPause + 1);
    await reply(contacts[1]);
    expect((await sandbox.stats()).accepted).toBe(atPause + 2);
    const { left } = await inTransaction(ctx, (ctx) => resumeRun(ctx, runId));
    expect(left).toBe(80 - atPause);
    await until('it goes on', async () => (await sandbox.stats()).accepted > atPause + 7);
    await cancelRun(ctx, runId);
    await until('nothing is left', () => settled(ctx, runId));
    await lanes.stop();
    const counts = await countStates(ctx, runId);
    expect((counts.sent ?? 0) + (counts.cancelled ?? 0)).toBe(80);
    expect(await sandbox.stats()).toMatchObject({ accepted: (counts.sent ?? 0) + 2, duplicates_total: 0 });
  });
});

describe('when the platform makes trouble', () => {
  it('a lost answer is unknown, is not sent again by itself, and a person may send it again', async () => {
    const { ctx, sandbox } = await aShop(12);
    await sandbox.control('faults', { kind: 'reset_after', bot: sandbox.botId, count: 3 });
    const lanes = testLanes(ctx, 200);
    const { runId, campaignId } = await aRun(ctx, sandbox.connectionId);
    await until('the run is settled', () => settled(ctx, runId));
    const status = () => campaignStatus(ctx, campaignId);
    await until('the campaign is through', async () => (await status()) === 'published');
    expect(await countStates(ctx, runId)).toMatchObject({ sent: 9, unknown: 3 });
    expect(await sandbox.stats()).toMatchObject({ accepted: 12, duplicates_total: 0 });
    const unknown = await ctx.db
      .selectFrom('deliveries')
      .select('id')
      .where('run_id', '=', runId)
      .where('state', '=', 'unknown')
      .executeTakeFirstOrThrow();
    await sandbox.control('faults', { kind: 'latency', bot: sandbox.botId, ms: 1500 });
    await resendDelivery(ctx, unknown.id);
    await until('the campaign says that it is sending', async () => (await status()) === 'sending');
    await until('it was sent again', async () => (await countStates(ctx, runId)).sent === 10);
    expect(await sandbox.stats()).toMatchObject({ accepted: 13, duplicates_total: 1 });
    await until('the campaign is through again', async () => (await status()) === 'published');
    await lanes.stop();
  });

  it('a 429 holds the whole lane for retry_after, nobody is lost and nobody fails', async () => {
    const { ctx, sandbox } = await aShop(30);
    await sandbox.control('faults', { kind: 'flood', bot: sandbox.botId, retry_after: 1, count: 2 });
    const lanes = testLanes(ctx, 200);
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await until('the run is settled', () => settled(ctx, runId));
    await lanes.stop();
    expect(await countStates(ctx, runId)).toMatchObject({ sent: 30 });
    expect(await sandbox.stats()).toMatchObject({ accepted: 30, duplicates_total: 0 });
    const { learned_rate } = await ctx.db
      .selectFrom('connections')
      .select('learned_rate')
      .where('id', '=', sandbox.connectionId)
      .executeTakeFirstOrThrow();
    expect(learned_rate).toBeLessThan(200);
  });

  it('a 5xx with a body is tried again', async () => {
    const { ctx, sandbox } = await aShop(5);
    await sandbox.control('faults', { kind: 'http_502', bot: sandbox.botId, count: 4 });
    const lanes = testLanes(ctx, 200);
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await until('the run is settled', () => settled(ctx, runId));
    await lanes.stop();
    expect(await countStates(ctx, runId)).toMatchObject({ sent: 5 });
    expect(await sandbox.stats()).toMatchObject({ accepted: 5, duplicates_total: 0 });
  });

  it('a revoked token pauses the run with nobody failed, and the rest is sent once it works again', async () => {
    const { ctx, sandbox } = await aShop(8);
    await sandbox.control('faults', { kind: 'unauthorized', bot: sandbox.botId });
    const lanes = testLanes(ctx, 200);
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await until(
      'the run is held',
      async () =>
        (await ctx.db.selectFrom('runs').select('status').where('id', '=', runId).executeTakeFirstOrThrow())
          .status === 'paused',
    );
    await until('nothing is under way', async () => ((await countStates(ctx, runId)).sending ?? 0) === 0);
    expect(await countStates(ctx, runId)).toMatchObject({ queued: 8 });
    await sandbox.control('faults', undefined, 'DELETE');
    await ctx.db
      .updateTable('connections')
      .set({ status: 'connected' })
      .where('id', '=', sandbox.connectionId)
      .execute();
    await resumeRun(ctx, runId);
    await until('the run is settled', () => settled(ctx, runId));
    await lanes.stop();
    expect(await sandbox.stats()).toMatchObject({ accepted: 8, duplicates_total: 0 });
  });

  it('retry failed sends to those who failed and to nobody else', async () => {
    const { ctx, sandbox } = await aShop(6);
    await sandbox.control('state', { bot: sandbox.botId, user: 100_000, state: 'blocked' });
    const lanes = testLanes(ctx, 200);
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await until('the run is settled', () => settled(ctx, runId));
    expect(await countStates(ctx, runId)).toMatchObject({ sent: 5, failed: 1 });
    await sandbox.control('state', { bot: sandbox.botId, user: 100_000, state: 'open' });
    // what the unblocking itself tells us, by the update that no poller fetches in this test
    await ctx.db
      .updateTable('identities')
      .set({ reachable: true, unreachable_reason: null })
      .where('connection_id', '=', sandbox.connectionId)
      .execute();
    expect(await retryFailed(ctx, runId)).toBe(1);
    await until('the run is settled again', () => settled(ctx, runId));
    await lanes.stop();
    expect(await countStates(ctx, runId)).toEqual(expect.objectContaining({ sent: 6, failed: 0 }));
    expect(await sandbox.stats()).toMatchObject({ accepted: 6, duplicates_total: 0 });
  });
});

describe('when the database goes away', () => {
  it('in the middle of a broadcast, again and again, everybody is still reached once and nothing is unknown', async () => {
    const { ctx, sandbox } = await aShop(150);
    const lanes = testLanes(ctx, 60);
    const { runId } = await aRun(ctx, sandbox.connectionId);
    for (const sent of [10, 50, 90]) {
      await until(`${sent} arrived`, async () => (await sandbox.stats()).accepted >= sent);
      await cutAllConnections(ctx);
    }
    await until('the run is settled', () => settled(ctx, runId).catch(() => false));
    await lanes.stop();
    const counts = await countStates(ctx, runId);
    expect({ sent: counts.sent, unknown: counts.unknown ?? 0 }).toEqual({ sent: 150, unknown: 0 });
    expect(await sandbox.stats()).toMatchObject({ accepted: 150, duplicates_total: 0 });
  });
});

/** What a restarted PostgreSQL does to us: every connection ends in the middle of whatever it did. */
async function cutAllConnections(ctx: TestCtx): Promise<void> {
  const client = await openSession(ctx.databaseUrl, 'axe');
  client.on('error', () => {});
  await client.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await client.end();
}

describe('a reply', () => {
  it('does not wait behind a broadcast', async () => {
    const { ctx, sandbox } = await aShop(100);
    const lanes = testLanes(ctx, 20);
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await until('the broadcast is under way', async () => ((await countStates(ctx, runId)).sent ?? 0) > 3);
    const contact = await ctx.db
      .selectFrom('identities')
      .select('contact_id')
      .where('connection_id', '=', sandbox.connectionId)
      .where('address', '=', '100099')
      .executeTakeFirstOrThrow();
    const { id } = await enqueueDelivery(ctx, {
      source: 'reply',
      contactId: contact.contact_id,
      connectionId: sandbox.connectionId,
      content: { text: '*not* {{ markup }}' },
      authorId: null,
    });
    await until(
      'the reply is sent',
      async () =>
        (await ctx.db.selectFrom('deliveries').select('state').where('id', '=', id).executeTakeFirstOrThrow())
          .state === 'sent',
    );
    expect((await countStates(ctx, runId)).queued ?? 0).toBeGreaterThan(20);
    await cancelRun(ctx, runId);
    await lanes.stop();
    const body = await ctx.db
      .selectFrom('messages')
      .select('body')
      .where('delivery_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(body.body).toMatchObject({ text: '*not* {{ markup }}' });
  });

  it('is refused with the reason when the person blocked the bot', async () => {
    const { ctx, sandbox } = await aShop(0);
    const contactId = await aContact(ctx, {
      connectionId: sandbox.connectionId,
      address: '5',
      reachable: false,
    });
    await expect(
      enqueueDelivery(ctx, {
        source: 'reply',
        contactId,
        connectionId: sandbox.connectionId,
        content: { text: 'Hi' },
        authorId: null,
      }),
    ).rejects.toThrow(/blocked the bot/);
  });
});

async function campaignStatus(ctx: TestCtx, id: string): Promise<string> {
  const row = await ctx.db
    .selectFrom('campaigns')
    .select('status')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return row.status;
}
