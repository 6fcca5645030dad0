// Where a shop begins: five segments that most shops want, as rules to look at, change and save under a name of one's own.
import type { Rule } from '../../contract/rules.ts';

export interface Preset {
  key: string;
  name: string;
  description: string;
  rule: Rule;
}

export const presets: Preset[] = [
  {
    key: 'vip',
    name: 'VIP customers',
    description: 'Tagged "vip", or bought for 500 and more. Set the sum to what is much in your shop.',
    rule: {
      any: [
        { field: 'tag', op: 'any_of', values: ['vip', 'VIP'] },
        { not: { field: 'orders_value', op: 'less_than', value: 500 } },
      ],
    },
  },
  {
    key: 'new_leads',
    name: 'New leads',
    description: 'Came within the last 30 days and have not bought yet.',
    rule: {
      all: [
        { field: 'created_at', op: 'within_days', days: 30 },
        { field: 'orders_count', op: 'equals', value: 0 },
      ],
    },
  },
  {
    key: 'repeat_buyers',
    name: 'Repeat buyers',
    description: 'Bought at least twice; orders that were cancelled or came back do not count.',
    rule: { all: [{ field: 'orders_count', op: 'greater_than', value: 1 }] },
  },
  {
    key: 'inactive',
    name: 'Inactive customers',
    description:
      'Known for more than 90 days, and in these neither wrote, nor did anything, nor bought. Whoever never did is in it.',
    rule: {
      all: [
        { field: 'created_at', op: 'before_days', days: 90 },
        { not: { field: 'last_seen_at', op: 'within_days', days: 90 } },
        { not: { field: 'last_order_at', op: 'within_days', days: 90 } },
      ],
    },
  },
  {
    key: 'webinar_participants',
    name: 'Webinar participants',
    description: 'Tagged "webinar", or sent the event webinar_joined at least once.',
    rule: {
      any: [
        { field: 'tag', op: 'any_of', values: ['webinar'] },
        { field: 'event', name: 'webinar_joined', op: 'at_least', times: 1 },
      ],
    },
  },
];
