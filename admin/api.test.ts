import { expect, test } from 'vitest';
import { ApiProblem, isRefusal } from './api.ts';

test('a server that is down, busy or asks to sign in has refused nothing', () => {
  const refused = (status: number) => isRefusal(new ApiProblem({ status }, null));
  expect([400, 403, 404, 409, 422].every(refused)).toBe(true);
  expect([0, 401, 408, 429, 500, 502, 503, 504].some(refused)).toBe(false);
  expect(isRefusal(new TypeError('of our own making'))).toBe(false);
});
