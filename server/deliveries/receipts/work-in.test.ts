// Receipts through the database: stored once, worked in by any number of nodes, beside lanes that write at the same moment.
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryState } from '../../../contract/deliveries.ts';
import { countedAsSent } from '../../../contract/deliveries.ts';
import type { Receipt } from '../../channels/channel.ts';
import { storeReceipts } from '../../channels/receipts.ts';
import { eraseContact } from '../../contacts/erase.ts';
import { inTransaction } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { literalMessage } from '../../templates/literal.ts';
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
import { countStates, retryFailed } from '../runs/run.ts';
import { declareAbandoned } from '../sending/claim.ts';
import { createRecorder } from '../sending/record.ts';
import { noteStoppedMarketing, type StoppedMarketingJob } from './stopped-marketing.ts';
import { workInReceipts } from './work-in.ts';

let base: TestCtx;
beforeAll(async () => {
  base = await testCtx();
});

interface Story {
  ctx: TestCtx;
  connectionId: string;
  runId: string;
  claim: string;
  rows: Awaited<ReturnType<typeof claimedOfRun>>;
}

/** A run whose people are all under way. */
async function underWay(people = 1): Promise<Story> {
  const ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aConnection(ctx);
  for (let i = 0; i < people; i++) await aContact(ctx, { connectionId, firstName: `P${i}` });
  const { runId } = await aRun(ctx, connectionId);
  await expandRun(ctx, { workspaceId: ctx.actor.workspaceId, runId });
  const claim = newId();
  return { ctx, connectionId, runId, claim, rows: await claimedOfRun(ctx, runId, claim, people) };
}

const told = (deliveryId: string, status: Receipt['status'], more: Partial<Receipt> = {}): Receipt => ({
  externalId: `wamid.${deliveryId}`,
  deliveryId,
  attempt: 1,
  status,
  at: new Date(),
  failure: status === 'failed' ? { reason: 'not_on_platform', detail: 'Not on WhatsApp (131026)' } : null,
  ...more,
});
const of = ({ ctx, connectionId }: Story) => ({ workspaceId: ctx.actor.workspaceId, connectionId });
const tell = (story: Story, ...receipts: Receipt[]) => storeReceipts(story.ctx, of(story), receipts);
const rowOf = ({ ctx }: Story, id: string) =>
  ctx.db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const put = ({ ctx }: Story, id: string, state: DeliveryState, more: object = {}) =>
  ctx.db
    .updateTable('deliveries')
    .set({ state, ...more })
    .where('id', '=', id)
    .execute();
const threadOf = ({ ctx }: Story, id: string) =>
  ctx.db.selectFrom('messages').selectAll().where('delivery_id', '=', id).execute();
const historyOf = async ({ ctx }: Story, id: string) =>
  (
    await ctx.db
      .selectFrom('delivery_attempts')
      .select('outcome')
      .where('delivery_id', '=', id)
      .orderBy('at')
      .orderBy('id')
      .execute()
  ).map((row) => row.outcome);
const waitingOf = ({ ctx, connectionId }: Story) =>
  ctx.db.selectFrom('inbound_receipts').selectAll().where('connection_id', '=', connectionId).execute();
const tallyOf = async ({ ctx, runId }: Story) =>
  (
    await sql<{ n: number }>`SELECT coalesce(sum(n), 0)::bigint AS n FROM run_tallies
      WHERE run_id = ${runId} AND what = 'settled_by_receipt'`.execute(ctx.db)
  ).rows[0]?.n;

const sent = (story: Story, index = 0) => {
  const row = story.rows[index] as Story['rows'][number];
  const recorder = createRecorder(story.ctx);
  recorder.record({
    row,
    claim: story.claim,
    verdict: verdictOf({ kind: 'accepted', externalId: `wamid.${row.id}` }, 1, new Date()),
    message: literalMessage('Hi, as it was sent'),
    channel: 'whatsapp',
    connectionId: story.connectionId,
  });
  return recorder.stop();
};
const idOf = (story: Story, index = 0) => (story.rows[index] as { id: string }).id;

