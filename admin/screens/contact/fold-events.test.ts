import { expect, test } from 'vitest';
import type { TimelineEntry } from '../../../contract/timeline.ts';
import { eventWords, foldEvents } from './fold-events.ts';

const look = (at: string, product_id = 'mug'): TimelineEntry => ({
  kind: 'event',
  id: at,
  at,
  name: 'product_viewed',
  properties: { product_id },
});

test('what happened again and again on one day is one line, and nothing else is', () => {
  const note = { kind: 'note', id: 'n', at: '2026-11-22T08:30:00Z' } as TimelineEntry;
  const entries = [
    look('2026-11-22T09:02:00Z'),
    look('2026-11-22T09:01:00Z'),
    look('2026-11-22T09:00:00Z', 'bowl'),
    note,
    note,
    look('2026-11-22T08:00:00Z', 'bowl'),
    look('2026-11-21T22:00:00Z', 'bowl'),
  ];
  expect(foldEvents(entries, 'UTC').map(({ entry, times }) => [entry.id, times])).toEqual([
    ['2026-11-22T09:02:00Z', 2],
    ['2026-11-22T09:00:00Z', 1],
    ['n', 1],
    ['n', 1],
    ['2026-11-22T08:00:00Z', 1],
    ['2026-11-21T22:00:00Z', 1],
  ]);
});

test('a look at a product is told in words, an event of the shop’s own by its name', () => {
  const properties = { product_id: 'mug-tall', title: 'Tall mug', url: 'https://a.example', seconds: 4 };
  expect(eventWords({ name: 'product_viewed', properties })).toEqual({
    title: 'Looked at Tall mug',
    facts: [['seconds', 4]],
  });
  expect(eventWords({ name: 'product_viewed', properties: { product_id: 'mug' } }).title).toBe(
    'Looked at mug',
  );
  expect(eventWords({ name: 'product_viewed', properties: {} }).title).toBeNull();
  expect(eventWords({ name: 'quiz', properties: { title: 'A' } })).toEqual({
    title: null,
    facts: [['title', 'A']],
  });
});
