import { expect, test } from 'vitest';
import type { AccountHealth } from '../../../contract/connections.ts';
import { content } from '../../../contract/message.ts';
import { adviceOnHealth, adviceOnMessagingLimit } from './account-health.ts';
import type { Sendable } from './finding.ts';

const health: AccountHealth = {
  can_send: 'limited',
  status: 'CONNECTED',
  quality: 'red',
  name_status: null,
  messaging_limit: 2000,
  per_second: 80,
  problems: [
    { of: 'account', severity: 'blocks', detail: 'No payment method.', solution: 'Add one.' },
    { of: 'number', severity: 'limits', detail: 'Quality is low.', solution: null },
    { of: 'number', severity: 'warns', detail: 'The name is reviewed.', solution: null },
  ],
};
const template = { name: 'promo', language: 'en', header: {}, body: {}, buttons: {} };
const sending = (whatsapp?: object) =>
  ({ campaign: { content: content.parse({ text: 'Hi', ...(whatsapp && { whatsapp }) }) } }) as Pick<
    Sendable,
    'campaign'
  >;

test('what stops or slows the number is said before sending, with what to do', () => {
  expect(adviceOnHealth(health).map(({ key, words }) => [key, words])).toEqual([
    ['account_blocked', 'No payment method. Add one.'],
    ['account_limited', 'Quality is low.'],
  ]);
  expect(adviceOnHealth(null)).toEqual([]);
});

test('more people than conversations may be begun with in a day are a warning, for templates only', () => {
  const keys = (given: AccountHealth | null, whatsapp: object | undefined, people: number) =>
    adviceOnMessagingLimit(given, sending(whatsapp), people).map(({ words }) => words);
  expect(keys(health, { template }, 12_000)).toEqual([
    expect.stringMatching(/12,000 people.*2,000 in 24 hours/),
  ]);
  expect(keys(health, { template }, 2000)).toEqual([]);
  expect(keys(health, undefined, 12_000)).toEqual([]);
  expect(keys({ ...health, messaging_limit: 'unlimited' }, { template }, 12_000)).toEqual([]);
  expect(keys(null, { template }, 12_000)).toEqual([]);
});
