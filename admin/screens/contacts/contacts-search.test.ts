import { describe, expect, it } from 'vitest';
import { ruleOf } from '../../../contract/contact-filter.ts';
import { rule } from '../../../contract/rules.ts';
import { readContactsSearch } from './contacts-search.ts';

const connection_id = 'con_01jdz7x5v6e5ntcrk0v0d0c8ab';

describe('the address of the contact list', () => {
  it('keeps filters, order and place, and drops what is none of these', () => {
    expect(
      readContactsSearch({
        search: 42,
        tags: ['vip'],
        reachable: true,
        consent: 'opted_out',
        sort: 'name',
        cursor: 'abc',
        page: 3,
        colour: 'red',
      }),
    ).toEqual({
      search: '42',
      tags: ['vip'],
      reachable: true,
      consent: 'opted_out',
      sort: 'name',
      cursor: 'abc',
      page: 3,
    });
    expect(
      readContactsSearch({ search: '', tags: [], consent: 'maybe', sort: 'shoe_size', page: -1 }),
    ).toEqual({});
  });

  it('still opens where an old address named one tag', () => {
    expect(readContactsSearch({ tag: 'vip' })).toEqual({ tags: ['vip'] });
  });

  it('drops a cursor without a page, and the order that is the usual one', () => {
    expect(readContactsSearch({ cursor: 'abc', sort: '-created_at' })).toEqual({});
  });
});

describe('a filter as the rule of a segment', () => {
  it('asks the same', () => {
    expect(ruleOf({ tags: ['vip'], connection_id, reachable: false })).toEqual({
      all: [
        { field: 'tag', op: 'all_of', values: ['vip'] },
        { field: 'identity', connection_id, reachable: false },
      ],
    });
    expect(ruleOf({ reachable: false })).toEqual({ not: { field: 'identity', reachable: true } });
    expect(ruleOf({ search: 'ann' })).toBeNull();
  });

  it('never asked means on no channel; opted out on any', () => {
    expect(ruleOf({ consent: 'none' })).toMatchObject({
      all: [{ state: 'none' }, { state: 'none' }, { state: 'none' }],
    });
    expect(ruleOf({ consent: 'opted_out' })).toMatchObject({ any: [{ channel: 'telegram' }, {}, {}] });
  });

  it.each([{ tags: ['a'] }, { consent: 'none' as const }, { reachable: true, tags: ['b'] }])(
    'is a rule: %j',
    (filter) => {
      expect(rule.safeParse(ruleOf(filter)).success).toBe(true);
    },
  );
});
