import { expect, test } from 'vitest';
import type { CampaignKind } from '../contract/campaigns.ts';
import type { LiveFrame } from '../contract/socket.ts';
import { ApiProblem, isRefusal, keys } from './api.ts';
import { concerns } from './live.ts';

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

test('each message of an automation does not read all that stands beside its report again; a broadcast’s report is quick', () => {
  const frame = { type: 'run.progressed', campaign_id: 'cmp_1' } as LiveFrame;
  const quick = (kind?: CampaignKind) => concerns(frame, () => kind).fast;
  expect([quick('abandoned_cart'), quick('broadcast'), quick()]).toEqual([[], [keys.report('cmp_1')], [keys.report('cmp_1')]]); // biome-ignore format: one line
  // the report and what stands beside it, in one go
  expect(concerns(frame, () => 'abandoned_cart').together).toEqual([keys.report('cmp_1')]);
});
