// What the recorder and the claim may do to a row, tried against the database for every state.
import { beforeAll, describe, expect, it } from 'vitest';
import { type DeliveryState, deliveryState } from '../../../contract/deliveries.ts';
import { newId } from '../../platform/db/ids.ts';
import { literalMessage } from '../../templates/literal.ts';
import { aConnection, aContact, type TestCtx, testCtx } from '../../testing/context.ts';
import { claimedDirect } from '../../testing/engine.ts';
import { atOnce, mayMove, type Verdict } from '../delivery.ts';
import { countStates } from '../runs/run.ts';
import { type Claimed, declareAbandoned, giveBack } from './claim.ts';
import { enqueueDelivery } from './enqueue.ts';
import { createRecorder } from './record.ts';

let ctx: TestCtx;
let connectionId: string;
const claim = newId();
beforeAll(async () => {
  ctx = await testCtx();
  connectionId = await aConnection(ctx);
});

async function aClaimed(): Promise<Claimed> {
  const contactId = await aContact(ctx, { connectionId });
  const { id } = await enqueueDelivery(ctx, {
    source: 'reply',
    contactId,
    connectionId,
    content: { text: 'Hi' },
    authorId: null,
  });
  const rows = await claimedDirect(ctx, connectionId, claim, 100);
  const row = rows.find((row) => row.id === id);
  if (!row) throw new Error('not claimed');
  return row;
}

const verdict = (state: Verdict['state']): Verdict => ({
  state,
  reason: null,
  detail: null,
  externalId: '7',
  dueAt: null,
  outcome: ({ sent: 'accepted', failed: 'rejected', unknown: 'unknown', queued: 'deferred' } as const)[state],
});

async function record(row: Claimed, state: Verdict['state'], by = claim): Promise<string> {
  const recorder = createRecorder(ctx);
  recorder.record({
    row,
    claim: by,
    verdict: verdict(state),
    message: literalMessage('Hi'),
    channel: 'telegram',
    connectionId,
  });
  await recorder.stop();
  return stateOf(row);
}

async function stateOf(row: Claimed): Promise<string> {
  return (
    await ctx.db.selectFrom('deliveries').select('state').where('id', '=', row.id).executeTakeFirstOrThrow()
  ).state;
}

describe('recording an outcome', () => {
  it('never moves a row that the table of legal moves would not let go', async () => {
    for (const from of deliveryState.options) {
      for (const to of ['sent', 'failed', 'unknown', 'queued'] as const) {
        const row = await aClaimed();
        await ctx.db.updateTable('deliveries').set({ state: from }).where('id', '=', row.id).execute();
        const moved = (await record(row, to)) === to && from !== to;
        if (moved) expect(mayMove(from as DeliveryState, to), `${from} → ${to}`).toBe(true);
        if (from === 'sending') expect(moved, `sending → ${to}`).toBe(true);
      }
    }
  });

  it('lets a slow owner’s late answer settle a row that was declared unknown meanwhile, and shows it in the thread once', async () => {
    const row = await aClaimed();
    const [abandoned] = await declareAbandoned(ctx, [{ connectionId, claim: newId() }]);
    expect(abandoned).toBeGreaterThan(0);
    expect(await stateOf(row)).toBe('unknown');
    expect(await record(row, 'sent')).toBe('sent');
    expect(await record(row, 'sent')).toBe('sent');
    expect(
      await ctx.db.selectFrom('messages').select('id').where('delivery_id', '=', row.id).execute(),
    ).toHaveLength(1);
  });

  it.each([
    ['counted', false],
    ['free', true],
  ])(
    'written twice, the outcome of a %s try does not meet the next try of the same lane',
    async (_, isFree) => {
      const row = await aClaimed();
      const entry = {
        row,
        claim,
        verdict: { ...verdict('queued'), dueAt: atOnce, isFree },
        message: null,
        channel: 'telegram',
        connectionId,
      };
      const recorder = createRecorder(ctx);
      recorder.record(entry);
      await recorder.flush();
      expect(await stateOf(row)).toBe('queued');
      await new Promise((resolve) => setTimeout(resolve, 2));
      const again = (await claimedDirect(ctx, connectionId, claim, 100)).find(({ id }) => id === row.id);
      expect(again).toMatchObject({ attempts: row.attempts + 1, uncounted: isFree ? 1 : 0 });
      // the answer to the first write was lost: the recorder writes it again
      recorder.record(entry);
      await recorder.stop();
      expect(await stateOf(row)).toBe('sending');
      expect(await record(row, 'sent')).toBe('sending');
      expect(await record(again as Claimed, 'sent')).toBe('sent');
    },
  );

  it('is deaf to a claim that no longer holds the row', async () => {
    const row = await aClaimed();
    await giveBack(ctx, [row], claim, null);
    const [again] = await claimedDirect(ctx, connectionId, newId(), 100);
    expect(again?.id).toBe(row.id);
    expect(await record(row, 'failed')).toBe('sending');
  });
});

it('rows given back unsent wait again and their try does not count', async () => {
  const row = await aClaimed();
  await giveBack(ctx, [row], claim, null);
  const { state, attempts } = await ctx.db
    .selectFrom('deliveries')
    .select(['state', 'attempts'])
    .where('id', '=', row.id)
    .executeTakeFirstOrThrow();
  expect({ state, attempts }).toEqual({ state: 'queued', attempts: 0 });
});

it('two claims at once never get the same row', async () => {
  for (let i = 0; i < 40; i++) {
    const contactId = await aContact(ctx, { connectionId });
    await enqueueDelivery(ctx, {
      source: 'reply',
      contactId,
      connectionId,
      content: { text: 'Hi' },
      authorId: null,
    });
  }
  const batches = await Promise.all(
    Array.from({ length: 8 }, () => claimedDirect(ctx, connectionId, newId(), 10)),
  );
  const ids = batches.flat().map((row) => row.id);
  expect(new Set(ids).size).toBe(ids.length);
});

it('the counters equal a recount whatever statements moved, added or deleted rows', async () => {
  const runId = newId();
  const contactIds = await Promise.all(Array.from({ length: 30 }, () => aContact(ctx)));
  const row = (contact_id: string, state: string) => ({
    workspace_id: ctx.actor.workspaceId, id: newId(), source: 'campaign', priority: 3, campaign_id: runId, run_id: runId, event_key: runId,
    contact_id, connection_id: connectionId, channel: 'telegram', state, due_at: ctx.clock.now(), created_at: ctx.clock.now(),
  }); // biome-ignore format: one row
  await ctx.db
    .insertInto('deliveries')
    .values(contactIds.map((id, i) => row(id, i % 3 === 0 ? 'skipped' : 'queued')))
    .execute();
  const states = deliveryState.options;
  await Promise.all(
    contactIds.map((id, i) =>
      ctx.db
        .updateTable('deliveries')
        .set({ state: states[i % states.length] })
        .where('run_id', '=', runId)
        .where('contact_id', '=', id)
        .execute(),
    ),
  );
  await ctx.db.deleteFrom('deliveries').where('run_id', '=', runId).where('state', '=', 'failed').execute();
  const recount = await ctx.db
    .selectFrom('deliveries')
    .select(['state', (eb) => eb.fn.countAll<number>().as('n')])
    .where('run_id', '=', runId)
    .groupBy('state')
    .execute();
  const counted = Object.fromEntries(
    Object.entries(await countStates(ctx, runId)).filter(([, n]) => n !== 0),
  );
  expect(counted).toEqual(Object.fromEntries(recount.map(({ state, n }) => [state, Number(n)])));
});
