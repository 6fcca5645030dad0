// The questions that the benches ask: what marketing people ask, three conditions each, and five with counts of events.
import type { Rule } from '../contract/rules.ts';

const tag = (...values: string[]): Rule => ({ field: 'tag', op: 'any_of', values });
const event = (name: string, times: number, days?: number): Rule => ({
  field: 'event',
  name,
  op: 'at_least',
  times,
  ...(days && { days }),
});
const within = (field: 'created_at' | 'last_seen_at' | 'last_order_at', days: number): Rule => ({
  field,
  op: 'within_days',
  days,
});
const reachable: Rule = { field: 'identity', channel: 'telegram', reachable: true };
const agreed: Rule = { field: 'consent', channel: 'telegram', purpose: 'marketing', state: 'opted_in' };
const plan = (value: string): Rule => ({
  field: 'attribute',
  name: 'plan',
  type: 'text',
  op: 'equals',
  value,
});
const birthday = (days: number): Rule => ({
  field: 'attribute',
  name: 'born',
  type: 'date',
  op: 'anniversary',
  days,
});
const score = (op: 'greater_than' | 'less_than', value: number): Rule => ({
  field: 'attribute',
  name: 'score',
  type: 'number',
  op,
  value,
});
const orders = (op: 'equals' | 'greater_than', value: number): Rule => ({ field: 'orders_count', op, value });

/** `campaign` and `list`: wire ids. */
export function benchRules({ campaign, list }: { campaign: string; list: string }): {
  three: Record<string, Rule>;
  five: Record<string, Rule>;
} {
  const received: Rule = { field: 'campaign', did: 'received', campaign_id: campaign };
  return {
    three: {
      'VIPs who bought again and are here': {
        all: [tag('vip'), orders('greater_than', 1), within('last_seen_at', 30)],
      },
      'new leads, reachable': { all: [within('created_at', 30), orders('equals', 0), reachable] },
      inactive: {
        all: [
          { field: 'created_at', op: 'before_days', days: 90 },
          { not: within('last_seen_at', 90) },
          { not: within('last_order_at', 90) },
        ],
      },
      'language, plan and tag': {
        all: [{ field: 'language', op: 'equals', value: 'en' }, plan('pro'), tag('newsletter')],
      },
      'birthday in a week, agreed, reachable': { all: [birthday(7), agreed, reachable] },
      'looked three times in a month and never bought': {
        all: [event('product_viewed', 3, 30), orders('equals', 0), tag('newsletter')],
      },
      'VIP, spent much or in the webinar': {
        any: [
          tag('vip'),
          { field: 'orders_value', op: 'greater_than', value: 500 },
          event('webinar_joined', 1),
        ],
      },
      'got the campaign, did not answer, was here': {
        all: [
          received,
          { not: { field: 'campaign', did: 'replied', campaign_id: campaign } },
          within('last_seen_at', 30),
        ],
      },
      'bought one product and not the other': {
        all: [
          { field: 'bought', product_id: 'p3', days: 180 },
          { not: { field: 'bought', product_id: 'p7' } },
          { field: 'email', op: 'is_set' },
        ],
      },
      'left a cart, reachable, not written to for a week': {
        all: [
          { field: 'cart', idle_hours: 24 },
          reachable,
          { not: { field: 'campaign', did: 'received', days: 7 } },
        ],
      },
      'three attributes': {
        all: [
          { field: 'attribute', name: 'score', type: 'number', op: 'between', from: 100, to: 300 },
          { field: 'attribute', name: 'city', type: 'text', op: 'equals', value: 'City 12' },
          { field: 'attribute', name: 'subscribed', type: 'boolean', op: 'equals', value: true },
        ],
      },
      'parts of texts': {
        all: [
          { field: 'email', op: 'contains', value: 'GMAIL' },
          { field: 'last_name', op: 'starts_with', value: 'a' },
          within('created_at', 365),
        ],
      },
      'not in the list': {
        all: [
          { not: { field: 'segment', segment_id: list } },
          tag('wholesale'),
          { field: 'language', op: 'in', values: ['de', 'fr'] },
        ],
      },
      'bought, but never asked': {
        all: [
          { field: 'consent', channel: 'telegram', purpose: 'marketing', state: 'none' },
          { field: 'phone', op: 'is_set' },
          orders('greater_than', 0),
        ],
      },
      'likes mugs and filled a cart': {
        all: [
          { field: 'attribute', name: 'likes', type: 'list', op: 'contains', value: 'mugs' },
          event('added_to_cart', 1, 14),
          { field: 'time_zone', op: 'in', values: ['Europe/London', 'Europe/Berlin'] },
        ],
      },
      'born before 1980, high score, no VIP': {
        all: [
          { field: 'attribute', name: 'born', type: 'date', op: 'before', date: '1980-01-01' },
          score('greater_than', 900),
          { not: tag('vip') },
        ],
      },
    },
    five: {
      'looks often, buys, reads': {
        all: [
          event('page_viewed', 5, 30),
          event('product_viewed', 2, 30),
          orders('greater_than', 0),
          tag('newsletter'),
          reachable,
        ],
      },
      'cold, but agreed': {
        all: [
          { field: 'event', name: 'page_viewed', op: 'at_most', times: 2, days: 90 },
          { field: 'created_at', op: 'before_days', days: 180 },
          { not: within('last_order_at', 90) },
          agreed,
          received,
        ],
      },
      'dear things in the cart, or wrote a review': {
        all: [
          {
            any: [
              {
                field: 'event',
                name: 'added_to_cart',
                op: 'at_least',
                times: 1,
                days: 14,
                where: [{ property: 'price', op: 'greater_than', value: 100 }],
              },
              event('review_written', 1),
            ],
          },
          { field: 'orders_value', op: 'greater_than', value: 100 },
          plan('pro'),
          within('last_seen_at', 30),
        ],
      },
      'ten pages, five products, a cart, ever': {
        all: [
          event('page_viewed', 10),
          event('product_viewed', 5),
          event('added_to_cart', 1),
          score('greater_than', 500),
          birthday(30),
        ],
      },
      'one group of products, in a quarter': {
        all: [
          {
            field: 'event',
            name: 'product_viewed',
            op: 'at_least',
            times: 2,
            days: 90,
            where: [{ property: 'page', op: 'contains', value: '/p/1' }],
          },
          event('search', 1, 90),
          { not: event('webinar_joined', 1) },
          orders('greater_than', 0),
          { field: 'language', op: 'in', values: ['en', 'de'] },
        ],
      },
    },
  };
}
