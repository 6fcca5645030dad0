// The steps of an A/B test on real rows: what holds the decision back, and who is first where two do something at once.
import { beforeAll, describe, expect, it } from 'vitest';
import type { AbTest } from '../../../contract/variants.ts';
import { manualClock } from '../../platform/clock.ts';
import { inTransaction } from '../../platform/context.ts';
import { type TestCtx, testCtx } from '../../testing/context.ts';
import { during } from '../../testing/races.ts';
import { releasePlanned } from '../runs/release.ts';
import { cancelRun, retryFailed } from '../runs/run.ts';
import { markReplied } from '../sending/receipts.ts';
import { pickWinnerOf, tendAb } from './tend-ab.ts';
import { anAbRun, twoWordings } from './testing-ab.ts';

const clock = manualClock(new Date());
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ clock });
});
const later = (minutes: number) => clock.advance(minutes * 60_000);
const byReplies: AbTest['winner'] = { by: 'replies', after_minutes: 60 };

/** Its messages are out, somebody of B has replied, and its hour is set. */
async function aTestThatWaits(winner: AbTest['winner'] = byReplies) {
  const story = await anAbRun(base, 30, twoWordings(winner));
  const { ctx, connectionId, ref } = story;
  await story.send();
  const replier = (await story.rows()).find(({ variant }) => variant === 1);
  const contactId = replier?.contact_id as string;
  expect(await markReplied(ctx, { contactId, connectionId, at: clock.now() })).not.toBeNull();
  await tendAb(base, ref);
  const minutesLeft = async () => {
    const { decideAt } = (await story.read()).record;
    return decideAt === null ? null : (new Date(decideAt).getTime() - clock.now().getTime()) / 60_000;
  };
  return { ...story, minutesLeft, step: async () => (await story.read()).step };
}

describe('the figures decide', () => {
  it('an hour after the test was sent, not sooner', async () => {
    const story = await aTestThatWaits();
    expect(await story.minutesLeft()).toBe(60);
    later(59);
    await tendAb(base, story.ref);
    expect(await story.step()).toBe('testing');
    later(1);
    await tendAb(base, story.ref);
    expect(await story.read()).toMatchObject({ step: 'decided', winner: 1 });
  });

  it('not before somebody of the test who was sent it later has had as long', async () => {
    const story = await aTestThatWaits();
    const [one] = await story.rows();
    const failed = { state: 'failed', reason: 'never_started', sent_at: null };
    await story.ctx.db
      .updateTable('deliveries')
      .set(failed)
      .where('id', '=', one?.id as string)
      .execute();
    later(50);
    expect(await inTransaction(story.ctx, (ctx) => retryFailed(ctx, story.runId))).toBe(1);
    await story.send();
    later(10);
    await tendAb(base, story.ref);
    expect([await story.step(), await story.minutesLeft()]).toEqual(['testing', 50]);
    later(50);
    await tendAb(base, story.ref);
    expect(await story.step()).toBe('decided');
  });

  it('not at once where nobody looked when it was time: what happened meanwhile is still coming in', async () => {
    const long = await aTestThatWaits();
    const short = await aTestThatWaits({ by: 'replies', after_minutes: 10 });
    later(66);
    for (const { ref } of [long, short]) await tendAb(base, ref);
    expect([await long.step(), await long.minutesLeft()]).toEqual(['testing', 30]);
    expect([await short.step(), await short.minutesLeft()]).toEqual(['testing', 10]);
    later(30);
    await tendAb(base, long.ref);
    expect(await long.step()).toBe('decided');
  });
});

describe('nobody beyond the test is let go', () => {
  it('while it runs, whoever asks for it', async () => {
    const { ref, planned } = await aTestThatWaits();
    const waiting = await planned();
    expect(waiting).toBeGreaterThan(0);
    await releasePlanned(base, ref);
    expect(await planned()).toBe(waiting);
  });

  it('of a run that is cancelled at that moment', async () => {
    const { ctx, runId, ref, planned } = await aTestThatWaits();
    const waiting = await planned();
    await inTransaction(ctx, (ctx) => pickWinnerOf(ctx, runId, 'a'));
    await during(
      ctx,
      (trx) => cancelRun(trx, runId),
      () => releasePlanned(base, ref),
    );
    expect(await planned()).toBe(waiting);
  });
});

describe('one decision', () => {
  it('of a person holds, though the figures are about to decide otherwise', async () => {
    const { ctx, runId, ref, read } = await aTestThatWaits();
    later(60);
    await during(
      ctx,
      (trx) => pickWinnerOf(trx, runId, 'a'),
      () => tendAb(base, ref),
    );
    expect(await read()).toMatchObject({ winner: 0, record: { decidedBy: ctx.actor.name } });
  });

  it('of two people who choose at once: the second is told', async () => {
    const { ctx, runId, read } = await aTestThatWaits();
    const second = during(
      ctx,
      (trx) => pickWinnerOf(trx, runId, 'a'),
      () => inTransaction(ctx, (trx) => pickWinnerOf(trx, runId, 'b')),
    );
    await expect(second).rejects.toThrow(/decided: A goes to everybody else already/);
    expect(await read()).toMatchObject({ winner: 0 });
  });
});
