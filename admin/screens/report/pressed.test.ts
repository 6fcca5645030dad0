import { expect, test } from 'vitest';
import { pressedIn, pressedOf } from './pressed.ts';

test('everything that can be pressed stands below the message, replies after addresses as on the phone', () => {
  const whatsapp = {
    template: null,
    header: null,
    footer: 'Reply STOP to end',
    replies: [{ id: 'yes', title: 'Yes, please' }],
    list: null,
    others: [{ kind: 'copy_code' as const, title: 'Copy code', value: 'SPRING' }],
  };
  const buttons = [{ text: 'Open the shop', url: 'https://shop.example' }];
  expect(pressedOf({ buttons, whatsapp }).map(({ title }) => title)).toEqual([
    'Open the shop',
    'Copy code',
    'Yes, please',
  ]);
  expect(pressedOf({ buttons })).toEqual([{ title: 'Open the shop', hint: 'https://shop.example' }]);
});

test('of a message as it was sent the same stands below it', () => {
  const list = {
    button: 'Choose',
    rows: [
      { title: 'Mugs', description: '' },
      { title: 'Bowls', description: '' },
    ],
  };
  const sent = {
    buttons: [{ text: 'Finish my order', url: 'https://shop.example/cart/7' }],
    replies: ['Later'],
    list,
  };
  expect(pressedIn(sent)).toEqual([
    { title: 'Finish my order', hint: 'https://shop.example/cart/7' },
    { title: 'Later', hint: null },
    { title: 'Choose', hint: 'Mugs, Bowls' },
  ]);
});
