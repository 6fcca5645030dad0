// Frequency caps over all connections of a workspace: what counts, who is exempt, and that two campaigns, two connections and
// two nodes that want the same person at the same instant never both pass.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryState } from '../../../contract/deliveries.ts';
import type { FrequencyCap } from '../../../contract/pressure.ts';
import { newId } from '../../platform/db/ids.ts';
import { aContact, type TestCtx, testCtx } from '../../testing/context.ts';
import { anExpandedRun, aRun, aShopOn, runRow, testLanes, until } from '../../testing/engine.ts';
import { runReport } from '../reports/report.ts';
import { countAudience } from '../runs/reach.ts';
import { countStates } from '../runs/run.ts';
import { claimLimited as claimEach, type LimitedAsk } from '../sending/claim-limited.ts';
import { enqueueDelivery } from '../sending/enqueue.ts';
import { type Limits, limitsOn, readPressure } from './eligibility.ts';
import { anotherBot, livesIn, presses, wallClock } from './testing-pressure.ts';

const clock = wallClock('2026-06-01T12:00:00Z');
let base: TestCtx;
beforeAll(async () => {
  base = await testCtx({ work: true, clock });
});
beforeEach(() => clock.set('2026-06-01T12:00:00Z'));

const claimLimited = async (ctx: TestCtx, asks: LimitedAsk[]) =>
  (await claimEach(ctx, asks)).map((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  });
const cap = (max: number, period_hours = 24, purpose: FrequencyCap['purpose'] = 'marketing') => ({
  purpose,
  max,
  period_hours,
});
const expanded = (ctx: TestCtx, runId: string) =>
  until('it is expanded', async () => (await runRow(ctx, runId)).expanded_at !== null);
const finished = (ctx: TestCtx, runId: string) =>
  until('the run is finished', async () => (await runRow(ctx, runId)).status === 'finished');
const reasonsOf = async (ctx: TestCtx, runId: string) =>
  (
    await ctx.db
      .selectFrom('deliveries')
      .select(['contact_id', 'state', 'reason'])
      .where('run_id', '=', runId)
      .execute()
  ).map((row) => [row.contact_id, row.reason ?? row.state]);

/** A message as it stands in the ledger, some hours ago, on whatever connection. */
async function hadBefore(
  ctx: TestCtx,
  given: {
    contactId: string | undefined;
    connectionId: string;
    hoursAgo: number;
    state?: DeliveryState;
    source?: string;
    purpose?: string;
  },
): Promise<void> {
  const at = new Date(clock.now().getTime() - given.hoursAgo * 3_600_000);
  await ctx.db
    .insertInto('deliveries')
    .values({
      workspace_id: ctx.actor.workspaceId,
      id: newId(),
      source: given.source ?? 'campaign',
      priority: 3,
      campaign_id: newId(),
      event_key: newId(),
      contact_id: given.contactId as string,
      connection_id: given.connectionId,
      channel: 'telegram',
      state: given.state ?? 'sent',
      purpose: given.purpose ?? 'marketing',
      due_at: at,
      claimed_at: at,
      sent_at: given.state === undefined || given.state === 'sent' ? at : null,
      created_at: at,
    })
    .execute();
}

