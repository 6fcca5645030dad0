import { expect, test } from 'vitest';
import { failureWordsOn, skipReasons, skipWords, skipWordsOn, whoIsBlocked } from './deliveries.ts';

test('a reason is told in the words of its channel: nobody starts a bot on WhatsApp', () => {
  expect(skipWords('no_identity', 'telegram')).toBe('Has not started a chat on this connection');
  expect(skipWords('no_identity', 'whatsapp')).toMatch(/^Has no phone number/);
  expect(skipWords('no_such', 'whatsapp')).toBe('no_such');
  expect(skipWordsOn(null)).toEqual(skipReasons);
  for (const channel of ['whatsapp', 'website'])
    for (const words of [...Object.values(skipWordsOn(channel)), whoIsBlocked(channel)])
      expect(words).not.toMatch(/\bbot\b|started a chat/);
});

test('why WhatsApp refused names no bot', () => {
  expect(Object.values(failureWordsOn('whatsapp')).filter((words) => /\bbot\b/i.test(words))).toEqual([]);
  expect(failureWordsOn('telegram').no_rights).toBe('The bot has no right to write there');
});