describe('receipts', () => {
  it('are stored once while they wait, and move a sent row to read with the counters', async () => {
    const story = await underWay();
    const id = idOf(story);
    await sent(story);
    const receipts = [told(id, 'delivered'), told(id, 'read'), told(id, 'sent')];
    await Promise.all([tell(story, ...receipts), tell(story, ...receipts.toReversed())]);
    expect(await waitingOf(story)).toHaveLength(3);
    expect(await workInReceipts(base)).toMatchObject({ taken: 3, done: 3 });
    expect(await rowOf(story, id)).toMatchObject({ state: 'read', external_id: `wamid.${id}` });
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ read: 1, sent: 0 });
    expect(await waitingOf(story)).toHaveLength(0);
    // what went well at once has no rows of its own
    expect(await historyOf(story, id)).toEqual([]);
  });

  it('before the answer of the send: the row is sent, in its thread once, and the answer finds nothing to do', async () => {
    const story = await underWay();
    const id = idOf(story);
    await tell(story, told(id, 'delivered'));
    await workInReceipts(base);
    expect(await rowOf(story, id)).toMatchObject({ state: 'delivered', reason: null });
    await sent(story);
    expect(await rowOf(story, id)).toMatchObject({ state: 'delivered', external_id: `wamid.${id}` });
    expect(await threadOf(story, id)).toMatchObject([
      { body: { text: 'Hi P0' }, external_id: `wamid.${id}` },
    ]);
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ delivered: 1, sending: 0 });
  });

  it('settle what a dead node left unknown, counted apart', async () => {
    const story = await underWay(2);
    const [one, two] = [idOf(story), idOf(story, 1)];
    await declareAbandoned(story.ctx, [{ connectionId: story.connectionId, claim: newId() }]);
    await tell(story, told(one, 'sent'), told(two, 'failed'));
    await workInReceipts(base);
    expect(await rowOf(story, one)).toMatchObject({ state: 'sent', reason: 'settled_by_receipt' });
    expect(await rowOf(story, two)).toMatchObject({ state: 'failed', reason: 'not_on_platform', detail: 'Not on WhatsApp (131026)' }); // biome-ignore format: one thought
    expect(await historyOf(story, one)).toEqual(['node_lost', 'settled_by_receipt']);
    expect(await historyOf(story, two)).toEqual(['node_lost', 'undelivered']);
    expect(await threadOf(story, one)).toHaveLength(1);
    expect(await threadOf(story, two)).toHaveLength(0);
    expect(await tallyOf(story)).toBe(2);
  });

  it('of a row that waits to be sent again take it out of the queue', async () => {
    const story = await underWay();
    const id = idOf(story);
    await put(story, id, 'queued', { claim: null, due_at: new Date(0), unknown_at: new Date() });
    await tell(story, told(id, 'sent'));
    await workInReceipts(base);
    expect(await claimedOfRun(story.ctx, story.runId, newId(), 5)).toEqual([]);
    expect(await rowOf(story, id)).toMatchObject({ state: 'sent', reason: 'settled_by_receipt' });
  });

  it('prove what a person only counted as sent', async () => {
    const story = await underWay();
    const id = idOf(story);
    await put(story, id, 'sent', { reason: countedAsSent, unknown_at: new Date() });
    await tell(story, told(id, 'read'));
    await workInReceipts(base);
    expect(await rowOf(story, id)).toMatchObject({ state: 'read', reason: 'settled_by_receipt' });
  });

  it('of another account, of nobody, or of a delivery that is not there change nothing and go', async () => {
    const story = await underWay();
    const other = await underWay();
    await tell(
      other,
      told(idOf(story), 'read'),
      told(newId(), 'read'),
      told(newId(), 'sent', { deliveryId: null }),
    );
    await tell(other, told('no-uuid', 'sent', { attempt: 99_999 }));
    await tell(other, told(newId(), 'sent', { at: new Date(Number.NaN), externalId: 'nul \u0000 here' }));
    expect(await workInReceipts(base)).toMatchObject({ taken: 5, done: 5 });
    expect(await rowOf(story, idOf(story))).toMatchObject({ state: 'sending', external_id: null });
  });

  it('of another number of the same workspace, or of another workspace, say nothing of our row and take nothing of it away', async () => {
    const story = await underWay();
    const id = idOf(story);
    const foreign = await underWay();
    const beside = { ...story, connectionId: await aConnection(story.ctx) };
    await tell(foreign, told(id, 'read', { externalId: 'wamid.foreign' }));
    await tell(beside, told(id, 'failed', { externalId: 'wamid.beside' }));
    await tell(beside, told(id, 'read', { externalId: 'wamid.beside' }));
    expect(await workInReceipts(base)).toMatchObject({ taken: 3, done: 3 });
    expect(await rowOf(story, id)).toMatchObject({ state: 'sending', external_id: null });
    // all in one batch, theirs before ours
    await tell(foreign, told(id, 'read', { externalId: 'wamid.foreign' }));
    await tell(beside, told(id, 'read', { externalId: 'wamid.beside' }));
    await tell(story, told(id, 'sent'));
    expect(await workInReceipts(base)).toMatchObject({ taken: 3, done: 3 });
    expect(await rowOf(story, id)).toMatchObject({ state: 'sent', external_id: `wamid.${id}` });
  });

  it('leave nothing of somebody who was erased but the state', async () => {
    const story = await underWay();
    const id = idOf(story);
    await sent(story);
    await eraseContact(story.ctx, (story.rows[0] as { contactId: string }).contactId);
    await tell(story, told(id, 'failed'));
    await workInReceipts(base);
    expect(await rowOf(story, id)).toMatchObject({
      state: 'failed',
      address: null,
      external_id: null,
      detail: null,
    });
    expect(await threadOf(story, id)).toEqual([]);
  });
});

