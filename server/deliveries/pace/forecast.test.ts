// What is said before a campaign is sent is what its own report says once it is: one arithmetic, every term of it told apart.
import { beforeAll, expect, test } from 'vitest';
import { type Settings, settings as settingsSchema } from '../../../contract/campaigns.ts';
import { content } from '../../../contract/message.ts';
import type { SendForecast } from '../../../contract/send-forecast.ts';
import { systemClock } from '../../platform/clock.ts';
import { type TestCtx, testCtx } from '../../testing/context.ts';
import { aRun, aShopOn } from '../../testing/engine.ts';
import { runReport } from '../reports/report.ts';
import { type Planned, sendForecast } from './forecast.ts';
import { connectionLimits } from './limits.ts';

const now = new Date('2026-06-01T21:30:00Z');
const people = 3000;
let base: TestCtx;
// nobody expands or sends: runs stay as they are on their first second
beforeAll(async () => {
  base = await testCtx();
});

async function aShop() {
  const { ctx: shop, sandbox } = await aShopOn(base, 1);
  const ctx: TestCtx = { ...shop, clock: { ...systemClock, now: () => now } };
  const { connectionId } = sandbox;
  const { workspaceId } = ctx.actor;
  return {
    ctx,
    connectionId,
    ofConnection: (values: object) =>
      ctx.db.updateTable('connections').set(values).where('id', '=', connectionId).execute(),
    hold: () =>
      ctx.db.updateTable('workspaces').set({ held_at: now }).where('id', '=', workspaceId).execute(),
    usedToday: (used: number) =>
      ctx.db
        .insertInto('connection_days')
        .values({ workspace_id: workspaceId, connection_id: connectionId, day: '2026-06-01', used })
        .execute(),
    limitedUntil: (at: Date) =>
      ctx.db
        .insertInto('connection_minutes')
        .values({
          workspace_id: workspaceId,
          connection_id: connectionId,
          minute: now,
          sent: 0,
          rate_limited: 1,
          limited_at: now,
          limited_until: at,
          per_second: 0,
          written_at: now,
        })
        .execute(),
    /** A run for so many, just launched. */
    async launch(settings: Partial<Settings>, planned = people) {
      const run = await aRun(ctx, connectionId, { settings });
      await ctx.db.updateTable('runs').set({ planned }).where('id', '=', run.runId).execute();
      return run;
    },
    forecast: (settings: Partial<Settings>, more: Partial<Planned> = {}) =>
      sendForecast(ctx, {
        connection: { id: connectionId, channel: 'telegram' },
        settings: { ...settingsSchema.parse({}), ...settings },
        count: { reachable: people, in_quiet_hours: 0, quiet_until: null },
        at: now,
        hours: null,
        ...more,
      }),
  };
}
type Shop = Awaited<ReturnType<typeof aShop>>;

const canary = (given: Partial<NonNullable<Settings['canary']>> = {}): Partial<Settings> => ({
  canary: {
    size: { people: 300 },
    wait_minutes: 30,
    when_passed: 'continue',
    limits: { failed_percent: 5, blocked_percent: 5, opted_out_percent: 5 },
    ...given,
  },
});
const abTest = (winner: NonNullable<Settings['ab']>['winner'], test_percent = 20): Partial<Settings> => ({
  ab: { variants: [{ key: 'b', content: content.parse({ text: 'Hello' }) }], test_percent, winner },
});
const byClicks = { by: 'clicks', after_minutes: 1440 } as const;
const minutes = (n: number) => n * 60;

