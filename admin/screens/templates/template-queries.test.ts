import { expect, test } from 'vitest';
import { newPlace, withLabels, withStandIns } from './template-queries.ts';

test('a text is shown with the labels of its places', () => {
  const variables = [{ ...newPlace('code'), label: 'CODE' }];
  expect(withLabels('{{ code }} for {{ contact.first_name }} {{ other }}', variables)).toBe(
    '[CODE] for {{ contact.first_name }} {{ other }}',
  );
});
test('an address that begins with a place is looked at as an address', () => {
  const variables = [newPlace('shop_link'), newPlace('code')];
  expect(withStandIns(' {{ shop_link }}?c={{code}}&u={{ contact }}', variables)).toBe(
    ' https://example.com?c=x&u={{ contact }}',
  );
});
test.each([
  ['survey_link', 'url', 'Survey link'],
  ['date', 'date', 'Date'],
  ['products', 'text', 'Products'],
])('a new place %s is a %s', (name, type, label) => {
  expect(newPlace(name)).toMatchObject({ type, label, required: true });
});