describe('a cap', () => {
  it('counts what left and what may have left on every connection, and nothing else', async () => {
    const { ctx, sandbox, contacts } = await aShopOn(base, 9);
    const other = await anotherBot(ctx, sandbox, contacts);
    const stranger = await aShopOn(base, 0);
    const from = { connectionId: other.connectionId, hoursAgo: 23 };
    await hadBefore(ctx, { ...from, contactId: contacts[0] });
    await hadBefore(ctx, { ...from, contactId: contacts[1], state: 'unknown' });
    await hadBefore(ctx, { ...from, contactId: contacts[2], state: 'sending' });
    await hadBefore(ctx, { ...from, contactId: contacts[3], state: 'read' });
    await hadBefore(ctx, { ...from, contactId: contacts[4], state: 'failed' });
    await hadBefore(ctx, { ...from, contactId: contacts[5], source: 'reply' });
    await hadBefore(ctx, { ...from, contactId: contacts[6], purpose: 'service' });
    await hadBefore(ctx, { ...from, contactId: contacts[7], hoursAgo: 25 });
    await hadBefore(stranger.ctx, { ...from, contactId: contacts[8] });
    await presses(ctx, { frequency_caps: [cap(1)] });
    const plan = {
      audience: { all: true as const },
      connection: { id: sandbox.connectionId, channel: 'telegram' as const },
    };
    expect(await countAudience(ctx, { ...plan, settings: {} }, clock.now())).toMatchObject({
      total: 9,
      reachable: 5,
      over_cap: 4,
    });
    // two hours from now the four have had nothing for 25 hours
    const later = new Date(clock.now().getTime() + 2 * 3_600_000);
    expect(await countAudience(ctx, { ...plan, settings: {} }, later)).toMatchObject({ reachable: 9 });
    expect(
      await countAudience(ctx, { ...plan, settings: { purpose: 'service' } }, clock.now()),
    ).toMatchObject({ reachable: 9, over_cap: 0 });
    const { runId, campaignId } = await aRun(ctx, sandbox.connectionId);
    const lanes = testLanes(ctx, 500);
    await finished(ctx, runId);
    await lanes.stop();
    expect((await reasonsOf(ctx, runId)).sort()).toEqual(
      contacts.map((id, index) => [id, index < 4 ? 'frequency_cap' : 'sent']).sort(),
    );
    expect((await runReport(ctx, campaignId, 30)).skips).toEqual([
      { reason: expect.stringMatching(/frequency cap/), code: 'frequency_cap', count: 4 },
    ]);
    expect((await sandbox.stats()).accepted).toBe(5);
  });

  it('of several kinds binds each by itself: two a day and three a week', async () => {
    const { ctx, sandbox, contacts } = await aShopOn(base, 3);
    const had = (contactId: string | undefined, ...hours: number[]) =>
      Promise.all(
        hours.map((hoursAgo) => hadBefore(ctx, { contactId, connectionId: sandbox.connectionId, hoursAgo })),
      );
    await had(contacts[0], 2, 3);
    await had(contacts[1], 2, 50, 60);
    await had(contacts[2], 2, 50);
    await presses(ctx, { frequency_caps: [cap(2, 24), cap(3, 168), cap(1, 1, 'service')] });
    const { runId } = await aRun(ctx, sandbox.connectionId);
    await expanded(ctx, runId);
    expect((await reasonsOf(ctx, runId)).sort()).toEqual(
      [
        [contacts[0], 'frequency_cap'],
        [contacts[1], 'frequency_cap'],
        [contacts[2], 'queued'],
      ].sort(),
    );
  });

  it('does not bind replies, tests, or a campaign that is exempt', async () => {
    const { ctx, sandbox, contacts } = await aShopOn(base, 2);
    for (const contactId of contacts)
      await hadBefore(ctx, { contactId, connectionId: sandbox.connectionId, hoursAgo: 1 });
    await presses(ctx, { frequency_caps: [cap(1), cap(1, 24, 'service')] });
    const lanes = testLanes(ctx, 500);
    const { runId } = await aRun(ctx, sandbox.connectionId, {
      settings: { purpose: 'service', pressure: { ignore_caps: true, ignore_quiet_hours: false } },
    });
    await finished(ctx, runId);
    for (const [index, source] of (['reply', 'test'] as const).entries())
      await enqueueDelivery(ctx, {
        source,
        contactId: contacts[index] as string,
        connectionId: sandbox.connectionId,
        content: { text: source },
        authorId: null,
      });
    await until('all arrived', async () => (await sandbox.stats()).accepted === 4);
    await lanes.stop();
  });

  it('judges somebody in quiet hours by what they will have had when these end', async () => {
    const { ctx, sandbox, contacts } = await aShopOn(base, 2);
    clock.set('2026-06-01T21:30:00Z'); // London 22:30
    // at 08:00 UTC the one had it 25 hours ago, the other 23 hours ago
    await hadBefore(ctx, { contactId: contacts[0], connectionId: sandbox.connectionId, hoursAgo: 14.5 });
    await hadBefore(ctx, { contactId: contacts[1], connectionId: sandbox.connectionId, hoursAgo: 12.5 });
    await presses(ctx, {
      frequency_caps: [cap(1)],
      quiet_hours: { from: '21:00', to: '09:00', expire_after_hours: 24 },
    });
    const { runId } = await anExpandedRun(ctx, sandbox);
    expect((await reasonsOf(ctx, runId)).sort()).toEqual(
      [
        [contacts[0], 'queued'],
        [contacts[1], 'frequency_cap'],
      ].sort(),
    );
  });

  it('is judged again by the claim: of two campaigns at once on two connections each person gets one', async () => {
    const { ctx, sandbox, contacts } = await aShopOn(base, 40);
    const other = await anotherBot(ctx, sandbox, contacts);
    await presses(ctx, { frequency_caps: [cap(1)] });
    const first = await anExpandedRun(ctx, sandbox);
    const second = await aRun(ctx, other.connectionId);
    await expanded(ctx, second.runId);
    // nobody has had anything yet, so both mean everybody
    expect(await countStates(ctx, first.runId)).toEqual({ queued: 40 });
    expect(await countStates(ctx, second.runId)).toEqual({ queued: 40 });
    const nodes = [testLanes(ctx, 300), testLanes(ctx, 300)];
    await finished(ctx, first.runId);
    await finished(ctx, second.runId);
    for (const node of nodes) await node.stop();
    const one = await sandbox.stats();
    const two = await sandbox.control<{ accepted: number; by_chat: Record<string, number> }>(
      `stats?bot=${other.botId}&by_chat=1`,
    );
    expect(one.accepted + two.accepted).toBe(40);
    for (let chat = 100_000; chat < 100_040; chat++)
      expect([chat, (one.by_chat[chat] ?? 0) + (two.by_chat[chat] ?? 0)]).toEqual([chat, 1]);
  });
});

