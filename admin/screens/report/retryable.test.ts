import { expect, test } from 'vitest';
import { acceptedOfPlanned, acceptedWords } from './accepted-words.ts';
import { lostWords } from './retryable.ts';

const failure = (code: string, reason: string, count: number) => ({
  code,
  reason,
  count,
  group: 'platform_restriction' as const,
  group_words: 'Platform restriction',
});

test('who can be tried again later is told apart from who never can', () => {
  const failures = [
    failure('marketing_capped', 'Held back by WhatsApp: the person had enough marketing messages', 4),
    failure('not_on_platform', 'Not on WhatsApp, or their app cannot receive it', 7),
  ];
  const retry_later = { count: 4, from: '2027-01-05T13:05:00Z' };
  expect(lostWords({ failed: 11, failures, retry_later }, 0, 'Europe/London')).toBe(
    '4 can be tried again from 5 Jan 2027, 13:05 London; 7 cannot: not on WhatsApp, or their app cannot receive it',
  );
  expect(lostWords({ failed: 4, failures: [], retry_later }, 0, 'Europe/London')).toBe(
    '4 can be tried again from 5 Jan 2027, 13:05 London',
  );
  expect(lostWords({ failed: 3, failures: [], retry_later: null }, 1, 'Europe/London')).toBe(
    '2 cannot be tried again',
  );
});

test('what was accepted bears the name of its channel, and on WhatsApp it is not there yet', () => {
  expect(acceptedWords({ channel: 'telegram', reason: null })).toBe('Accepted by Telegram');
  expect(acceptedWords({ channel: 'whatsapp', reason: null })).toBe('Sent, not delivered yet');
  expect(acceptedOfPlanned('telegram')).toContain('Telegram does not report delivery');
  expect(acceptedOfPlanned('whatsapp')).toMatch(/^Accepted by WhatsApp.*switched off/);
});
