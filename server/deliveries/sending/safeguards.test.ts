// One story for each safeguard of the engine that nothing else would miss if it were gone.
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { disconnect } from '../../channels/disconnect.ts';
import { recordConsent } from '../../contacts/consent.ts';
import { newId } from '../../platform/db/ids.ts';
import { type TestCtx, testCtx } from '../../testing/context.ts';
import {
  anExpandedRun,
  aRun,
  aShopOn,
  claimedOfRun,
  runRow,
  testLanes,
  until,
} from '../../testing/engine.ts';
import { type Limits, limitsOn } from '../pressure/eligibility.ts';
import { expandChunk, expandRun } from '../runs/expand.ts';
import { countStates } from '../runs/run.ts';
import { declareForgotten, giveBack } from './claim.ts';
import { claimLimited } from './claim-limited.ts';
import { enqueueDelivery } from './enqueue.ts';
import { createRecorder } from './record.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ work: true });
});

const aShop = (people: number) => aShopOn(base, people);
describe('eligibility', () => {
  it('is judged again at the claim: who opted out or blocked us after the expansion is skipped with the reason', async () => {
    const { ctx, sandbox, contacts } = await aShop(3);
    const { runId } = await anExpandedRun(ctx, sandbox);
    await recordConsent(ctx, contacts[0] as string, {
      channel: 'telegram',
      purpose: 'marketing',
      state: 'opted_out',
      source: 'test',
      wording: null,
    });
    await ctx.db
      .updateTable('identities')
      .set({ reachable: false, unreachable_reason: 'blocked' })
      .where('contact_id', '=', contacts[1] as string)
      .execute();
    const claimed = await claimedOfRun(ctx, runId, newId(), 10);
    expect(claimed.map((row) => row.contactId)).toEqual([contacts[2]]);
    const skipped = await ctx.db
      .selectFrom('deliveries')
      .select(['contact_id', 'reason'])
      .where('run_id', '=', runId)
      .where('state', '=', 'skipped')
      .orderBy('id')
      .execute();
    expect(skipped).toEqual([
      { contact_id: contacts[0], reason: 'opted_out' },
      { contact_id: contacts[1], reason: 'blocked' },
    ]);
  });

  it('of a marketing template leaves out who has a number of the United States by then, and of another template nobody', async () => {
    const { ctx, sandbox, contacts } = await aShop(2);
    const marketing = await anExpandedRun(ctx, sandbox);
    const utility = await anExpandedRun(ctx, sandbox);
    await ctx.db
      .updateTable('runs')
      .set({ marketing_template: true })
      .where('id', '=', marketing.runId)
      .execute();
    await ctx.db
      .updateTable('identities')
      .set({ country: 'US' })
      .where('contact_id', '=', contacts[0] as string)
      .execute();
    const claimed = async ({ runId }: { runId: string }) =>
      (await claimedOfRun(ctx, runId, newId(), 10)).map((row) => row.contactId).sort();
    expect(await claimed(marketing)).toEqual([contacts[1]]);
    expect(await claimed(utility)).toEqual([...contacts].sort());
    const left = ctx.db
      .selectFrom('deliveries')
      .select(['contact_id', 'reason'])
      .where('state', '=', 'skipped');
    expect(await left.where('run_id', '=', marketing.runId).execute()).toEqual([
      { contact_id: contacts[0], reason: 'no_marketing_in_country' },
    ]);
  });
});

