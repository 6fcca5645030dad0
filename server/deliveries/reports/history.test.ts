// The history of a delivery: complete and in order, whatever happened to it, through the real engine.
import { beforeAll, describe, expect, it } from 'vitest';
import { fromWireId } from '../../../contract/ids.ts';
import { eraseContact } from '../../contacts/erase.ts';
import { inTransaction } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { literalMessage } from '../../templates/literal.ts';
import { type TestCtx, testCtx } from '../../testing/context.ts';
import { anExpandedRun, aRun, aShopOn, claimedOfRun, testLanes, until } from '../../testing/engine.ts';
import { countStates, retryFailed } from '../runs/run.ts';
import { declareAbandoned, giveBackUnsent } from '../sending/claim.ts';
import { createRecorder } from '../sending/record.ts';
import { countAsSent, resendDelivery } from '../settling/reconcile.ts';
import { nodeName } from './attempts.ts';
import { deliveryWithHistory, type HistoryRow, stepsOf } from './history.ts';
import { listDeliveries } from './log.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ work: true });
});

const historyOf = async (ctx: TestCtx, id: string) => (await deliveryWithHistory(ctx, id)).history;
const codes = async (ctx: TestCtx, id: string) => (await historyOf(ctx, id)).map((step) => step.code);
const onlyRow = async (ctx: TestCtx, campaignId: string) => {
  const { data } = await listDeliveries(ctx, { campaignId }, { limit: 10 });
  return fromWireId('dlv', data[0]?.id ?? '') as string;
};

