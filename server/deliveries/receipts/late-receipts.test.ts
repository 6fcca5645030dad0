// What is told of an early try days later, when a person had pressed retry meanwhile.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome, Receipt } from '../../channels/channel.ts';
import { storeReceipts } from '../../channels/receipts.ts';
import { manualClock } from '../../platform/clock.ts';
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
import { verdictOf } from '../delivery.ts';
import { expandRun } from '../runs/expand.ts';
import { retryFailed } from '../runs/run.ts';
import { type Claimed, declareAbandoned } from '../sending/claim.ts';
import { createRecorder } from '../sending/record.ts';
import { resendUnknownByPolicy } from '../settling/reconcile.ts';
import { workInReceipts } from './work-in.ts';

const clock = manualClock(new Date('2026-11-21T10:00:00Z'));
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ clock });
});

/** One person of a run whose unknown rows are sent again after a minute; each step takes two minutes. */
async function onePerson() {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aConnection(ctx);
  await aContact(ctx, { connectionId });
  const { runId } = await aRun(ctx, connectionId, { settings: { unknown: { resend_after_seconds: 60 } } });
  await expandRun(ctx, { workspaceId: ctx.actor.workspaceId, runId });
  const claim = newId();
  const rowNow = () =>
    ctx.db.selectFrom('deliveries').selectAll().where('run_id', '=', runId).executeTakeFirstOrThrow();
  const story = {
    rowNow,
    async claimed(): Promise<Claimed> {
      clock.advance(120_000);
      const [row] = await claimedOfRun(ctx, runId, claim, 1);
      if (!row) throw new Error('nothing waits');
      return row;
    },
    /** Its node dies, and the campaign's policy sends it again if it may. */
    async lost() {
      await story.claimed();
      await declareAbandoned(ctx, [{ connectionId, claim: newId() }]);
      clock.advance(120_000);
      await resendUnknownByPolicy(base);
    },
    async answered(outcome: Outcome, row?: Claimed) {
      const claimed = row ?? (await story.claimed());
      const recorder = createRecorder(ctx);
      const verdict = verdictOf(outcome, claimed.attempts - claimed.uncounted, clock.now());
      recorder.record({ row: claimed, claim, verdict, message: null, channel: 'whatsapp', connectionId });
      await recorder.stop();
    },
    async retried() {
      expect(await retryFailed(ctx, runId)).toBe(1);
    },
    async told(status: Receipt['status'], attempt: number) {
      const { id } = await rowNow();
      const failure = { reason: 'platform_unavailable', detail: 'Timed out (131026)' } as const;
      const receipt: Receipt = {
        externalId: `wamid.${id}.${attempt}`,
        deliveryId: id,
        attempt,
        status,
        at: clock.now(),
        failure: status === 'failed' ? failure : null,
      };
      await storeReceipts(ctx, { workspaceId: ctx.actor.workspaceId, connectionId }, [receipt]);
      await workInReceipts(base);
      return (await rowNow()).state;
    },
  };
  return story;
}
const refused: Outcome = { kind: 'rejected', reason: 'platform_unavailable', detail: 'No' };

describe('after a retry by hand', () => {
  it('a late "failed" of the first try does not fail the one under way: nobody is asked to send it twice', async () => {
    const person = await onePerson();
    await person.lost();
    await person.answered(refused);
    await person.retried();
    const again = await person.claimed();
    expect(again.attempts).toBe(3);
    expect(await person.told('failed', 1)).toBe('sending');
    await person.answered({ kind: 'accepted', externalId: 'wamid.third' }, again);
    expect(await person.rowNow()).toMatchObject({ state: 'sent', external_id: 'wamid.third' });
    expect(await person.told('failed', 1)).toBe('sent');
  });

  it('a late "failed" of the first try does not fail one whose answer was lost either', async () => {
    const person = await onePerson();
    await person.lost();
    await person.answered(refused);
    await person.retried();
    const again = await person.claimed();
    await person.answered({ kind: 'unknown', cause: 'timeout', detail: '' }, again);
    expect(await person.told('failed', 1)).toBe('unknown');
    // its own does
    expect(await person.told('failed', 3)).toBe('failed');
  });

  it.each(['sent', 'delivered'] as const)(
    'a late "%s" of the first try while it waits is the end: nobody gets it twice',
    async (status) => {
      const person = await onePerson();
      await person.lost();
      await person.answered(refused);
      await person.retried();
      expect(await person.told(status, 1)).toBe(status);
      await expect(person.claimed()).rejects.toThrow('nothing waits');
    },
  );

  it('a late "sent" of a first try that failed proves nothing: nobody is missed', async () => {
    const person = await onePerson();
    const { id } = await person.rowNow();
    await person.answered({ kind: 'accepted', externalId: `wamid.${id}.1` });
    expect(await person.told('failed', 1)).toBe('failed');
    await person.retried();
    expect(await person.told('sent', 1)).toBe('queued');
    expect((await person.claimed()).attempts).toBe(2);
    expect(await person.told('failed', 1)).toBe('sending');
    expect(await person.told('sent', 1)).toBe('sending');
  });

  it('three tries in all begin anew', async () => {
    const person = await onePerson();
    for (let i = 0; i < 2; i++) await person.lost();
    await person.answered(refused);
    await person.retried();
    for (let i = 0; i < 2; i++) {
      await person.lost();
      expect((await person.rowNow()).state).toBe('queued');
    }
    await person.lost();
    expect(await person.rowNow()).toMatchObject({ state: 'unknown', attempts: 6, uncounted: 3 });
  });
});
