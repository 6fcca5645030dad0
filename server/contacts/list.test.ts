// The pages of the contact list against people sorted and filtered in memory: whichever way a page is found, it is the same page.
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ContactQuery, contactQuery } from '../../contract/contact-filter.ts';
import { toWireId } from '../../contract/ids.ts';
import { newId } from '../platform/db/ids.ts';
import { filteredContacts } from '../segments/filtered-contacts.ts';
import { createSegment } from '../segments/save.ts';
import { aConnection, aWorkspace, inWorkspace, type TestCtx, testCtx } from '../testing/context.ts';
import { countContacts, listContacts } from './list.ts';

const base = await testCtx();
let ctx: TestCtx;
let connection: string;
let segment: string;

interface Person {
  id: string;
  first: string | null;
  last: string | null;
  tags: string[];
  seen: number | null;
  spent: number | null;
  at: number;
  chat: 'reachable' | 'blocked' | null;
  username: string | null;
  consent: 'opted_in' | 'opted_out' | null;
}
const people: Person[] = [];
const start = Date.UTC(2026, 0, 1);
const pick = <T>(of: readonly T[], n: number): T => of[n % of.length] as T;

beforeAll(async () => {
  ctx = inWorkspace(base, await aWorkspace(base));
  const connectionId = await aConnection(ctx);
  connection = toWireId('con', connectionId);
  for (let n = 0; n < 240; n++)
    people.push({
      id: newId(),
      first: pick(['Anna', 'émile', 'Zoë', 'Emil', null, 'Ольга', 'Bo'], n * 5 + (n >> 3)),
      last: pick(['Berg', 'Ánd', null, 'Čapek', 'Li'], n * 3 + (n >> 2)),
      tags: pick([['vip'], [], ['vip', 'new'], ['new'], []], n * 7 + (n >> 4)),
      seen: n % 3 === 0 ? start + pick([1, 2, 3, 4, 5], n) * 86_400_000 : null,
      spent: n % 4 === 0 ? pick([10, 25.5, 25.5, 300], n >> 2) : null,
      at: start + pick([1, 2, 2, 3], n) * 3_600_000,
      chat: pick(['reachable', 'reachable', null, 'blocked'] as const, n >> 1),
      username: n % 5 === 0 ? `olga_${n}` : null,
      consent: pick(['opted_in', null, 'opted_out'] as const, n >> 2),
    });
  const workspace_id = ctx.actor.workspaceId;
  await ctx.db
    .insertInto('contacts')
    .values(
      people.map((one) => ({
        workspace_id,
        id: one.id,
        first_name: one.first,
        last_name: one.last,
        tags: one.tags,
        created_at: new Date(one.at),
        updated_at: new Date(one.at),
      })),
    )
    .execute();
  await ctx.db
    .insertInto('identities')
    .values(
      people.flatMap((one, n) =>
        one.chat
          ? [
              {
                workspace_id,
                id: newId(),
                contact_id: one.id,
                connection_id: connectionId,
                channel: 'telegram',
                address: String(10_000_000 + n),
                username: one.username,
                reachable: one.chat === 'reachable',
                created_at: new Date(start),
              },
            ]
          : [],
      ),
    )
    .execute();
  await ctx.db
    .insertInto('consents')
    .values(
      people.flatMap((one) =>
        one.consent
          ? [
              {
                workspace_id,
                contact_id: one.id,
                channel: 'telegram',
                purpose: 'marketing',
                state: one.consent,
                source: 'import',
                at: new Date(start),
              },
            ]
          : [],
      ),
    )
    .execute();
  // as the product writes them: the ranks follow from what triggers see
  await ctx.db
    .insertInto('events')
    .values(
      people.flatMap((one) =>
        one.seen
          ? [{ workspace_id, id: newId(), contact_id: one.id, name: 'visit', at: new Date(one.seen) }]
          : [],
      ),
    )
    .execute();
  await ctx.db
    .insertInto('orders')
    .values(
      people.flatMap((one) =>
        one.spent
          ? [
              {
                workspace_id,
                id: newId(),
                contact_id: one.id,
                status: 'paid',
                total: one.spent,
                placed_at: new Date(start),
              },
            ]
          : [],
      ),
    )
    .execute();
  segment = (
    await createSegment(ctx, {
      name: 'Spenders',
      rule: { field: 'orders_value', op: 'greater_than', value: 20 },
    })
  ).id;
});

const nameOf = ({ first, last }: Person) =>
  `${first ?? ''} ${last ?? ''}`
    .trim()
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[\u0300-\u036f]/g, '');
const values: Record<string, (one: Person) => string | number | null> = {
  created_at: (one) => one.at,
  name: (one) => nameOf(one) || null,
  last_seen_at: (one) => one.seen,
  orders_value: (one) => one.spent,
};
const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);

