import { expect, test } from 'vitest';
import type { CampaignStatus } from '../../../contract/campaigns.ts';
import type { WaitReason } from '../../../contract/waits.ts';
import { campaignState } from './state.ts';

const at = (status: CampaignStatus, wait?: WaitReason, held = false) =>
  campaignState({ status, held }, wait && { reason: wait });

test('a campaign that is being sent says so only while it is', () => {
  expect(at('sending')).toBe('sending');
  expect(at('sending', 'held')).toBe('held');
  expect(at('sending', 'circuit')).toBe('silent');
  for (const wait of ['canary', 'warm_up', 'quiet', 'local_time'] as const)
    expect(at('sending', wait)).toBe('waiting');
  // seconds: the word would only flicker
  for (const wait of ['rate_limited', 'batch'] as const) expect(at('sending', wait)).toBe('sending');
});

test('whoever paused it is believed, and what missed its hour is held', () => {
  expect(at('paused', 'circuit')).toBe('paused');
  expect(at('paused', undefined, true)).toBe('held');
  expect(at('published', 'held')).toBe('published');
});
