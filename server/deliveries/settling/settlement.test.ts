// Settling a run's unknown rows in chunks: no job runs by itself here, so that each chunk can be looked at.
import { beforeAll, describe, expect, it } from 'vitest';
import { fromWireId } from '../../../contract/ids.ts';
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
import { aRun, claimedOfRun } from '../../testing/engine.ts';
import { reconcile } from '../reports/reconciliation.ts';
import { expandRun } from '../runs/expand.ts';
import { countStates } from '../runs/run.ts';
import { declareAbandoned } from '../sending/claim.ts';
import { continueSettlement, getSettlement, startSettlement, stopSettlement } from './settlement.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx();
});

/** A run of `people`, of whom the first `lost` were claimed by a node that died. */
async function aRunWithUnknowns(people: number, lost: number) {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aConnection(ctx);
  for (let i = 0; i < people; i++) await aContact(ctx, { connectionId });
  const { runId, campaignId } = await aRun(ctx, connectionId);
  await expandRun(ctx, { workspaceId: ctx.actor.workspaceId, runId });
  const lose = async (count: number) => {
    const rows = await claimedOfRun(ctx, runId, newId(), count);
    expect(await declareAbandoned(ctx, [{ connectionId, claim: newId() }])).toEqual([count]);
    return rows.map((row) => row.id);
  };
  return { ctx, runId, campaignId, ids: await lose(lost), lose };
}

type Story = Awaited<ReturnType<typeof aRunWithUnknowns>>;

/** Agreed to but not begun: the first chunk was lost with its node. */
async function agreed({ ctx, runId }: Story, expected: number, verb = 'resend'): Promise<string> {
  const id = newId();
  const now = ctx.clock.now();
  await ctx.db
    .insertInto('settlements')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id,
      run_id: runId,
      verb,
      status: 'active',
      expected,
      until: now,
      actor_kind: 'token',
      actor_name: 'Nora',
      created_at: now,
    })
    .execute();
  return id;
}
const chunk = ({ ctx }: Story, settlementId: string, size: number) =>
  continueSettlement(ctx, { workspaceId: ctx.actor.workspaceId, settlementId }, size);

describe('settling in chunks', () => {
  it('goes on where it stopped, shows its rate and its end, and is over when nobody is left', async () => {
    const story = await aRunWithUnknowns(7, 5);
    const id = await agreed(story, 5);
    await chunk(story, id, 2);
    const first = await getSettlement(story.ctx, id);
    expect(first).toMatchObject({ status: 'active', done: 2, expected: 5 });
    expect(Date.parse(first.finish_at ?? '')).toBeGreaterThan(Date.parse(first.created_at));
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ unknown: 3, queued: 4 });
    // a job that is delivered twice does the next chunk, not the same again
    await Promise.all([chunk(story, id, 2), chunk(story, id, 2)]);
    expect(await getSettlement(story.ctx, id)).toMatchObject({ status: 'finished', done: 5 });
    await chunk(story, id, 2);
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ unknown: 0, queued: 7 });
    const tries = await story.ctx.db
      .selectFrom('delivery_attempts')
      .select(['delivery_id', 'actor'])
      .where('delivery_id', 'in', story.ids)
      .where('outcome', '=', 'resent')
      .execute();
    expect(tries.map((row) => row.actor)).toEqual(Array(5).fill('Nora'));
    expect(new Set(tries.map((row) => row.delivery_id)).size).toBe(5);
  });

  it('never resends one again that turned unknown a second time, whatever the clock says', async () => {
    const story = await aRunWithUnknowns(6, 4);
    const id = await agreed(story, 4);
    await chunk(story, id, 2);
    const [first] = story.ids.toSorted();
    // lost again, and a clock that was set back dates it before the click
    await story.ctx.db
      .updateTable('deliveries')
      .set({ state: 'unknown', reason: 'timeout', unknown_at: new Date(0) })
      .where('id', '=', first as string)
      .where('state', '=', 'queued')
      .execute();
    await chunk(story, id, 2);
    await chunk(story, id, 2);
    expect(await getSettlement(story.ctx, id)).toMatchObject({ status: 'finished', done: 4 });
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ unknown: 1, queued: 5 });
  });

  it('leaves alone what turned unknown after the click', async () => {
    const story = await aRunWithUnknowns(6, 2);
    const id = await agreed(story, 2);
    const later = new Date(story.ctx.clock.now().getTime() + 1000);
    const [more] = await story.lose(1);
    await story.ctx.db
      .updateTable('deliveries')
      .set({ unknown_at: later })
      .where('id', '=', more as string)
      .execute();
    await chunk(story, id, 100);
    expect(await getSettlement(story.ctx, id)).toMatchObject({ status: 'finished', done: 2 });
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ unknown: 1 });
  });

  it('stopped, it does no more, and the next one may begin', async () => {
    const story = await aRunWithUnknowns(5, 4);
    const { ctx, runId, campaignId } = story;
    const id = await agreed(story, 4, 'count_as_sent');
    await chunk(story, id, 1);
    const start = { campaignId, runId, verb: 'count_as_sent', reason: null, expected: 3 } as const;
    await expect(inTransaction(ctx, (ctx) => startSettlement(ctx, start))).rejects.toThrow(
      /^Nora is settling this run at this moment: 1 of 4 are done/,
    );
    expect(await stopSettlement(ctx, id)).toMatchObject({ status: 'stopped', done: 1 });
    await chunk(story, id, 100);
    expect(await countStates(ctx, runId)).toMatchObject({ unknown: 3, sent: 1 });
    const next = await inTransaction(ctx, (ctx) => startSettlement(ctx, start));
    expect(next).toMatchObject({ status: 'finished', done: 3 });
    await expect(stopSettlement(ctx, fromWireId('stl', next.id) as string)).rejects.toThrow(/over already/);
  });

  it('stops by itself when the run is cancelled meanwhile', async () => {
    const story = await aRunWithUnknowns(4, 3);
    const id = await agreed(story, 3);
    await chunk(story, id, 1);
    await story.ctx.db
      .updateTable('runs')
      .set({ status: 'cancelled' })
      .where('id', '=', story.runId)
      .execute();
    await chunk(story, id, 1);
    expect(await getSettlement(story.ctx, id)).toMatchObject({ status: 'stopped', done: 1 });
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ unknown: 2 });
  });

  it('says in the sentence of resume that some may have it already', async () => {
    const story = await aRunWithUnknowns(5, 2);
    const { ctx, runId, campaignId } = story;
    await inTransaction(ctx, (ctx) =>
      startSettlement(ctx, { campaignId, runId, verb: 'resend', reason: null, expected: 2 }),
    );
    await ctx.db.updateTable('runs').set({ status: 'paused' }).where('id', '=', runId).execute();
    const { resume, groups, left } = await reconcile(ctx, campaignId, runId);
    expect(left).toBe(5);
    expect(groups.find((group) => group.reason === 'again')?.count).toBe(2);
    expect(resume.words).toMatch(
      /^Resume messages the 5 people who are left\. 2 of them may have it already/,
    );
  });
});