function sorted(of: Person[], sort: string): string[] {
  const value = values[sort.replace('-', '')] as (one: Person) => string | number | null;
  const sign = sort.startsWith('-') ? -1 : 1;
  const known = of.filter((one) => value(one) !== null);
  const others = of.filter((one) => value(one) === null);
  known.sort((a, b) => sign * (compare(value(a) ?? 0, value(b) ?? 0) || compare(a.id, b.id)));
  others.sort((a, b) => compare(b.at, a.at) || compare(b.id, a.id));
  return [...known, ...others].map((one) => toWireId('cnt', one.id));
}

/** So many pages from the first on, and back again. */
async function pages(query: Partial<ContactQuery>, most = 100) {
  const asked = contactQuery.parse({ limit: query.limit, sort: query.sort });
  const read = (cursor?: string) =>
    listContacts(ctx, { ...asked, ...query, cursor } as ContactQuery, filteredContacts);
  const there: string[] = [];
  const back: string[] = [];
  let page = await read();
  expect(page.previous_cursor).toBeNull();
  there.push(...page.data.map((one) => one.id));
  for (let n = 1; n < most && page.next_cursor; n++) {
    page = await read(page.next_cursor);
    there.push(...page.data.map((one) => one.id));
  }
  back.unshift(...page.data.map((one) => one.id));
  while (page.previous_cursor) {
    page = await read(page.previous_cursor);
    expect(page.next_cursor).not.toBeNull();
    back.unshift(...page.data.map((one) => one.id));
  }
  return { there, back };
}

const filters: [string, () => Partial<ContactQuery>, (one: Person) => boolean][] = [
  ['nobody left out', () => ({}), () => true],
  ['two tags', () => ({ tags: ['vip', 'new'] }), (one) => one.tags.length === 2],
  ['reachable', () => ({ reachable: true }), (one) => one.chat === 'reachable'],
  ['not reachable', () => ({ reachable: false }), (one) => one.chat !== 'reachable'],
  [
    'a blocked chat there',
    () => ({ reachable: false, connection_id: connection }),
    (one) => one.chat === 'blocked',
  ],
  ['a chat there', () => ({ connection_id: connection }), (one) => one.chat !== null],
  ['opted out', () => ({ consent: 'opted_out' }), (one) => one.consent === 'opted_out'],
  ['never asked', () => ({ consent: 'none' }), (one) => one.consent === null],
  ['a segment', () => ({ segment_id: segment }), (one) => (one.spent ?? 0) > 20],
  [
    'a rule',
    () => ({ rule: { not: { field: 'tag', op: 'any_of', values: ['vip'] } } }),
    (one) => !one.tags.includes('vip'),
  ],
  ['a word', () => ({ search: 'ann' }), (one) => one.first === 'Anna'],
  ['a word in another script', () => ({ search: 'ольга' }), (one) => one.first === 'Ольга'],
  ['the beginning of a name', () => ({ search: 'an' }), (one) => one.first === 'Anna'],
  ['a user name', () => ({ search: '@olga_' }), (one) => one.chat !== null && one.username !== null],
  [
    'two words, one of a user name',
    () => ({ search: 'berg olga_' }),
    (one) => one.last === 'Berg' && one.chat !== null && one.username !== null,
  ],
  [
    'four words, one of a user name',
    () => ({ search: 'berg ann nna olga_' }),
    (one) => one.first === 'Anna' && one.last === 'Berg' && one.chat !== null && one.username !== null,
  ],
  [
    'a word, a tag and consent',
    () => ({ search: 'emil', tags: ['vip'], consent: 'opted_in' }),
    (one) => one.first === 'Emil' && one.tags.includes('vip') && one.consent === 'opted_in',
  ],
  ['nobody', () => ({ search: 'nobody at all' }), () => false],
];

it('is counted within the time that somebody waits', async () => {
  const inTime = sql<boolean>`current_setting('statement_timeout') = '20s'`;
  expect(await countContacts(ctx, { reachable: true }, async () => inTime)).toBe(people.length);
});

describe('the pages of the list', () => {
  // with statistics the planner's guesses send a page of one on a walk, and a longer one to gather
  beforeAll(() => ctx.db.executeQuery({ sql: 'ANALYZE contacts', parameters: [] } as never));

  it.each(filters)(
    'with %s hold everybody once, in every order, there and back',
    async (_, filter, isMeant) => {
      const meant = people.filter(isMeant);
      const sorts = ['-created_at', 'name', '-last_seen_at', 'orders_value'] as const;
      for (const sort of sorts) {
        const { there, back } = await pages({ ...filter(), sort, limit: 70 });
        expect(there, sort).toEqual(sorted(meant, sort));
        expect(back, sort).toEqual(there);
      }
      expect(await countContacts(ctx, filter(), filteredContacts)).toBe(meant.length);
    },
  );

  it.each(['-name', 'created_at', 'last_seen_at', '-orders_value'] as const)(
    'sorted by %s are the same where people are asked one by one',
    async (sort) => {
      for (const at of [0, 5, 9]) {
        const [name, filter, isMeant] = filters[at] as (typeof filters)[0];
        const { there, back } = await pages({ ...filter(), sort, limit: 2 }, 4);
        expect(there, name).toEqual(sorted(people.filter(isMeant), sort).slice(0, 8));
        expect(back, name).toEqual(there);
      }
    },
  );
});