interface Case {
  settings?: Partial<Settings>;
  given?: (shop: Shop) => Promise<unknown>;
  /** null: nobody can say. */
  seconds: number | null;
  wait?: SendForecast['wait'];
  perSecond?: number;
}
const plan = (...day_limits: number[]) => ({
  warm_up_day_limits: day_limits,
  warm_up_started_on: '2026-06-01',
});
const trouble = (circuit: 'open' | 'half_open') => ({
  circuit,
  circuit_since: now,
  circuit_reason: 'It fails.',
});
const midnight = '2026-06-01T23:00:00.000Z';
const untilMidnight = minutes(90);
const cases: Record<string, Case> = {
  'a connection without trouble': { seconds: 100 },
  'messages of another campaign that wait': { given: (it) => it.launch({}, 6000), seconds: 300 },
  'paid messages, which do not wait for them': {
    settings: { paid_broadcast: true },
    given: (it) => it.launch({}, 6000),
    seconds: 3,
    perSecond: 1000,
  },
  'paid messages of another, which take none of the rate': {
    given: (it) => it.launch({ paid_broadcast: true }, 6000),
    seconds: 100,
  },
  'a rate that was learned': {
    given: (it) => it.ofConnection({ learned_rate: 10 }),
    seconds: 300,
    perSecond: 10,
  },
  'its own speed': { settings: { messages_per_minute: 60 }, seconds: 3000, perSecond: 1 },
  'its own batches': { settings: { batch: { size: 256, delay_seconds: 60 } }, seconds: 100 + 11 * 60 },
  'a 429': {
    given: (it) => it.limitedUntil(new Date(now.getTime() + 40_000)),
    seconds: 140,
    wait: { reason: 'rate_limited', until: '2026-06-01T21:30:40.000Z' },
  },
  'the days of a warm-up plan': {
    given: (it) => it.ofConnection(plan(600, 1500)),
    // 600 today, 1,500 tomorrow, the last 900 from the midnight after that on
    seconds: untilMidnight + minutes(1440) + 30,
  },
  'a warm-up day that is used up': {
    given: async (it) => {
      await it.ofConnection(plan(600));
      await it.usedToday(600);
    },
    seconds: untilMidnight + 100,
    wait: { reason: 'warm_up', until: midnight },
  },
  'a canary and its wait': { settings: canary(), seconds: 100 + minutes(30) },
  'a canary of a share': {
    settings: canary({ size: { percent: 99.99 }, wait_minutes: 10 }),
    // of 2,999.7 people: everybody, so nobody waits for them
    seconds: 100,
  },
  'a canary of everybody, after which nobody is asked': {
    settings: canary({ size: { people }, when_passed: 'ask' }),
    seconds: 100,
  },
  'a canary after which a person is asked': {
    settings: canary({ when_passed: 'ask' }),
    seconds: null,
    wait: { reason: 'canary', until: null },
  },
  'a canary that uses up the day': {
    settings: canary(),
    given: (it) => it.ofConnection(plan(300)),
    seconds: untilMidnight + 90,
  },
  'an A/B test by clicks': { settings: abTest(byClicks), seconds: 100 + minutes(1440) },
  'an A/B test by hand': {
    settings: abTest({ by: 'hand' }),
    seconds: null,
    wait: { reason: 'variants', until: null },
  },
  'an A/B test of everybody': { settings: abTest({ by: 'hand' }, 100), seconds: 100 },
  'an open circuit': {
    given: (it) => it.ofConnection(trouble('open')),
    seconds: null,
    wait: { reason: 'circuit', until: null },
  },
  'a circuit that is tried again': {
    given: (it) => it.ofConnection(trouble('half_open')),
    seconds: null,
    wait: { reason: 'circuit', until: null },
  },
  'a hold': { given: (it) => it.hold(), seconds: null, wait: { reason: 'held', until: null } },
};