it('claims of four campaigns by four nodes at the same instant let nobody through beyond the cap, round after round', async () => {
  const { ctx, sandbox, contacts } = await aShopOn(base, 12);
  await presses(ctx, { frequency_caps: [cap(2)] });
  const bots = [sandbox.connectionId];
  for (let bot = 1; bot < 4; bot++) bots.push((await anotherBot(ctx, sandbox, contacts)).connectionId);
  const limits = limitsOn(await readPressure(ctx, ctx.actor.workspaceId), {}) as Limits;
  for (let round = 0; round < 6; round++) {
    clock.set(new Date(Date.UTC(2026, 6, 1 + 3 * round)).toISOString());
    const runs = await Promise.all(bots.map((connectionId) => aRun(ctx, connectionId)));
    for (const { runId } of runs) await expanded(ctx, runId);
    const claimed = new Map<string, number>();
    const left = async () => {
      const counts = await Promise.all(runs.map(({ runId }) => countStates(ctx, runId)));
      return counts.reduce((sum, states) => sum + (states.queued ?? 0), 0);
    };
    while ((await left()) > 0) {
      const taken = await Promise.all(
        runs.map(({ runId }) => claimLimited(ctx, [{ from: runId, claim: newId(), limit: 5, limits }])),
      );
      for (const row of taken.flat().flatMap((one) => one.rows))
        claimed.set(row.contactId, (claimed.get(row.contactId) ?? 0) + 1);
    }
    expect(contacts.map((id) => claimed.get(id))).toEqual(contacts.map(() => 2));
  }
});

it('two runs asked for in one claim never take the same person twice', async () => {
  const { ctx, sandbox, contacts } = await aShopOn(base, 6);
  await presses(ctx, { frequency_caps: [cap(1)] });
  const runs = [await anExpandedRun(ctx, sandbox), await anExpandedRun(ctx, sandbox)];
  const limits = limitsOn(await readPressure(ctx, ctx.actor.workspaceId), {}) as Limits;
  const asks = runs.map(({ runId }) => ({ from: runId, claim: newId(), limit: 10, limits }));
  const taken = await claimLimited(ctx, asks);
  expect(taken.flatMap((one) => one.rows).map((row) => row.contactId).sort()).toEqual([...contacts].sort()); // biome-ignore format: one list
  expect((await claimLimited(ctx, asks)).flatMap((one) => one.rows)).toEqual([]);
  expect(await countStates(ctx, runs[1]?.runId as string)).toMatchObject({ skipped: 6 });
});

