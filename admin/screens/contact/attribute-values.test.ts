import { describe, expect, it } from 'vitest';
import { draftOf, emptyDraft, inWords, typeOf, valueOfDraft, wrongDraft } from './attribute-values.ts';

describe('a value that is edited', () => {
  it.each([
    ['text', 'blue', 'blue'],
    ['number', 42.5, '42.5'],
    ['boolean', false, 'No'],
    ['list', ['red', 'blue'], 'red, blue'],
    ['date', '1990-03-12', '12 Mar 1990'],
  ] as const)('of type %s is shown in words and saved as it was', (type, value, words) => {
    const draft = draftOf(value, type);
    expect(wrongDraft(draft)).toBeUndefined();
    expect(valueOfDraft(draft)).toEqual(value);
    expect(inWords(value, type)).toBe(words);
  });

  it.each([
    ['42', 42],
    [' -3.5 ', -3.5],
    ['3,5', 3.5],
    ['0', 0],
    ['1,500.5', null],
    ['1.500,5', null],
    ['1e3', null],
    ['', null],
    ['12 kg', null],
  ])('"%s" as a number is %s', (text, number) => {
    const draft = { ...emptyDraft('number'), text };
    expect(wrongDraft(draft) === undefined).toBe(number !== null);
    if (number !== null) expect(valueOfDraft(draft)).toBe(number);
  });

  it('that is empty is not saved: it is removed instead', () => {
    for (const type of ['text', 'number', 'boolean', 'date', 'list'] as const)
      expect(wrongDraft(emptyDraft(type)), type).toMatch(/\.$/);
  });
});

it('a value that nobody declared is edited as what it is', () => {
  expect([true, 4, 'x', ['a'], null, { deep: 1 }].map(typeOf)).toEqual([
    'boolean',
    'number',
    'text',
    'list',
    'text',
    'text',
  ]);
});

it('what cannot be read as a day is shown as it stands', () => {
  expect(inWords('soon', 'date')).toBe('soon');
  expect(inWords('2026-12-01T09:30:00Z', 'date')).toBe('1 Dec 2026, 09:30:00Z');
  expect(inWords('', 'text')).toBeNull();
  expect(inWords([], 'list')).toBeNull();
});
