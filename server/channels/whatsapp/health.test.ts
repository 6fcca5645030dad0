import { expect, test } from 'vitest';
import { healthOf, messagingLimit } from './health.ts';

const healthy = {
  status: 'CONNECTED',
  quality_rating: 'GREEN',
  name_status: 'APPROVED',
  throughput: { level: 'STANDARD' },
  whatsapp_business_manager_messaging_limit: 'TIER_2K',
  health_status: {
    can_send_message: 'AVAILABLE',
    entities: [{ entity_type: 'PHONE_NUMBER', id: '1', can_send_message: 'AVAILABLE' }],
  },
};

test('a number that can send has no problems', () => {
  expect(healthOf(healthy)).toEqual({
    can_send: 'available',
    status: 'CONNECTED',
    quality: 'green',
    name_status: 'APPROVED',
    messaging_limit: 2000,
    per_second: 80,
    problems: [],
  });
});

test.each([
  ['HIGH', undefined, 1000],
  ['STANDARD', false, 80],
  ['HIGH', true, 20],
  ['NOT_APPLICABLE', undefined, null],
])('throughput %s, in the Business app: %s → %s a second', (level, is_on_biz_app, expected) => {
  expect(healthOf({ ...healthy, throughput: { level }, is_on_biz_app }).per_second).toBe(expected);
});

test.each([
  ['TIER_250', 250],
  ['TIER_2K', 2000],
  ['TIER_100K', 100_000],
  ['TIER_UNLIMITED', 'unlimited'],
  ['TIER_NEW', null],
  [null, null],
])('messaging limit %s is %s', (tier, expected) => {
  expect(messagingLimit(tier)).toBe(expected);
});

test('what stands in the way is told with what to do, of the number and of whom it belongs to', () => {
  const { can_send, problems } = healthOf({
    ...healthy,
    status: 'FLAGGED',
    quality_rating: 'RED',
    name_status: 'DECLINED',
    health_status: {
      can_send_message: 'BLOCKED',
      entities: [
        { entity_type: 'PHONE_NUMBER', can_send_message: 'AVAILABLE' },
        {
          entity_type: 'WABA',
          can_send_message: 'BLOCKED',
          errors: [
            {
              error_code: 141006,
              error_description: 'There is a problem with the payment method.',
              possible_solution: 'Add a payment method.',
            },
          ],
        },
        { entity_type: 'BUSINESS', can_send_message: 'LIMITED' },
        {
          entity_type: 'MESSAGE_TEMPLATE',
          can_send_message: 'BLOCKED',
          errors: [{ error_description: 'x' }],
        },
      ],
    },
  });
  expect(can_send).toBe('blocked');
  expect(problems.map(({ of, severity }) => `${of} ${severity}`)).toEqual([
    'number limits',
    'number limits',
    'number limits',
    'account blocks',
    'business limits',
  ]);
  expect(problems[3]).toMatchObject({
    detail: 'The WhatsApp account: There is a problem with the payment method.',
    solution: 'Add a payment method.',
  });
});

test.each([
  {},
  { status: 7, health_status: 'x', throughput: null },
  { health_status: { entities: [null, 3] } },
])('an answer of another shape is no health, and no error: %j', (given) => {
  expect(healthOf(given)).toMatchObject({ can_send: null, messaging_limit: null, problems: [] });
});
