// When silence proves that a message never left, minute by minute on a clock that the story moves.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Outcome, Receipt } from '../../channels/channel.ts';
import { closedAfterSeconds, markDoor } from '../../channels/door.ts';
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
import { aRun, claimedOfRun, runRow } from '../../testing/engine.ts';
import { verdictOf } from '../delivery.ts';
import { workInReceipts } from '../receipts/work-in.ts';
import { reconcile } from '../reports/reconciliation.ts';
import { expandRun } from '../runs/expand.ts';
import { leaveUnknownToPeople } from '../runs/hold.ts';
import { type Claimed, declareAbandoned } from '../sending/claim.ts';
import { createRecorder } from '../sending/record.ts';
import { resendUnknownByPolicy } from './reconcile.ts';

const clock = manualClock(new Date('2026-11-21T10:00:00Z'));
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ clock });
});

/** No story has another's breaks. */
beforeEach(async () => {
  await base.db.deleteFrom('webhook_door').execute();
});

const minutes = (n: number) => n * 60_000;

/** A number with one unknown row (each of `people`), lost at this moment; the door stands open since ten minutes. */
async function aLostRow(settings = {}, people = 1) {
  await open(10);
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aConnection(ctx);
  await ctx.db
    .updateTable('connections')
    .set({ channel: 'whatsapp' })
    .where('id', '=', connectionId)
    .execute();
  for (let i = 0; i < people; i++) await aContact(ctx, { connectionId });
  const { runId, campaignId } = await aRun(ctx, connectionId, { settings: { unknown: {}, ...settings } });
  await expandRun(ctx, { workspaceId: ctx.actor.workspaceId, runId });
  const claim = newId();
  const [row, another] = await claimedOfRun(ctx, runId, claim, people);
  const id = row?.id as string;
  await ctx.db.updateTable('deliveries').set({ channel: 'whatsapp' }).where('id', '=', id).execute();
  await declareAbandoned(ctx, [{ connectionId, claim: newId() }]);
  const told = (deliveryId: string): Receipt => ({
    externalId: `wamid.${newId()}`,
    deliveryId,
    attempt: 1,
    status: 'sent',
    at: clock.now(),
    failure: null,
  });
  return {
    ctx,
    id,
    runId,
    campaignId,
    told,
    /** The platform tells of another message of the number. */
    async others(at = clock.now()) {
      const receipt = { ...told(newId()), at };
      await storeReceipts(ctx, { workspaceId: ctx.actor.workspaceId, connectionId }, [receipt]);
      await workInReceipts(base);
    },
    /** The answer to a send of the same run, after all. */
    async answerAnother(more: { held?: true }) {
      const outcome: Outcome = { kind: 'accepted', externalId: `wamid.${newId()}`, ...more };
      const verdict = verdictOf(outcome, 1, clock.now());
      const recorder = createRecorder(ctx);
      recorder.record({ row: another as Claimed, claim, verdict, message: null, channel: 'whatsapp', connectionId }); // biome-ignore format: one line
      await recorder.stop();
    },
    tell: () => storeReceipts(ctx, { workspaceId: ctx.actor.workspaceId, connectionId }, [told(id)]),
    async stateNow() {
      await resendUnknownByPolicy(base);
      const row = await ctx.db
        .selectFrom('deliveries')
        .select(['state', 'reason'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      return row.reason === 'node_lost' ? row.state : `${row.state} ${row.reason}`;
    },
  };
}

/** Time goes by with somebody at the door. */
async function open(forMinutes: number): Promise<void> {
  for (let i = 0; i < forMinutes * 3; i++) {
    clock.advance(20_000);
    await markDoor(base);
  }
}
/** Time goes by with nobody there, and then somebody comes. */
async function closed(forMinutes: number): Promise<void> {
  clock.advance(minutes(forMinutes));
  await markDoor(base);
}

describe('an unknown row of a number that tells', () => {
  it('is sent again once a window went by in which others were told of, and says that it never left', async () => {
    const row = await aLostRow();
    await open(1);
    await row.others();
    await open(14);
    expect(await row.stateNow()).toBe('unknown');
    await open(1.5);
    expect(await row.stateNow()).toBe('queued never_left');
    const { policy, groups, resume } = await reconcile(row.ctx, row.campaignId, null);
    expect(policy).toMatchObject({ resend_after_seconds: 900, never_left: 1, settled_by_receipt: 0 });
    expect(groups).toMatchObject([{ state: 'left', reason: 'never_left', count: 1 }]);
    expect(resume.words).not.toMatch(/have it already/);
    expect((await runRow(row.ctx, row.runId)).status).toBe('active');
  });

  it('waits as long as nothing at all is told: the way may be closed', async () => {
    const row = await aLostRow();
    await open(40);
    expect(await row.stateNow()).toBe('unknown');
    // it opens after forty minutes: the platform comes back as slowly
    await row.others();
    await open(20);
    expect(await row.stateNow()).toBe('unknown');
    await open(21);
    expect(await row.stateNow()).toBe('queued never_left');
  });

  it('takes a backlog of older news for no proof, and waits twice as long as news have been slow', async () => {
    const row = await aLostRow();
    for (let i = 0; i < 20; i++) {
      await open(1);
      await row.others(new Date(clock.now().getTime() - minutes(40)));
    }
    expect(await row.stateNow()).toBe('unknown');
    // from now on they are fresh
    await row.others();
    await open(60);
    expect(await row.stateNow()).toBe('unknown');
    await open(21);
    expect(await row.stateNow()).toBe('queued never_left');
  });

  it('counts what another account echoes of our id for nothing, and for no reason to wait', async () => {
    const row = await aLostRow();
    const other = inWorkspace(base, await aWorkspace(base));
    const theirs = { workspaceId: other.actor.workspaceId, connectionId: await aConnection(other) };
    await storeReceipts(base, theirs, [row.told(row.id)]);
    await row.tell();
    expect(await workInReceipts(base)).toMatchObject({ taken: 2, done: 2 });
    expect(await row.stateNow()).toBe('sent settled_by_receipt');
  });

  it('waits anew after a break of the door, at least as long as that', async () => {
    const row = await aLostRow();
    await open(1);
    await row.others();
    await closed(30);
    await open(1);
    await row.others();
    await open(28);
    expect(await row.stateNow()).toBe('unknown');
    await open(2.5);
    expect(await row.stateNow()).toBe('queued never_left');
  });

  it('does not wait for a break that was over before its try', async () => {
    await open(1);
    await closed(120);
    const row = await aLostRow();
    await open(1);
    await row.others();
    await open(15.5);
    expect(await row.stateNow()).toBe('queued never_left');
  });

  it('is not sent again while what was told of it waits, nor while nobody is at the door', async () => {
    const row = await aLostRow();
    await open(1);
    await row.others();
    await open(16);
    clock.advance((closedAfterSeconds + 1) * 1000);
    expect(await row.stateNow()).toBe('unknown');
    await open(32);
    await row.others();
    await row.tell();
    await open(32);
    expect(await row.stateNow()).toBe('unknown');
    await workInReceipts(base);
    expect(await row.stateNow()).toBe('sent settled_by_receipt');
  });

  it('waits for a person where the campaign says so, or its archive does', async () => {
    const chosen = await aLostRow({ unknown: { resend_after_seconds: null } });
    const closedRun = await aLostRow();
    await leaveUnknownToPeople(closedRun.ctx, closedRun.campaignId);
    for (const row of [chosen, closedRun]) await row.others();
    await open(30);
    expect([await chosen.stateNow(), await closedRun.stateNow()]).toEqual(['unknown', 'unknown']);
  });

  it('waits for a person once the platform said that it holds messages of the run back, whatever the campaign says', async () => {
    const held = [await aLostRow({}, 2), await aLostRow({ unknown: { resend_after_seconds: 120 } }, 2)];
    const untold = await aLostRow({}, 2);
    for (const row of held) await row.answerAnother({ held: true });
    await untold.answerAnother({});
    await open(1);
    for (const row of [...held, untold]) await row.others();
    await open(40);
    expect(await untold.stateNow()).toBe('queued never_left');
    for (const row of held) {
      expect(await row.stateNow()).toBe('unknown');
      const { policy } = await reconcile(row.ctx, row.campaignId, null);
      expect(policy.resend_after_seconds).toBeNull();
      expect(policy.words).toMatch(/WhatsApp holds messages of this template back for a while/);
      await row.tell();
      await workInReceipts(base);
      // let go at last
      expect(await row.stateNow()).toBe('sent settled_by_receipt');
    }
  });

  it('waits as long as the campaign says', async () => {
    const row = await aLostRow({ unknown: { resend_after_seconds: 120 } });
    await open(1);
    await row.others();
    await open(2.5);
    expect(await row.stateNow()).toBe('queued never_left');
  });
});

describe('the door', () => {
  const door = () => base.db.selectFrom('webhook_door').selectAll().executeTakeFirstOrThrow();

  it('is open since the last break, and two breaks soon after each other are one', async () => {
    await open(1);
    await closed(300);
    const since = clock.now();
    await open(310);
    expect(await door()).toMatchObject({ open_since: since, closed_seconds: 18_000 });
    await closed(10);
    expect(await door()).toMatchObject({ open_since: clock.now(), closed_seconds: 600 });
    await open(5);
    await closed(1);
    expect(await door()).toMatchObject({ open_since: clock.now(), closed_seconds: 960 });
  });
});
