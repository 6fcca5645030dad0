import { expect, test } from 'vitest';
import { failureReasons } from '../../../contract/deliveries.ts';
import { wayOn } from './failed-reply.ts';
import { noneWords } from './none-words.ts';

const failed = {
  direction: 'out' as const,
  source: 'reply' as const,
  state: 'failed' as const,
  reason: failureReasons.platform_unavailable as string,
  text: 'On its way',
  attachments: [],
  buttons: [],
  replies: [],
  header: null,
  footer: null,
};

test('a reply that failed can be sent again, and by template where WhatsApp says that the 24 hours are over', () => {
  expect(wayOn(failed)).toBe('again');
  expect(wayOn({ ...failed, reason: failureReasons.window_closed })).toBe('template');
  expect(wayOn({ ...failed, state: 'sent' })).toBeNull();
  expect(wayOn({ ...failed, source: 'campaign' })).toBeNull();
  // a template's words are no free text
  expect(wayOn({ ...failed, footer: 'Reply STOP to end' })).toBeNull();
});

test('a number whose only template is paused is not said to have none', () => {
  const paused = { name: 'spring_sale', status: 'PAUSED', cannot_send: 'WhatsApp paused it.' };
  expect(noneWords([paused])).toBe('spring_sale is paused.');
  expect(noneWords([paused, { ...paused, name: 'welcome', status: 'PENDING' }])).toBe(
    'spring_sale is paused and welcome is in review.',
  );
  expect(noneWords([{ ...paused, status: 'APPROVED' }])).toBe('spring_sale cannot be sent from here.');
});
