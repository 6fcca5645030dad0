// Two at the same run at the same moment. One side's transaction is held open by hand and the other is seen to wait for it,
// so that each race takes place every time.
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import {
  aConnection,
  aContact,
  aWorkspace,
  inWorkspace,
  type TestCtx,
  testCtx,
} from '../../testing/context.ts';
import { aRun, claimedOfRun, runRow } from '../../testing/engine.ts';
import { during } from '../../testing/races.ts';
import { holdCircuits } from '../circuit/keep-circuit.ts';
import { expandChunk, expandRun } from '../runs/expand.ts';
import { finishRunIfDone, holdRuns } from '../runs/finish.ts';
import { cancelRun, countStates, lockRuns, retryFailed } from '../runs/run.ts';
import { resendDelivery, resendUnknownByPolicy } from '../settling/reconcile.ts';
import { continueSettlement, startSettlement } from '../settling/settlement.ts';
import { declareAbandoned } from './claim.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx();
});

const policy = { unknown: { resend_after_seconds: 60 } };

/** A run of which `lost` people's answers are lost. */
async function aRunOf(people: number, lost: number) {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aConnection(ctx);
  for (let i = 0; i < people; i++) await aContact(ctx, { connectionId });
  const { runId, campaignId } = await aRun(ctx, connectionId, { settings: policy });
  const job = { workspaceId: ctx.actor.workspaceId, runId };
  if (lost === 0) return { ctx, connectionId, runId, campaignId, job, ids: [] };
  await expandRun(ctx, job);
  const rows = await claimedOfRun(ctx, runId, newId(), lost);
  await declareAbandoned(ctx, [{ connectionId, claim: newId() }]);
  const old = new Date(Date.now() - 3_600_000);
  await ctx.db.updateTable('deliveries').set({ claimed_at: old }).where('run_id', '=', runId).execute();
  return { ctx, connectionId, runId, campaignId, job, ids: rows.map((row) => row.id) };
}

