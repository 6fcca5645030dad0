import { expect, test } from 'vitest';
import { addressIn, pictureWords } from './picture-words.ts';

test('an address with variables says whose picture it is', () => {
  expect(pictureWords('abandoned_cart', '{{cart.photo}}')).toMatchObject({
    words: 'Photo of the first item in the cart that has one',
    fine: true,
  });
  expect(pictureWords('post_purchase', '{{ cart.photo }}').words).toBe(
    'A picture of its own for each person',
  );
  expect(pictureWords('abandoned_cart', 'https://shop.example/a.jpg')).toMatchObject({
    words: 'The same picture for everybody',
    fine: false,
  });
});

test('one address is a field, everything else a list of files', () => {
  expect(addressIn([])).toBe('');
  expect(addressIn([{ url: 'https://a.example/1.jpg' }])).toBe('https://a.example/1.jpg');
  expect(addressIn([{ media_id: 'med_1' }])).toBeUndefined();
  expect(addressIn([{ url: 'https://a.example/1.jpg' }, { url: 'https://a.example/2.jpg' }])).toBeUndefined();
});