describe('expansion', () => {
  it('goes on chunk by chunk until everybody has a row', async () => {
    // without a worker: the job of the run itself must not come between
    const { ctx, sandbox } = await aShopOn(await testCtx(), 8);
    const { runId } = await aRun(ctx, sandbox.connectionId);
    const job = { workspaceId: ctx.actor.workspaceId, runId };
    await expandChunk(ctx, job, 3);
    expect(await countStates(ctx, runId)).toMatchObject({ queued: 3 });
    expect((await runRow(ctx, runId)).expanded_at).toBeNull();
    for (let i = 0; i < 2; i++) await expandChunk(ctx, job, 3);
    expect(await countStates(ctx, runId)).toMatchObject({ queued: 8 });
    expect(await runRow(ctx, runId)).toMatchObject({ planned: 8, expanded_at: expect.any(Date) });
    // begun anew, as after a restored cursor: whoever has a row keeps that one
    await ctx.db
      .updateTable('runs')
      .set({ expanded_at: null, expand_cursor: null })
      .where('id', '=', runId)
      .execute();
    expect(await expandChunk(ctx, job, 5)).toBe(true);
    expect(await expandChunk(ctx, job, 5)).toBe(false);
    expect(await countStates(ctx, runId)).toMatchObject({ queued: 8 });
  });

  it('of a large audience leaves its turn to others after a while, and goes on at the end of the line', async () => {
    const { ctx, sandbox } = await aShopOn(await testCtx(), 1);
    await sql`INSERT INTO contacts (workspace_id, id, first_name, created_at, updated_at)
      SELECT ${ctx.actor.workspaceId}::uuid, new_id(), 'P', now(), now() FROM generate_series(1, 1500)`.execute(
      ctx.db,
    );
    const { runId } = await aRun(ctx, sandbox.connectionId);
    const job = { workspaceId: ctx.actor.workspaceId, runId };
    const jobs = async () =>
      (
        await sql<{ n: number }>`SELECT count(*) AS n FROM pgboss.job_common
          WHERE name = 'deliveries.expand' AND state < 'active' AND singleton_key = ${runId}`.execute(ctx.db)
      ).rows[0]?.n;
    await sql`DELETE FROM pgboss.job_common WHERE name = 'deliveries.expand'`.execute(ctx.db);
    let elapsedMs = 0;
    // every look at the clock finds five seconds gone
    const slow = { ...ctx, clock: { ...ctx.clock, elapsedMs: () => (elapsedMs += 5000) } };
    await expandRun(slow, job);
    expect((await runRow(ctx, runId)).expanded_at).toBeNull();
    expect(await written(ctx, runId)).toBe(1000);
    expect(await jobs()).toBe(1);
    await expandRun(ctx, job);
    expect((await runRow(ctx, runId)).expanded_at).toEqual(expect.any(Date));
    expect(await written(ctx, runId)).toBe(1501);
  });
});

const written = async (ctx: TestCtx, runId: string) =>
  Object.values(await countStates(ctx, runId)).reduce((sum, n) => sum + n, 0);

describe('the claim', () => {
  it('of another lane is not given back by us', async () => {
    const { ctx, sandbox } = await aShop(1);
    const { runId } = await anExpandedRun(ctx, sandbox);
    const rows = await claimedOfRun(ctx, runId, newId(), 10);
    await giveBack(ctx, rows, newId(), null);
    expect(await countStates(ctx, runId)).toMatchObject({ sending: 1 });
  });

  it('of a node that died is declared unknown by the next owner of the lane, and not sent again', async () => {
    const { ctx, sandbox } = await aShop(5);
    const { runId } = await anExpandedRun(ctx, sandbox);
    await claimedOfRun(ctx, runId, newId(), 2);
    const lanes = testLanes(ctx, 500);
    await until('the rest is sent', async () => (await countStates(ctx, runId)).sent === 3);
    await lanes.stop();
    expect(await countStates(ctx, runId)).toMatchObject({ sent: 3, unknown: 2 });
    expect((await sandbox.stats()).accepted).toBe(3);
  });

  it('gets nothing of a run that is paused, cancelled or finished, with limits and without', async () => {
    const { ctx, sandbox } = await aShop(2);
    const { runId } = await anExpandedRun(ctx, sandbox);
    const limits = limitsOn(
      {
        workspaceId: ctx.actor.workspaceId,
        timeZone: 'UTC',
        caps: [{ purpose: 'marketing', max: 9, period_hours: 24 }],
        quiet: null,
      },
      {},
    ) as Limits;
    const limited = async () => {
      const [answer] = await claimLimited(ctx, [{ from: runId, claim: newId(), limit: 10, limits }]);
      return answer?.status === 'fulfilled' ? answer.value.rows : answer;
    };
    for (const status of ['paused', 'cancelled', 'finished']) {
      await ctx.db.updateTable('runs').set({ status }).where('id', '=', runId).execute();
      expect(await claimedOfRun(ctx, runId, newId(), 10)).toEqual([]);
      expect(await limited()).toEqual([]);
    }
    await ctx.db.updateTable('runs').set({ status: 'active' }).where('id', '=', runId).execute();
    expect(await claimedOfRun(ctx, runId, newId(), 1)).toHaveLength(1);
    expect(await limited()).toHaveLength(1);
  });

  it('that no lane will look at again ends as unknown after five minutes', async () => {
    const { ctx, sandbox } = await aShop(2);
    const { runId } = await anExpandedRun(ctx, sandbox);
    await claimedOfRun(ctx, runId, newId(), 2);
    await declareForgotten(ctx);
    expect(await countStates(ctx, runId)).toMatchObject({ sending: 2 });
    await ctx.db
      .updateTable('deliveries')
      .set({ claimed_at: new Date(Date.now() - 6 * 60_000) })
      .where('run_id', '=', runId)
      .execute();
    await declareForgotten(ctx);
    expect(await countStates(ctx, runId)).toMatchObject({ unknown: 2 });
  });
});