describe('the history of a delivery', () => {
  it('that is accepted at once has no row of its own, and is told all the same', async () => {
    const { ctx, sandbox } = await aShopOn(base, 1);
    const lanes = testLanes(ctx, 500);
    const { runId, campaignId } = await aRun(ctx, sandbox.connectionId);
    await until('it is sent', async () => (await countStates(ctx, runId)).sent === 1);
    await lanes.stop();
    const id = await onlyRow(ctx, campaignId);
    expect(await codes(ctx, id)).toEqual(['written', 'accepted']);
    const rows = await ctx.db
      .selectFrom('delivery_attempts')
      .select('id')
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .execute();
    expect(rows).toEqual([]);
  });

  it('tells refusal, retry, lost answer and resend, with process, person and time of the call', async () => {
    const { ctx, sandbox } = await aShopOn(base, 1);
    await sandbox.control('state', { bot: sandbox.botId, user: 100_000, state: 'blocked' });
    const lanes = testLanes(ctx, 500);
    const { runId, campaignId } = await aRun(ctx, sandbox.connectionId);
    await until('it is refused', async () => (await countStates(ctx, runId)).failed === 1);
    await sandbox.control('state', { bot: sandbox.botId, user: 100_000, state: 'open' });
    await ctx.db.updateTable('identities').set({ reachable: true, unreachable_reason: null }).execute();
    await sandbox.control('faults', { kind: 'reset_after', bot: sandbox.botId, count: 1 });
    expect(await inTransaction(ctx, (ctx) => retryFailed(ctx, runId))).toBe(1);
    await until('its answer is lost', async () => (await countStates(ctx, runId)).unknown === 1);
    const id = await onlyRow(ctx, campaignId);
    await inTransaction(ctx, (ctx) => resendDelivery(ctx, id));
    await until('it is sent', async () => (await countStates(ctx, runId)).sent === 1);
    await lanes.stop();
    const history = await historyOf(ctx, id);
    expect(history.map(({ code, by, node }) => [code, by, node])).toEqual([
      ['written', null, null],
      ['rejected', null, nodeName],
      ['retried', 'Test', null],
      ['unknown', null, nodeName],
      ['resent', 'Test', null],
      ['accepted', null, nodeName],
    ]);
    expect(history[1]?.detail).toMatch(/^Blocked contact \(.*blocked by the user/);
    expect(history[1]?.latency_ms).toBeGreaterThanOrEqual(0);
    expect(history.map((step) => step.at)).toEqual(history.map((step) => step.at).toSorted());
  });

  it('names the process that was lost, and tells a late answer as what it is', async () => {
    const { ctx, sandbox } = await aShopOn(base, 2);
    const { connectionId } = sandbox;
    const { runId } = await anExpandedRun(ctx, sandbox);
    const [old, next] = [newId(), newId()];
    await declareAbandoned(ctx, [{ connectionId, claim: old }]);
    await ctx.db
      .updateTable('lane_claims')
      .set({ node: 'web-1, process 7' })
      .where('claim', '=', old)
      .execute();
    const [late, unsent] = await claimedOfRun(ctx, runId, old, 2);
    await declareAbandoned(ctx, [{ connectionId, claim: next }]);
    const recorder = createRecorder(ctx);
    recorder.record({
      row: late!,
      claim: old,
      verdict: {
        state: 'sent',
        reason: null,
        detail: null,
        externalId: '1',
        dueAt: null,
        outcome: 'accepted',
      },
      message: literalMessage('Hi'),
      channel: 'telegram',
      connectionId,
    });
    await recorder.stop();
    await giveBackUnsent(ctx, connectionId, old);
    const first = await historyOf(ctx, late!.id);
    expect(first.map((step) => step.code)).toEqual(['written', 'node_lost', 'accepted_late']);
    expect(first[1]?.node).toBe('web-1, process 7');
    expect(await codes(ctx, unsent!.id)).toEqual(['written', 'node_lost', 'not_sent', 'waiting']);
    // proven unsent: nobody needs to fear that this person has it already
    expect((await deliveryWithHistory(ctx, unsent!.id)).unknown_at).toBeNull();
  });

  it('keeps nothing of the platform’s words about a person who was erased', async () => {
    const { ctx, sandbox, contacts } = await aShopOn(base, 1);
    const { runId } = await anExpandedRun(ctx, sandbox);
    const claim = newId();
    const [row] = await claimedOfRun(ctx, runId, claim, 1);
    const recorder = createRecorder(ctx);
    const detail = 'Forbidden: Ann Smith blocked the bot';
    recorder.record({
      row: row!,
      claim,
      verdict: {
        state: 'failed',
        reason: 'blocked',
        detail,
        externalId: null,
        dueAt: null,
        outcome: 'rejected',
      },
      message: literalMessage('Hi'),
      channel: 'telegram',
      connectionId: sandbox.connectionId,
    });
    await recorder.stop();
    expect(JSON.stringify(await historyOf(ctx, row!.id))).toContain('Ann Smith');
    await eraseContact(ctx, contacts[0] as string);
    expect(JSON.stringify(await historyOf(ctx, row!.id))).not.toContain('Ann Smith');
    expect(await codes(ctx, row!.id)).toEqual(['written', 'rejected']);
  });

  it('tells what a person decided', async () => {
    const { ctx, sandbox } = await aShopOn(base, 1);
    const { runId } = await anExpandedRun(ctx, sandbox);
    const [row] = await claimedOfRun(ctx, runId, newId(), 1);
    await declareAbandoned(ctx, [{ connectionId: sandbox.connectionId, claim: newId() }]);
    await inTransaction(ctx, (ctx) => countAsSent(ctx, row!.id));
    const history = await historyOf(ctx, row!.id);
    expect(history.map(({ code, by }) => [code, by])).toEqual([
      ['written', null],
      ['node_lost', null],
      ['counted_as_sent', 'Test'],
    ]);
  });
});

describe('what the row alone tells', () => {
  const now = new Date('2026-11-21T10:00:00Z');
  const later = new Date('2026-11-21T12:00:00Z');
  const row = (given: Partial<HistoryRow>): HistoryRow => ({
    channel: 'telegram',
    state: 'queued', reason: null, detail: null, attempts: 0, due_at: new Date(0), claimed_at: null, unknown_at: null,
    quiet_since: null, created_at: now, sent_at: null, delivered_at: null, read_at: null, clicked_at: null, replied_at: null,
    run_status: 'active', ...given,
  }); // biome-ignore format: a row
  const last = (given: Partial<HistoryRow>) => stepsOf(row(given), [], now).at(-1);

  it.each([
    [{}, 'Waits for its turn', null],
    [{ due_at: later }, 'Waits for its time', later],
    [{ due_at: later, quiet_since: now }, 'Waits for the end of quiet hours', later],
    [{ run_status: 'paused' }, 'Waits: the campaign is paused', null],
    [{ state: 'planned' }, 'Waits until the first ones have gone well', null],
    [{ state: 'sending', claimed_at: now }, 'On its way at this moment', now],
    [{ state: 'skipped', reason: 'opted_out' }, 'Left out on purpose', now],
    [{ state: 'cancelled' }, 'Cancelled: it is not sent', null],
    [{ state: 'read', sent_at: now, read_at: later }, 'Read', later],
  ] as const)('%o', (given, words, at) => {
    expect(last(given)).toMatchObject({ words, at: at?.toISOString() ?? null });
  });
});
