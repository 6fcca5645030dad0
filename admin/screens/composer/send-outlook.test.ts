import { expect, test } from 'vitest';
import { settings } from '../../../contract/campaigns.ts';
import type { Circuit, Connection } from '../../../contract/connections.ts';
import type { Limits } from '../../../contract/limits.ts';
import { type Plan, sendOutlook } from './send-outlook.ts';

const nowMs = Date.parse('2026-11-21T10:00:00Z');
const connection = {
  name: 'Shop bot',
  channel: 'telegram',
  status: 'connected',
  problem: null,
  circuit: null,
  rate_per_second: 30,
} as Connection;
const limits = {
  rate_limited: { last_hour: 0, last_at: null, until: null },
  waiting: [{ priority: 'broadcast', count: 0 }],
  warm_up: {
    day_limits: null,
    started_on: null,
    time_zone: 'Europe/London',
    day: null,
    limit_today: null,
    used_today: 0,
    resumes_at: null,
  },
  paid_broadcast: { per_second: 1000, active: false },
} as unknown as Limits;
const open: Circuit = {
  state: 'open',
  since: '2026-11-21T09:50:00.000Z',
  reason: 'It is down.',
  next_try_at: null,
  pauses_at: null,
};
const look = (more: Partial<Plan> = {}) =>
  sendOutlook({
    nowMs,
    at: null,
    count: { reachable: 3000, quiet_until: null },
    settings: settings.parse({}),
    connection,
    limits,
    isHeld: false,
    zone: 'Europe/London',
    ...more,
  });
const until = (outlook: ReturnType<typeof look>) =>
  outlook.finishMs === null ? outlook.finishWords : (outlook.finishMs - nowMs) / 1000;

test('a connection without trouble: what is to send by its rate, and nothing to warn of', () => {
  expect(until(look())).toBe(100);
  expect(look()).toMatchObject({ perSecond: 30, warmUp: null, warnings: [] });
});

test('the campaign’s own speed, batches, the canary’s wait and quiet hours are counted', () => {
  const slow = (own: object) => until(look({ settings: settings.parse(own) }));
  expect(slow({ messages_per_minute: 60 })).toBe(3000);
  expect(slow({ batch: { size: 256, delay_seconds: 60 } })).toBe(100 + 11 * 60);
  expect(slow({ paid_broadcast: true })).toBe(3);
  expect(until(look({ count: { reachable: 3000, quiet_until: '2026-11-21T12:00:00Z' } }))).toBe(7200);
});

test('what waits on the connection already shares its rate, and is told', () => {
  const busy = { ...limits, waiting: [{ priority: 'broadcast' as const, count: 6000 }] };
  expect(until(look({ limits: busy }))).toBe(300);
  expect(look({ limits: busy }).warnings).toEqual([
    { tone: 'warn', words: expect.stringContaining('6,000 people of other campaigns wait on Shop bot') },
  ]);
});

test('a warm-up plan spreads it over its days, and what is left of today is told', () => {
  const warm_up = {
    ...limits.warm_up,
    day_limits: [1000, 1500, 2000],
    day: 1,
    limit_today: 1000,
    used_today: 400,
  };
  const outlook = look({ limits: { ...limits, warm_up } });
  // 600 today, 1,500 tomorrow, the last 900 from the midnight after that on
  expect(new Date(outlook.finishMs ?? 0).toISOString()).toBe('2026-11-23T00:00:30.000Z');
  expect(outlook.warmUp).toBe('600 messages of 1,000 left today, the others on the days after');
  const used = look({ limits: { ...limits, warm_up: { ...warm_up, used_today: 1000 } } });
  expect(used.warmUp).toBe('Used up for today: nobody gets it before tomorrow');
  expect(look({ limits: { ...limits, warm_up }, count: { reachable: 500, quiet_until: null } }).warmUp).toBe(
    '600 messages of 1,000 left today',
  );
});

test.each([
  [
    'broken',
    { connection: { ...connection, status: 'error', problem: 'The token is refused.' } as Connection },
    'bad',
    /cannot send at present\. The token is refused\./,
  ],
  [
    'its circuit open',
    { connection: { ...connection, circuit: open } },
    'warn',
    /does not answer Shop bot at present, since .*09:50 London\. Messages wait/,
  ],
  ['held', { isHeld: true }, 'warn', /nothing goes out until an owner or admin releases it/],
] as const)('%s: no moment is promised, and why is said', (_, more, tone, words) => {
  const outlook = look(more);
  expect(outlook.finishMs).toBeNull();
  expect(outlook.finishWords).toMatch(/^(Once|After) /);
  expect(outlook.warnings).toEqual([{ tone, words: expect.stringMatching(words) }]);
});

test('a 429 that is waited out delays it, and is told', () => {
  const until429 = '2026-11-21T10:00:40.000Z';
  const outlook = look({
    limits: { ...limits, rate_limited: { last_hour: 1, last_at: until429, until: until429 } },
  });
  expect(until(outlook)).toBe(140);
  expect(outlook.warnings[0]?.words).toContain('nothing goes out before 10:00:40 London');
});
