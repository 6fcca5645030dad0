import { expect, test } from 'vitest';
import { zones } from './times.ts';
import { matchZones, offsetWords, zoneBook } from './zone-search.ts';

const winter = Date.parse('2026-12-01T00:00:00Z');
const book = await zoneBook();
const found = (text: string) => matchZones(text, book, winter);

test.each([
  ['Tokyo', 'Asia/Tokyo'],
  ['tok', 'Asia/Tokyo'],
  ['Japan', 'Asia/Tokyo'],
  ['jp', 'Asia/Tokyo'],
  ['london', 'Europe/London'],
  ['New York', 'America/New_York'],
  ['são paulo', 'America/Sao_Paulo'],
  ['United Kingdom', 'Europe/London'],
  ['Asia/Tokyo', 'Asia/Tokyo'],
  ['utc', 'UTC'],
])('%s is first of all %s', (text, zone) => {
  expect(found(text)[0]).toBe(zone);
});

test('a country has its zones, and a city is found by its other spelling', () => {
  expect(found('Australia')).toEqual(expect.arrayContaining(['Australia/Sydney', 'Australia/Perth']));
  const india = zones().find((zone) => zone === 'Asia/Calcutta' || zone === 'Asia/Kolkata');
  for (const text of ['India', 'Kolkata', 'Calcutta']) expect(found(text)[0], text).toBe(india);
});

test.each(['GMT+9', 'UTC+09:00', '+9', 'utc +0900', 'gmt+09'])('%s finds who is nine hours ahead', (text) => {
  expect(found(text)).toContain('Asia/Tokyo');
  expect(found(text)).not.toContain('Europe/London');
});

test('an offset to the minute, one behind, and what is nowhere', () => {
  expect(found('GMT+5:45')).toEqual([expect.stringMatching(/^Asia\/Kat[h]?mandu$/)]);
  expect(found('UTC-3')).toContain('America/Sao_Paulo');
  expect(found('GMT+25')).toEqual([]);
  expect(found('Atlantis')).toEqual([]);
  expect(offsetWords('Asia/Tokyo', winter)).toBe('UTC+09:00');
  expect(offsetWords('America/St_Johns', winter)).toBe('UTC−03:30');
});
