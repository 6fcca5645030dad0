import { expect, test } from 'vitest';
import { likelyUntil, stoppedWords, whyNotResumed } from './stopped-template.ts';

const told = (at: string, is_now: string, code: string | null) => ({
  at,
  what: 'status' as const,
  is_now,
  reason: code ? { code, words: '' } : null,
});

test('a pause lasts 3 hours at the first time and 6 at the second, and nobody knows where WhatsApp did not say which', () => {
  const paused = { status: 'PAUSED', reason: null };
  const first = told('2099-11-21T10:00:00.000Z', 'PAUSED', 'FIRST_PAUSE');
  const back = told('2099-11-21T13:00:00.000Z', 'APPROVED', null);
  const second = told('2099-11-22T10:00:00.000Z', 'PAUSED', 'SECOND_PAUSE');
  expect(likelyUntil(paused, [first])).toBe('2099-11-21T13:00:00.000Z');
  expect(likelyUntil(paused, [second, back, first])).toBe('2099-11-22T16:00:00.000Z');
  expect(likelyUntil(paused, [told('2099-11-21T10:00:00.000Z', 'PAUSED', null)])).toBeNull();
  expect(likelyUntil({ status: 'DISABLED', reason: null }, [first])).toBeNull();
});

test('Resume says that it would be refused, and until when', () => {
  const template = { id: 'wat_1', name: 'spring_sale', isPaused: true };
  const until = '2099-11-21T13:00:00.000Z';
  expect(whyNotResumed({ ...template, until }, 'Europe/London')).toBe(
    'Resuming would be refused: spring_sale is paused, likely until 21 Nov 2099, 13:00 London.',
  );
  expect(stoppedWords({ ...template, until: null }, 'Europe/London')).toBe('spring_sale is paused');
  // that hour is over, and WhatsApp has not let it go
  expect(stoppedWords({ ...template, until: '2020-01-01T00:00:00.000Z' }, 'Europe/London')).toBe(
    'spring_sale is paused',
  );
});