describe('beside others', () => {
  it('a row that somebody holds is not waited for: its receipts stay, the others go on', async () => {
    const story = await underWay(2);
    const [held, free] = [idOf(story), idOf(story, 1)];
    await tell(story, told(held, 'sent'), told(free, 'sent'));
    await inTransaction(base, async ({ db }) => {
      await sql`SELECT 1 FROM deliveries WHERE id = ${held} FOR UPDATE`.execute(db);
      expect(await workInReceipts(base)).toMatchObject({ taken: 2, done: 1 });
    });
    expect(await rowOf(story, free)).toMatchObject({ state: 'sent' });
    expect(await rowOf(story, held)).toMatchObject({ state: 'sending' });
    expect(await workInReceipts(base)).toMatchObject({ taken: 1, done: 1 });
    expect(await rowOf(story, held)).toMatchObject({ state: 'sent' });
  });

  it('two nodes and the recorder at the same rows at once: no deadlock, and all is told', async () => {
    const people = 300;
    const story = await underWay(people);
    const ids = story.rows.map((row) => row.id);
    const receipts = ids.flatMap((id) => [told(id, 'read'), told(id, 'sent'), told(id, 'delivered')]);
    for (let from = 0; from < receipts.length; from += 90)
      await tell(story, ...receipts.slice(from, from + 90));
    const work = async () => {
      for (let taken = 1; taken > 0; ) taken = (await workInReceipts(base, 100)).taken;
    };
    await Promise.all([work(), work(), ...ids.map((_, index) => sent(story, people - 1 - index))]);
    await work();
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ read: people, sending: 0, sent: 0 });
    const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM messages WHERE connection_id = ${story.connectionId}`.execute(base.db); // biome-ignore format: one thought
    expect(rows[0]?.n).toBe(people);
  });

  it('one receipt that cannot be worked in stands aside, and holds nobody up', async () => {
    const story = await underWay(3);
    for (const { id } of story.rows) await tell(story, told(id, 'sent'));
    // a row that the database refuses to change, whatever the reason
    const bad = idOf(story, 1);
    await sql`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not this one'; END $$`.execute(base.db); // biome-ignore format: one thought
    await sql`CREATE TRIGGER refused BEFORE UPDATE ON deliveries FOR EACH ROW WHEN (OLD.id = ${sql.lit(bad)}) EXECUTE FUNCTION refuse()`.execute(base.db); // biome-ignore format: one thought
    expect(await workInReceipts(base)).toMatchObject({ taken: 3, done: 3 });
    await sql`DROP TRIGGER refused ON deliveries`.execute(base.db);
    expect(await countStates(story.ctx, story.runId)).toMatchObject({ sent: 2, sending: 1 });
    expect(await waitingOf(story)).toMatchObject([{ delivery_id: bad, problem: expect.stringContaining('not this one') }]); // biome-ignore format: one thought
    expect(await workInReceipts(base)).toMatchObject({ taken: 0 });
  });

  it('a failure that says something of the person leaves a job for it, once', async () => {
    const story = await underWay();
    await sent(story);
    const stop = { reason: 'marketing_stopped', detail: 'User stopped marketing (131050)' } as const;
    for (const _ of ['once', 'again']) {
      await tell(story, told(idOf(story), 'failed', { failure: stop }));
      await workInReceipts(base);
    }
    const { rows } = await sql<{ data: StoppedMarketingJob }>`
      SELECT data FROM pgboss.job WHERE name = 'deliveries.stopped_marketing'`.execute(base.db);
    expect(rows).toHaveLength(1);
    const job = rows[0]?.data as StoppedMarketingJob;
    await noteStoppedMarketing(base, {
      ...job,
      people: [...job.people, { ...job.people[0]!, contactId: newId() }],
    });
    const { state, source } = await base.db
      .selectFrom('consents')
      .select(['state', 'source'])
      .where('contact_id', '=', job.people[0]!.contactId)
      .executeTakeFirstOrThrow();
    expect({ state, source }).toEqual({ state: 'opted_out', source: job.channel });
  });

  it('whom marketing was held back from is tried again after a day, and who stopped it or is not there never', async () => {
    const story = await underWay(4);
    const [capped, late, stopped, absent] = [0, 1, 2, 3].map((index) => idOf(story, index)) as [string, string, string, string]; // biome-ignore format: one thought
    await put(story, capped, 'failed', { reason: 'marketing_capped' });
    await put(story, late, 'failed', { reason: 'marketing_capped', claimed_at: new Date(Date.now() - 25 * 3_600_000) }); // biome-ignore format: one thought
    await put(story, stopped, 'failed', { reason: 'marketing_stopped' });
    await put(story, absent, 'failed', { reason: 'not_on_platform' });
    expect(await retryFailed(story.ctx, story.runId)).toBe(1);
    expect(await rowOf(story, late)).toMatchObject({ state: 'queued' });
  });
});
