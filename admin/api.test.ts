import { expect, test } from 'vitest';
import { ApiProblem, isRefusal, keys } from './api.ts';

test('a server that is down, busy or asks to sign in has refused nothing', () => {
  const refused = (status: number) => isRefusal(new ApiProblem({ status }, null));
  expect([400, 403, 404, 409, 422].every(refused)).toBe(true);
  expect([0, 401, 408, 429, 500, 502, 503, 504].some(refused)).toBe(false);
  expect(isRefusal(new TypeError('of our own making'))).toBe(false);
});

test('what stands beside the figures of an automation is read again with its report', () => {
  const beside = [
    keys.conversion('cmp_1'),
    keys.recovered('cmp_1', 'other'),
    keys.links('cmp_1'),
    keys.course('cmp_1'),
  ];
  for (const key of beside) expect(key.slice(0, 2)).toEqual(keys.report('cmp_1'));
  // of a great run the look itself costs the sending: it has its own pace
  expect(keys.course('cmp_1', 'run_1').slice(0, 2)).not.toEqual(keys.report('cmp_1'));
});
