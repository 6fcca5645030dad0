// Rules for tests: any that the contract takes, over a vocabulary so small that they meet the people of testing-people.ts.
import fc from 'fast-check';
import { type Rule, textFields } from '../../contract/rules.ts';

export const vocabulary = {
  texts: [
    'Ann',
    'ann',
    'İnci',
    'ΣΟΦΙΑ',
    'straße',
    'a%b_c',
    'null',
    '',
    'x\\y"z',
    '😀',
    'Анна',
    '5',
    'true',
    'en',
    'Europe/London',
  ],
  attributes: ['plan', 'score', 'vip', 'born', 'likes', 'constructor'],
  tags: ['vip', 'VIP', 'new', 'ö'],
  numbers: [0, -0, 1, 2, 5, 0.1, 0.30000000000000004, -3.5, 1e21, 5e-324, 9007199254740991, 12.3],
  dates: [
    '2026-10-25',
    '2026-10-24',
    '2026-10-26',
    '2024-02-29',
    '2026-03-29',
    '1990-10-27',
    '2026-02-30',
    '1984-02-28',
  ],
  products: ['mug', 'Mug', 'plate'],
  events: ['viewed', 'Viewed', 'joined webinar'],
  properties: ['page', 'price', '__proto__'],
} as const;

const v = vocabulary;
const aText = fc.constantFrom(...v.texts.filter((text) => text !== ''));
const aPart = fc.oneof(aText, fc.constantFrom('n', 'N', 'σ', 'i', 'ss', '%', '_', '\\', 'а', 'x'));
const texts = fc.array(aText, { minLength: 1, maxLength: 3 });
const aNumber = fc.constantFrom(...v.numbers);
const aDay = fc.constantFrom(
  '2026-10-25',
  '2026-10-24',
  '2026-10-26',
  '2026-03-29',
  '1990-10-27',
  '2024-02-29',
  '2026-02-28',
);
const days = fc.constantFrom(1, 2, 7, 30, 210, 365);
const maybeDays = fc.option(days, { nil: undefined });

const textTests = fc.oneof(
  fc.record({ op: fc.constantFrom('equals', 'contains', 'starts_with'), value: aPart }),
  fc.record({ op: fc.constant('in'), values: texts }),
  fc.constant({ op: 'is_set' }),
);
const numberTests = fc.oneof(
  fc.record({ op: fc.constantFrom('equals', 'less_than', 'greater_than'), value: aNumber }),
  fc.record({ op: fc.constant('between'), from: aNumber, to: aNumber }),
);
const isSet = fc.constant({ op: 'is_set' });
const attribute = (type: string, tests: fc.Arbitrary<object>) =>
  fc
    .tuple(fc.constantFrom(...v.attributes), tests)
    .map(([name, test]) => ({ field: 'attribute', name, type, ...test }));
const on = (field: fc.Arbitrary<string>, tests: fc.Arbitrary<object>) =>
  fc.tuple(field, tests).map(([name, test]) => ({ field: name, ...test }));

const propertyTests = fc.oneof(
  fc.record({
    property: fc.constantFrom(...v.properties),
    op: fc.constant('equals'),
    value: fc.oneof(aText, aNumber, fc.boolean()),
  }),
  fc.record({
    property: fc.constantFrom(...v.properties),
    op: fc.constantFrom('contains', 'starts_with'),
    value: aPart,
  }),
  fc.record({
    property: fc.constantFrom(...v.properties),
    op: fc.constantFrom('less_than', 'greater_than'),
    value: aNumber,
  }),
);

export interface Nouns {
  connections: string[];
  campaigns: string[];
  segments: string[];
  groups: string[];
}

/** Wire ids of what the rules may name. */
export function aCondition({ connections, campaigns, segments, groups }: Nouns): fc.Arbitrary<object> {
  const channel = fc.constantFrom('telegram', 'whatsapp', 'website');
  return fc.oneof(
    attribute('text', textTests),
    attribute('number', fc.oneof(numberTests, isSet)),
    attribute('boolean', fc.oneof(fc.record({ op: fc.constant('equals'), value: fc.boolean() }), isSet)),
    attribute(
      'date',
      fc.oneof(
        fc.record({ op: fc.constantFrom('before', 'on', 'after'), date: aDay }),
        fc.record({ op: fc.constantFrom('last_days', 'next_days'), days: fc.constantFrom(1, 2, 7, 365) }),
        fc.record({ op: fc.constant('anniversary'), days: fc.constantFrom(0, 1, 2, 30, 365) }),
        isSet,
      ),
    ),
    attribute(
      'list',
      fc.oneof(
        fc.record({ op: fc.constant('contains'), value: aText }),
        fc.record({ op: fc.constant('any_of'), values: texts }),
        isSet,
      ),
    ),
    on(fc.constantFrom(...textFields), textTests),
    on(
      fc.constant('tag'),
      fc.record({
        op: fc.constantFrom('any_of', 'all_of'),
        values: fc.array(fc.constantFrom(...v.tags), { minLength: 1, maxLength: 3 }),
      }),
    ),
    on(
      fc.constant('identity'),
      fc.record(
        { connection_id: fc.constantFrom(...connections), channel, reachable: fc.boolean() },
        { requiredKeys: [] },
      ),
    ),
    on(
      fc.constant('consent'),
      fc.record({
        channel,
        purpose: fc.constant('marketing'),
        state: fc.constantFrom('opted_in', 'opted_out', 'none'),
      }),
    ),
    on(
      fc.constantFrom('created_at', 'last_seen_at', 'last_order_at'),
      fc.oneof(
        fc.record({ op: fc.constantFrom('within_days', 'before_days'), days }),
        fc.record({ op: fc.constantFrom('before', 'after'), date: aDay }),
        isSet,
      ),
    ),
    on(fc.constantFrom('orders_count', 'orders_value'), numberTests),
    on(fc.constant('bought'), fc.record({ product_id: fc.constantFrom(...v.products), days: maybeDays })),
    on(fc.constant('cart'), fc.record({ idle_hours: fc.constantFrom(0, 1, 24, 240) })),
    on(
      fc.constant('event'),
      fc.record({
        name: fc.constantFrom(...v.events),
        op: fc.constantFrom('at_least', 'at_most'),
        times: fc.constantFrom(1, 2, 3),
        days: maybeDays,
        where: fc.option(fc.array(propertyTests, { maxLength: 2 }), { nil: undefined }),
      }),
    ),
    on(
      fc.constant('campaign'),
      fc.record({
        did: fc.constantFrom('received', 'replied', 'clicked'),
        campaign_id: fc.option(fc.constantFrom(...campaigns), { nil: undefined }),
        days: maybeDays,
      }),
    ),
    on(fc.constant('segment'), fc.record({ segment_id: fc.constantFrom(...segments) })),
    on(fc.constant('group'), fc.record({ group_id: fc.constantFrom(...groups) })),
  );
}

export function aRule(nouns: Nouns): fc.Arbitrary<Rule> {
  const { rule } = fc.letrec<{ rule: object }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      aCondition(nouns),
      fc.record({ all: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie('rule') }),
    ),
  }));
  return rule as fc.Arbitrary<Rule>;
}
