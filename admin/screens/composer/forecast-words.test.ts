import { expect, test } from 'vitest';
import type { Circuit, Connection } from '../../../contract/connections.ts';
import type { SendForecast } from '../../../contract/send-forecast.ts';
import {
  costDoubt,
  costWords,
  finishWords,
  firstWords,
  testWords,
  warmUpWords,
  warningsOf,
} from './forecast-words.ts';

const connection = {
  name: 'Shop bot',
  channel: 'telegram',
  status: 'connected',
  problem: null,
  circuit: null,
} as Connection;
const forecast: SendForecast = {
  messages: 3000,
  per_second: 30,
  seconds: 100,
  starts_at: '2026-11-21T10:00:00.000Z',
  finish_at: '2026-11-21T10:01:40.000Z',
  wait: null,
  goes_first: null,
  waiting: 0,
  warm_up: null,
  cost: { kind: 'free' },
  batches: null,
  note: null,
};
const unknown = (reason: NonNullable<SendForecast['wait']>['reason']): SendForecast => ({
  ...forecast,
  seconds: null,
  finish_at: null,
  wait: { reason, until: null },
});
const zone = 'Europe/London';
const now = { isBroken: false, isLater: false, zone };
const here = { connection, isHeld: false, isLater: false, zone };
const circuit = (state: Circuit['state']): Circuit => ({
  state,
  since: '2026-11-21T09:50:00.000Z',
  reason: 'It is down.',
  next_try_at: null,
  pauses_at: null,
});

test('the moment is the server’s, counted from now or from its own hour', () => {
  expect(finishWords(forecast, now)).toMatch(/^About .*10:01 London, in 1 min 40 s$/);
  expect(finishWords(forecast, { ...now, isLater: true })).toMatch(/London, after 1 min 40 s$/);
  expect(warningsOf(forecast, here)).toEqual([]);
});

test.each([
  ['held', 'After the release'],
  ['circuit', 'Once the platform answers'],
  ['canary', 'Once you have let the canary go on'],
  ['variants', 'Once you have chosen the winner'],
] as const)('where nobody can say, why: %s', (reason, words) => {
  expect(finishWords(unknown(reason), now)).toBe(words);
});

test('a broken connection is to be fixed first', () => {
  expect(finishWords(unknown('circuit'), { ...now, isBroken: true })).toBe('Once the connection is fixed');
});

test('who goes first is told with their wait', () => {
  expect(firstWords({ reason: 'canary', people: 300, wait_seconds: 1800 })).toEqual({
    label: 'First, as a canary',
    value: '300 people, then a wait of 30 min 0 s',
  });
  expect(firstWords({ reason: 'variants', people: 540, wait_seconds: null })).toEqual({
    label: 'First, as an A/B test',
    value: 'About 540 people, then it waits for you',
  });
});

test('what a warm-up plan leaves of today, and what that means', () => {
  const plan = (left_today: number, more: Partial<SendForecast> = {}) =>
    warmUpWords({ ...forecast, warm_up: { limit_today: 1000, left_today }, ...more }, false);
  expect(plan(600)).toBe('600 messages of 1,000 left today, the others on the days after');
  expect(plan(600, { messages: 500 })).toBe('600 messages of 1,000 left today');
  expect(plan(600, { messages: 500, waiting: 200 })).toMatch(/the others on the days after$/);
  expect(plan(0)).toBe('Used up for today: nobody gets it before tomorrow');
  expect(warmUpWords(forecast, false)).toBeNull();
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
    { connection: { ...connection, circuit: circuit('open') } },
    'warn',
    /does not answer Shop bot at present, since .*09:50 London\. Messages wait/,
  ],
  [
    'its circuit tried again',
    { connection: { ...connection, circuit: circuit('half_open') } },
    'warn',
    /answers Shop bot again: at first messages go out one at a time/,
  ],
  ['held', { isHeld: true }, 'warn', /nothing goes out until an owner or admin releases it/],
] as const)('%s: it is said what stands in the way', (_, more, tone, words) => {
  expect(warningsOf(forecast, { ...here, ...more })).toEqual([{ tone, words: expect.stringMatching(words) }]);
});

test('a 429 that is waited out, and what waits on the connection already, are told', () => {
  const until = '2026-11-21T10:00:40.000Z';
  const said = warningsOf({ ...forecast, wait: { reason: 'rate_limited', until }, waiting: 6000 }, here);
  expect(said.map(({ words }) => words)).toEqual([
    expect.stringContaining('nothing goes out before 10:00:40 London'),
    expect.stringContaining('6,000 messages of other campaigns wait on Shop bot'),
  ]);
});

test('a cost says whose prices it stands on and for whom it says nothing', () => {
  const cost = { kind: 'money', amount: '12.30', currency: 'EUR', unpriced: 0, is_default: false } as const;
  expect([costWords(cost), costDoubt(cost)]).toEqual(['At most €12.30', null]);
  const guessed = { ...cost, unpriced: 3, is_default: true };
  expect(costWords(guessed)).toBe('About €12.30');
  expect(costDoubt(guessed)).toBe('By default prices, to be checked. No price known for 3 people');
  expect(costWords({ ...guessed, amount: '0.00' })).toBe('Not known');
  expect([costWords({ kind: 'stars', amount: 1 }), costDoubt({ kind: 'stars', amount: 1 })]).toEqual([
    'At most 1 Star',
    null,
  ]);
});

test('a campaign with a test says whom pressing Send reaches', () => {
  expect(testWords(1)).toBe('Send the test to 1 person, then wait for your go');
});
