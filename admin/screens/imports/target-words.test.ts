import { expect, test } from 'vitest';
import type { ColumnTarget } from '../../../contract/imports.ts';
import { exclusive, sameTarget, targetChoices, targetOf, targetValue, targetWords } from './target-words.ts';

const declared = [
  { name: 'city', type: 'text' as const },
  { name: 'spent', type: 'number' as const },
];
const bot = { id: 'con_1', label: 'Telegram id at @shop_bot' };
const money: ColumnTarget = { kind: 'attribute', name: 'umsatz', type: 'number', decimal: ',' };
const column = { name: 'Umsatz €', index: 3, suggestion: money };

test('what is chosen in the select comes back as the same choice', () => {
  const values = targetChoices({ kind: 'ignore' }, declared, [bot], new Map()).flatMap(({ items }) =>
    items.map(({ value }) => value),
  );
  expect(values).toContain('attribute:city');
  expect(values).toContain('identity:con_1');
  for (const value of values) {
    const target = targetOf(value, column, declared);
    expect(target, value).not.toBeNull();
    expect(targetValue(target!, declared)).toBe(value);
  }
  expect(targetOf('nonsense', column, declared)).toBeNull();
});

test('how numbers are written is kept when they go to another attribute of the same type, and not to one of another', () => {
  expect(targetOf('attribute:spent', column, declared)).toEqual({ ...money, name: 'spent' });
  expect(targetOf('attribute:city', column, declared)).toEqual({
    kind: 'attribute',
    name: 'city',
    type: 'text',
  });
});

test('a new attribute is called like its column, and stays the choice while its name is typed', () => {
  const emails = { name: 'Größe (cm)', index: 0, suggestion: { kind: 'ignore' as const } };
  const target = targetOf('new', emails, declared);
  expect(target).toEqual({ kind: 'attribute', name: 'grosse_cm', type: 'text' });
  expect(targetValue({ kind: 'attribute', name: '', type: 'text' }, declared)).toBe('new');
});

test('a field is one column’s: the others see whose, and tags are anybody’s', () => {
  const email: ColumnTarget = { kind: 'field', field: 'email' };
  expect(exclusive(email)).toBe('field:email');
  expect(exclusive({ kind: 'tags' })).toBeNull();
  const items = targetChoices(
    { kind: 'ignore' },
    declared,
    [bot],
    new Map([['field:email', 'E-Mail']]),
  ).flatMap(({ items }) => items);
  expect(items.find(({ value }) => value === 'field:email')).toEqual({
    value: 'field:email',
    label: 'Email, taken by “E-Mail”',
    disabled: true,
  });
});

test('proof of consent is offered where it was chosen, to be taken back', () => {
  const values = (target: ColumnTarget) =>
    targetChoices(target, declared, [], new Map()).flatMap(({ items }) => items.map(({ value }) => value));
  expect(values({ kind: 'ignore' })).not.toContain('consent_at');
  expect(values({ kind: 'consent_at' })).toContain('consent_at');
});

test('words and sameness', () => {
  expect(targetWords(money, declared, [bot])).toBe('umsatz, a new attribute (number)');
  expect(targetWords({ kind: 'attribute', name: 'city', type: 'text' }, declared, [bot])).toBe('city');
  expect(targetWords({ kind: 'identity', connection_id: 'con_1' }, declared, [bot])).toBe(bot.label);
  expect(sameTarget(money, { type: 'number', decimal: ',', name: 'umsatz', kind: 'attribute' })).toBe(true);
  expect(sameTarget(money, { ...money, decimal: '.' })).toBe(false);
});