test.each(Object.entries(cases))(
  '%s: the forecast says it, and so does the report',
  async (_, { settings = {}, ...one }) => {
    const shop = await aShop();
    await one.given?.(shop);
    const forecast = await shop.forecast(settings);
    expect(forecast).toMatchObject({ seconds: one.seconds, wait: one.wait ?? null });
    if (one.perSecond) expect(forecast.per_second).toBe(one.perSecond);
    const { campaignId } = await shop.launch(settings);
    const report = await runReport(shop.ctx, campaignId, 30);
    expect(report.finish_at).toBe(forecast.finish_at);
    expect(report.rate_limit_per_second).toBe(forecast.per_second);
    if (one.seconds !== null) return expect(report.wait).toEqual(forecast.wait);
    // what a report shows as its state elsewhere, the limits page names as what stands in the way
    expect((await connectionLimits(shop.ctx, shop.connectionId)).wait).toEqual(forecast.wait);
  },
);

test('who goes first, what waits on the connection and what stands in the way are told', async () => {
  const shop = await aShop();
  await shop.launch({}, 6000);
  expect(await shop.forecast(canary({ when_passed: 'ask' }))).toMatchObject({
    goes_first: { reason: 'canary', people: 300, wait_seconds: null },
  });
  expect(await shop.forecast(abTest(byClicks))).toMatchObject({
    waiting: 6000,
    goes_first: { reason: 'variants', people: 600, wait_seconds: minutes(1440) },
    note: '6,000 messages of other campaigns wait on the same connection.',
  });
});

test('paid messages are told of no others', async () => {
  const shop = await aShop();
  await shop.launch({}, 6000);
  expect(await shop.forecast({ paid_broadcast: true })).toMatchObject({
    waiting: 0,
    note: 'Telegram asks Stars only for what goes out above its free rate.',
    cost: { kind: 'stars', amount: 300 },
  });
});

test('what a warm-up plan leaves of today is told', async () => {
  const shop = await aShop();
  expect((await shop.forecast({})).warm_up).toBeNull();
  await shop.ofConnection(plan(600));
  await shop.usedToday(250);
  expect((await shop.forecast({})).warm_up).toEqual({ limit_today: 600, left_today: 350 });
});

test('a broken connection promises nothing', async () => {
  const shop = await aShop();
  await shop.ofConnection({ status: 'error' });
  expect(await shop.forecast({})).toMatchObject({
    finish_at: null,
    wait: { reason: 'circuit', until: null },
  });
});

test('one that begins later finds what waits now done, and a 429 over', async () => {
  const shop = await aShop();
  await shop.launch({}, 6000);
  await shop.limitedUntil(new Date(now.getTime() + 40_000));
  const at = new Date('2026-06-02T09:00:00Z');
  expect(await shop.forecast({}, { at })).toMatchObject({
    starts_at: at.toISOString(),
    finish_at: '2026-06-02T09:01:40.000Z',
    wait: null,
    waiting: 0,
  });
});

test('quiet hours hold back those who are in them, and everybody where the first people are among them', async () => {
  const shop = await aShop();
  const quiet_until = '2026-06-02T07:00:00.000Z';
  const finish = async (settings: Partial<Settings>, in_quiet_hours: number) =>
    shop.forecast(settings, { count: { reachable: people, in_quiet_hours, quiet_until } });
  expect((await finish({}, 300)).finish_at).toBe('2026-06-02T07:00:10.000Z');
  expect(await finish({}, people)).toMatchObject({
    finish_at: '2026-06-02T07:01:40.000Z',
    wait: { reason: 'quiet', until: quiet_until },
  });
  expect((await finish(canary(), 300)).finish_at).toBe('2026-06-02T07:31:40.000Z');
});

test('by everybody’s own clock it is not through before the last of them is met', async () => {
  const shop = await aShop();
  const tokyo = new Date('2026-06-02T00:00:00Z');
  const newYork = new Date('2026-06-02T13:00:00Z');
  const hours = [
    { at: newYork, n: 600 },
    { at: tokyo, n: 5400 },
  ];
  // half of those who are meant can be reached
  expect(await shop.forecast({}, { at: tokyo, hours })).toMatchObject({
    finish_at: '2026-06-02T13:00:10.000Z',
    wait: null,
  });
});
