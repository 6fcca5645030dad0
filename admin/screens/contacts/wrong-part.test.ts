import { expect, test } from 'vitest';
import { ApiProblem } from '../../api.ts';
import type { ContactsSearch } from './contacts-search.ts';
import { wrongPart } from './wrong-part.ts';

const search: ContactsSearch = {
  search: 'zoe',
  segment_id: 'seg_1',
  rule: { field: 'tag', op: 'all_of', values: ['vip'] },
  sort: 'name',
  cursor: 'abc',
  page: 2,
};
const asked = { search: 'zoe', sort: 'name' };

test('what cannot be asked is named and taken out alone; the rest and the order stay', () => {
  const rule = new ApiProblem(
    {
      status: 422,
      code: 'VALIDATION_FAILED',
      errors: [{ pointer: '/rule/field', detail: 'Choose one of …' }],
    },
    null,
  );
  expect(wrongPart(rule, search)?.remove).toBe('Remove the conditions');
  expect(wrongPart(rule, search)?.without).toEqual({ ...asked, segment_id: 'seg_1' });
  const gone = new ApiProblem({ status: 404, code: 'NOT_FOUND' }, null);
  expect(wrongPart(gone, search)?.remove).toBe('Remove the segment filter');
  expect(wrongPart(gone, search)?.without).toEqual({ ...asked, rule: search.rule });
  const cursor = new ApiProblem({ status: 422, code: 'INVALID_CURSOR' }, null);
  expect(wrongPart(cursor, search)?.without).toEqual({ ...asked, segment_id: 'seg_1', rule: search.rule });
});

test('where the address is not the reason, nothing of it is taken out', () => {
  for (const status of [0, 403, 429, 500, 503])
    expect(wrongPart(new ApiProblem({ status }, null), search)).toBe(null);
  expect(wrongPart(new ApiProblem({ status: 404, code: 'NOT_FOUND' }, null), { search: 'zoe' })).toBe(null);
});
