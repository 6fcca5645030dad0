import { expect, test } from 'vitest';
import type { CampaignStatus, Report } from '../../../contract/campaigns.ts';
import type { RunStatus } from '../../../contract/reconciliation.ts';
import { isSending, plannedWords, progressOf, runWord, seriesWords, testedWords } from './run-words.ts';

const word = (status: CampaignStatus, run_status: RunStatus) =>
  runWord({ status, held: false }, { run_status, wait: null, go: null });

test('an ended run is never said to be sending, whatever its campaign does', () => {
  expect(word('sending', 'active')).toBe('Sending');
  expect(word('sending', 'finished')).toBe('Finished');
  expect(word('scheduled', 'finished')).toBe('Finished');
  expect(word('scheduled', 'cancelled')).toBe('Cancelled');
  expect(word('published', 'finished')).toBe('Published');
  // one of the two answers is older than the other
  expect(word('cancelled', 'active')).toBe('Cancelled');
  expect(word('sending', 'cancelled')).toBe('Cancelled');
  const held = false;
  expect(isSending({ status: 'sending', held }, { run_status: 'finished' })).toBe(false);
  expect(isSending({ status: 'cancelled', held }, { run_status: 'active' })).toBe(false);
  expect(isSending({ status: 'sending', held }, { run_status: 'active' })).toBe(true);
});

const fridays = {
  mode: 'recurring' as const,
  rrule: 'FREQ=WEEKLY;BYDAY=FR',
  local: '2026-11-20T09:00',
  time_zone: 'Europe/London',
  until: '2027-04-09',
  exceptions: [],
};

test('the head says how often it goes out and when next', () => {
  const given = { schedule: fridays, next_at: '2026-11-27T09:00:00Z', held: false };
  expect(seriesWords({ ...given, occurrences: { done: 1, left: 19 } })).toBe(
    'Repeats every Friday at 09:00 in London, until 9 Apr 2027. Next: Fri, 27 Nov 2026, 09:00; 19 dates are left.',
  );
  expect(seriesWords({ ...given, occurrences: { done: 19, left: 1 } })).toMatch(/09:00, the last one\.$/);
  expect(seriesWords({ ...given, next_at: null, occurrences: { done: 3, left: 0 } })).toMatch(
    /No further date\.$/,
  );
  expect(seriesWords({ ...given, schedule: { mode: 'now' }, occurrences: null })).toBeNull();
});

test('a row that waits says whether for a winner or for the canary', () => {
  expect(plannedWords({ variants: {} as Report['variants'] })).toBe('Waits for the winner of the A/B test');
  expect(plannedWords({ variants: null })).toBe('Waits until the canary has passed');
});

test('while a test waits for a go, the state says so, and who is left out on purpose counts as no progress', () => {
  const go = { given_at: null, testers: [] };
  const paused = { status: 'paused' as const, held: false };
  expect(runWord(paused, { run_status: 'paused', wait: null, go })).toBe('Waits for your go');
  const given = { ...go, given_at: '2026-11-21T10:00:00Z' };
  expect(runWord(paused, { run_status: 'paused', wait: null, go: given })).toBe('Paused');
  expect(progressOf({ planned: 7, skipped: 5, queued: 2, sending: 0 })).toEqual({ done: 0, of: 2 });
});

test('who got it twice is said with what no figure counts', () => {
  expect(testedWords(1)).toMatch(/^1 tester of this audience got it as a test as well, so twice\./);
  expect(testedWords(2)).toMatch(/^2 testers /);
});