describe('a lane', () => {
  it('that is stopped waits for the answers under way and gives the rest back: nobody unknown, nobody in sending', async () => {
    const { ctx, sandbox } = await aShop(30);
    await sandbox.control('faults', { kind: 'latency', bot: sandbox.botId, ms: 400 });
    const lanes = testLanes(ctx, 40);
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await until('some have arrived', async () => (await countStates(ctx, runId)).sending !== undefined);
    await until(
      'requests are under way',
      async () =>
        ((
          await sandbox.control<{ requests_by_method: Record<string, number> }>(
            `stats?bot=${sandbox.botId}&brief=1`,
          )
        ).requests_by_method.sendMessage ?? 0) > 3,
    );
    await lanes.stop();
    const counts = await countStates(ctx, runId);
    expect({ sending: counts.sending ?? 0, unknown: counts.unknown ?? 0 }).toEqual({
      sending: 0,
      unknown: 0,
    });
    expect((counts.sent ?? 0) + (counts.queued ?? 0)).toBe(30);
    expect((await sandbox.stats()).accepted).toBe(counts.sent);
  });

  it('keeps to one message per second for one person, whatever comes at once', async () => {
    const { ctx, sandbox, contacts } = await aShop(1);
    const lanes = testLanes(ctx, 100);
    const at = {
      source: 'reply',
      contactId: contacts[0] as string,
      connectionId: sandbox.connectionId,
      authorId: null,
    } as const;
    for (let i = 0; i < 6; i++) await enqueueDelivery(ctx, { ...at, content: { text: `message ${i}` } });
    await until('all are sent', async () => (await sandbox.stats()).accepted === 6);
    await lanes.stop();
    const { per_second } = await sandbox.control<{ per_second: { max: number } }>(
      `stats?bot=${sandbox.botId}&brief=1`,
    );
    expect(per_second.max).toBeLessThanOrEqual(4);
  });

  it('ends when its connection is removed: nothing more goes out, and the run is held', async () => {
    const { ctx, sandbox } = await aShop(60);
    const lanes = testLanes(ctx, 30);
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await until('some are sent', async () => ((await countStates(ctx, runId)).sent ?? 0) > 3);
    await disconnect(ctx, sandbox.connectionId);
    await until('the run is held', async () => (await runRow(ctx, runId)).status === 'paused');
    await until('the lane has ended by itself', async () => !lanes.owned().includes(sandbox.connectionId));
    const counts = await countStates(ctx, runId);
    expect(counts).toMatchObject({ sending: 0, queued: 60 - (counts.sent ?? 0) });
    expect(counts.sent).toBeLessThan(50);
    expect((await sandbox.stats()).accepted).toBe(counts.sent);
    await lanes.stop();
  });

  it('opened with a token that was replaced meanwhile does not break the mended connection', async () => {
    const { ctx, sandbox } = await aShop(4);
    const lanes = testLanes(ctx, 100);
    const first = await aRun(ctx, sandbox.connectionId);
    await until('the lane is warm', async () => (await countStates(ctx, first.runId)).sent === 4);
    const revoked = await sandbox.control<{ token: string }>(`bots/${sandbox.botId}/revoke`, {});
    const credentials = ctx.secrets.seal(
      JSON.stringify({ token: revoked.token }),
      `connections/${sandbox.connectionId}/credentials`,
    );
    await ctx.db
      .updateTable('connections')
      .set({ credentials, version: sql`version + 1` })
      .where('id', '=', sandbox.connectionId)
      .execute();
    const second = await aRun(ctx, sandbox.connectionId, { text: 'Second' });
    await until('the second is sent too', async () => (await countStates(ctx, second.runId)).sent === 4);
    await lanes.stop();
  });
});

describe('one row that cannot be stored', () => {
  it('does not hold up the others, is unknown, and is not sent again', async () => {
    const { ctx, sandbox } = await aShop(3);
    const { runId } = await anExpandedRun(ctx, sandbox);
    const claim = newId();
    const rows = await claimedOfRun(ctx, runId, claim, 10);
    const recorder = createRecorder(ctx);
    for (const [index, row] of rows.entries())
      recorder.record({
        row,
        claim,
        channel: 'telegram',
        connectionId: sandbox.connectionId,
        message: null,
        verdict: {
          state: 'sent',
          reason: null,
          detail: null,
          externalId: index === 1 ? 'no\u0000text' : '7',
          dueAt: null,
          outcome: 'accepted',
        },
      });
    await recorder.stop();
    expect(await countStates(ctx, runId)).toMatchObject({ sent: 2, unknown: 1 });
  });
});