describe('a cancel under way', () => {
  it('is seen by whoever sends one row again', async () => {
    const { ctx, runId, ids } = await aRunOf(1, 1);
    const resend = () =>
      inTransaction(ctx, (ctx) => resendDelivery(ctx, ids[0] as string)).then(String, String);
    expect(await during(ctx, (ctx) => cancelRun(ctx, runId), resend)).toMatch(/was cancelled/);
    expect(await countStates(ctx, runId)).toMatchObject({ unknown: 1 });
  });

  it('is not run into by the policy, which comes again', async () => {
    const { ctx, runId } = await aRunOf(1, 1);
    await during(ctx, (ctx) => cancelRun(ctx, runId), () => resendUnknownByPolicy(ctx)); // biome-ignore format: one thought
    expect(await countStates(ctx, runId)).toMatchObject({ unknown: 1 });
    await resendUnknownByPolicy(ctx);
    expect(await countStates(ctx, runId)).toMatchObject({ unknown: 1 });
  });

  it('is seen by the next chunk of a settlement', async () => {
    const { ctx, runId, campaignId, ids } = await aRunOf(3, 3);
    const { id } = await ctx.db
      .insertInto('settlements')
      .values({
        workspace_id: ctx.actor.workspaceId,
        id: newId(),
        run_id: runId,
        verb: 'resend',
        status: 'active',
        expected: ids.length,
        until: ctx.clock.now(),
        actor_kind: 'token',
        actor_name: 'Nora',
        created_at: ctx.clock.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const job = { workspaceId: ctx.actor.workspaceId, settlementId: id };
    await during(ctx, (ctx) => cancelRun(ctx, runId), () => continueSettlement(ctx, job)); // biome-ignore format: one thought
    expect(await countStates(ctx, runId)).toMatchObject({ unknown: 3 });
    const again = { campaignId, runId, verb: 'resend', reason: null, expected: 3 } as const;
    await expect(inTransaction(ctx, (ctx) => startSettlement(ctx, again))).rejects.toThrow(/was cancelled/);
  });
});

describe('the policy', () => {
  it('moves rows in chunks of a run, each in a transaction of its own', async () => {
    const { ctx, runId } = await aRunOf(5, 5);
    expect(await resendUnknownByPolicy(ctx, 2)).toBe(5);
    const { rows } = await sql<{ n: number }>`
      SELECT count(DISTINCT xmin::text)::int AS n FROM deliveries WHERE run_id = ${runId} AND state = 'queued'`.execute(
      ctx.db,
    );
    expect(rows[0]?.n).toBe(3);
  });

  it('does not wait for a row that somebody is settling, and takes the others', async () => {
    const { ctx, runId, ids } = await aRunOf(3, 3);
    const lock = (ctx: TestCtx) =>
      sql`SELECT 1 FROM deliveries WHERE id = ${ids[0] as string} FOR UPDATE`.execute(ctx.db);
    expect(await during(ctx, lock, () => resendUnknownByPolicy(ctx))).toBe(2);
    expect(await countStates(ctx, runId)).toMatchObject({ unknown: 1, queued: 2 });
  });
});

describe('a run that is being finished', () => {
  it.each([
    ['sent again', resendDelivery],
    ['tried again', (ctx: TestCtx, _id: string, runId: string) => retryFailed(ctx, runId)],
  ])('is not, when a row of it is %s at that moment', async (name, again) => {
    const { ctx, runId, job, ids } = await aRunOf(1, 1);
    if (name === 'tried again')
      await ctx.db
        .updateTable('deliveries')
        .set({ state: 'failed', reason: 'blocked' })
        .where('run_id', '=', runId)
        .execute();
    const finish = () => finishRunIfDone(ctx, job.workspaceId, runId);
    expect(await during(ctx, (ctx) => again(ctx, ids[0] as string, runId), finish)).toBe(false);
    expect((await runRow(ctx, runId)).status).toBe('active');
    expect(await countStates(ctx, runId)).toMatchObject({ queued: 1 });
  });
});

it('two chunks of an expansion at once write two chunks of people', async () => {
  const { ctx, runId, job } = await aRunOf(10, 0);
  // nobody can write rows until both have begun
  const shut = (ctx: TestCtx) => sql`LOCK TABLE deliveries IN SHARE MODE`.execute(ctx.db);
  const both = () => Promise.all([expandChunk(ctx, job, 3), expandChunk(ctx, job, 3)]);
  expect(await during(ctx, shut, both, 2)).toEqual([true, true]);
  expect(await countStates(ctx, runId)).toMatchObject({ queued: 6 });
});

describe('holding the runs of a connection asks again whether it is bad', () => {
  const change = (ctx: TestCtx, id: string, to: object) =>
    ctx.db.updateTable('connections').set(to).where('id', '=', id).execute();

  it('when the job comes after somebody has mended it', async () => {
    const { ctx, connectionId, runId, job } = await aRunOf(1, 0);
    const hold = { workspaceId: job.workspaceId, connectionId, reason: 'The token was refused.' };
    await holdRuns(ctx, hold);
    expect((await runRow(ctx, runId)).status).toBe('active');
    await change(ctx, connectionId, { status: 'error' });
    // mended while the job is at it
    const mend = async (ctx: TestCtx) => {
      await lockRuns(ctx, [runId]);
      await change(ctx, connectionId, { status: 'connected' });
    };
    await during(ctx, mend, () => holdRuns(ctx, hold));
    expect((await runRow(ctx, runId)).status).toBe('active');
    await change(ctx, connectionId, { status: 'error' });
    await holdRuns(ctx, hold);
    expect((await runRow(ctx, runId)).status).toBe('paused');
  });

  it('when a person gives an open circuit its full time again at that moment', async () => {
    const { ctx, connectionId, runId } = await aRunOf(1, 0);
    const circuit_hold_at = new Date(Date.now() - 1000);
    await change(ctx, connectionId, { circuit: 'open', circuit_since: new Date(0), circuit_hold_at });
    const later = async (ctx: TestCtx) => {
      await lockRuns(ctx, [runId]);
      await change(ctx, connectionId, { circuit_hold_at: new Date(Date.now() + 900_000) });
    };
    await during(ctx, later, () => holdCircuits(ctx));
    expect((await runRow(ctx, runId)).status).toBe('active');
    await change(ctx, connectionId, { circuit_hold_at });
    await holdCircuits(ctx);
    expect((await runRow(ctx, runId)).status).toBe('paused');
  });
});