it('a person who is being changed elsewhere is passed over, not waited for, and comes with the next claim', async () => {
  const { ctx, sandbox, contacts } = await aShopOn(base, 3);
  await presses(ctx, { frequency_caps: [cap(1)] });
  const { runId } = await anExpandedRun(ctx, sandbox);
  const limits = limitsOn(await readPressure(ctx, ctx.actor.workspaceId), {}) as Limits;
  const ask = { from: runId, claim: newId(), limit: 10, limits };
  await ctx.db.transaction().execute(async (trx) => {
    await trx
      .updateTable('contacts')
      .set({ first_name: 'Changed' })
      .where('id', '=', contacts[1] as string)
      .execute();
    const [taken] = await claimLimited(ctx, [ask]);
    expect(taken?.rows.map((row) => row.contactId).sort()).toEqual([contacts[0], contacts[2]].sort());
  });
  const [taken] = await claimLimited(ctx, [ask]);
  expect(taken?.rows.map((row) => [row.contactId, row.contact.first_name])).toEqual([
    [contacts[1], 'Changed'],
  ]);
});

it('the count in the confirmation and the rows that are written agree, reason by reason, for any mixture of people', async () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const zones = ['Asia/Tokyo', 'America/New_York', 'Asia/Kolkata', 'Europe/London', 'Nowhere/Land', null];
  const { ctx, sandbox } = await aShopOn(base, 0);
  clock.set('2026-06-01T21:30:00Z');
  for (let index = 0; index < 120; index++) {
    const kind = random(8);
    const id = await aContact(ctx, {
      ...(kind === 0 ? {} : { connectionId: sandbox.connectionId, address: `${200_000 + index}` }),
      reachable: kind !== 1,
      optedOut: kind === 2,
    });
    const zone = zones[random(zones.length)];
    if (zone) await livesIn(ctx, id, zone);
    for (let had = random(4); had > 0; had--)
      await hadBefore(ctx, { contactId: id, connectionId: sandbox.connectionId, hoursAgo: random(40) });
  }
  await presses(ctx, {
    frequency_caps: [cap(2, 24), cap(3, 72)],
    quiet_hours: { from: '21:00', to: '09:00', expire_after_hours: 4 },
  });
  const connection = { id: sandbox.connectionId, channel: 'telegram' as const };
  const count = await countAudience(ctx, { audience: { all: true }, connection, settings: {} }, clock.now());
  const { runId, campaignId } = await anExpandedRun(ctx, sandbox);
  const report = await runReport(ctx, campaignId, 30);
  const skipped = (code: string) => report.skips.find((skip) => skip.code === code)?.count ?? 0;
  expect(await countStates(ctx, runId)).toEqual({
    queued: count.reachable,
    skipped: count.total - count.reachable,
  });
  expect({ waiting: report.quiet?.waiting, until: report.quiet?.until }).toEqual({
    waiting: count.in_quiet_hours,
    until: count.quiet_until,
  });
  expect({
    over_cap: skipped('frequency_cap'),
    quiet_too_long: skipped('quiet_hours_expired'),
    opted_out: skipped('opted_out'),
    no_identity: skipped('no_identity'),
    unreachable: skipped('blocked'),
  }).toEqual({
    over_cap: count.over_cap,
    quiet_too_long: count.quiet_too_long,
    opted_out: count.opted_out,
    no_identity: count.no_identity,
    unreachable: count.unreachable,
  });
  for (const n of [count.over_cap, count.quiet_too_long, count.in_quiet_hours, count.opted_out])
    expect(n).toBeGreaterThan(3);
});

it('what fails for one group of limits is no matter of the others, and what was claimed is answered', async () => {
  const { ctx, sandbox } = await aShopOn(base, 4);
  await presses(ctx, { frequency_caps: [cap(1)] });
  const { runId } = await anExpandedRun(ctx, sandbox);
  const shop = await aShopOn(base, 4);
  const other = await anExpandedRun(shop.ctx, shop.sandbox);
  const limits = limitsOn(await readPressure(ctx, ctx.actor.workspaceId), {}) as Limits;
  const [good, bad] = await claimEach(ctx, [
    { from: runId, claim: newId(), limit: 10, limits },
    { from: other.runId, claim: newId(), limit: 10, limits: { ...limits, workspaceId: 'no workspace' } },
  ]);
  expect(good).toMatchObject({ status: 'fulfilled', value: { rows: { length: 4 } } });
  expect(bad?.status).toBe('rejected');
  expect(await countStates(ctx, runId)).toMatchObject({ sending: 4 });
  expect(await countStates(shop.ctx, other.runId)).toMatchObject({ queued: 4 });
});
