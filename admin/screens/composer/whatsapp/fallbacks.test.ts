import { expect, test } from 'vitest';
import { fallbacksIn, withFallback, withoutValues } from './fallbacks.ts';

const first = '{{ contact.first_name | default: "there" }}';

test('a variable has a fallback of its own, whatever stands around it', () => {
  expect(fallbacksIn(`Dear ${first} of {{contact.attributes.home_city}}`)).toEqual([
    { name: 'contact.first_name', label: 'first name', text: 'there' },
    { name: 'contact.attributes.home_city', label: 'home city', text: '' },
  ]);
  expect(fallbacksIn("{{ contact.first_name | default: 'you' }}")[0]?.text).toBe('you');
  // what is done to it otherwise is written by hand, and a shop always has its name
  expect(fallbacksIn('{{ contact.first_name | upcase }} {{ workspace.name }} SUMMER')).toEqual([]);
});

test('typing a fallback writes Liquid, emptying it takes it away', () => {
  expect(withFallback('{{ contact.first_name }}', 0, 'there')).toBe(first);
  expect(withFallback(first, 0, '')).toBe('{{ contact.first_name }}');
  const two = `${first}, {{ contact.phone }}`;
  expect(withFallback(two, 1, 'no number')).toBe(`${first}, {{ contact.phone | default: "no number" }}`);
});

test.each(['the "best" one', "it's", `both " and '`, 'a }} b {% c'])(
  'whatever is typed can be read: %s',
  (text) => {
    const written = withFallback('{{ contact.first_name }}', 0, text);
    const [read] = fallbacksIn(written);
    expect(read?.text.replace('’', "'")).toBe(text.replace(/[{}%]/g, ''));
  },
);

test('who has none of it reads the fallbacks, or gets no message', () => {
  expect(withoutValues(`Hi ${first}`)).toBe('Hi there');
  expect(withoutValues('Hi {{ contact.first_name }}')).toBeNull();
  expect(withoutValues('SUMMER')).toBe('SUMMER');
});
