import { expect, test } from 'vitest';
import { newPlace, placesIn, withLabels } from './template-queries.ts';

test('places are found once each, in their order; what Carillon fills in is none', () => {
  const texts = [
    '{{ code }} {{contact.first_name}} {{ contact }} {{ end_date }}',
    '{{ code }}',
    '{{ Bad }} {{ x | y }}',
  ];
  expect(placesIn(texts)).toEqual(['code', 'end_date']);
});
test('a text is shown with the labels of its places', () => {
  const variables = [{ ...newPlace('code'), label: 'CODE' }];
  expect(withLabels('{{ code }} for {{ contact.first_name }} {{ other }}', variables)).toBe(
    '[CODE] for {{ contact.first_name }} {{ other }}',
  );
});
test.each([
  ['survey_link', 'url', 'Survey link'],
  ['date', 'date', 'Date'],
  ['products', 'text', 'Products'],
])('a new place %s is a %s', (name, type, label) => {
  expect(newPlace(name)).toMatchObject({ type, label, required: true });
});
