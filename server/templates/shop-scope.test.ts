// What a message may say of a cart or an order: words, money, bold that stays although values are plain text, kinds.
import { describe, expect, it, test } from 'vitest';
import type { CampaignKind } from '../../contract/campaigns.ts';
import { type ContentInput, content } from '../../contract/message.ts';
import { AppError } from '../platform/errors.ts';
import { compileMessage, nowhere } from './compile.ts';
import { sampleContact } from './contact.ts';
import { type EventCart, type EventOrder, sampleCart, sampleEvent, sampleOrder } from './shop-scope.ts';

const ofCart = (cart: Partial<EventCart> = {}) => ({
  kind: 'abandoned_cart',
  cart: { ...sampleCart, ...cart },
});
const ofOrder = (order: Partial<EventOrder> = {}) => ({
  kind: 'post_purchase',
  order: { ...sampleOrder, ...order },
});
const anItem = { product_id: 'p-1', name: 'Mug', quantity: 1, price: '8.50' };

function render(given: string | ContentInput, event: typeof sampleEvent | null, kind?: CampaignKind) {
  const written = content.parse(typeof given === 'string' ? { text: given } : given);
  return compileMessage(written, 'telegram', nowhere, kind).render(sampleContact, event);
}
function refusal(text: string, kind?: CampaignKind): string[] {
  try {
    render(text, sampleEvent, kind);
    return [];
  } catch (error) {
    if (error instanceof AppError) return error.errors.map(({ detail }) => detail);
    throw error;
  }
}

describe('the ready texts', () => {
  it('list the cart with its total in bold, and the order without', () => {
    expect(render('Hi:\n\n{{ cart_items }}', ofCart()).markup).toBe(
      'Hi:\n\n1 × Blue glaze set, £64.00\n2 × Stoneware mug, £38.00\n<b>Total £102.00</b>',
    );
    expect(render('{{ order_items }}', ofOrder()).markup).toBe(
      '1 × Blue glaze set, £64.00\n2 × Stoneware mug, £38.00',
    );
  });

  it('keep their bold on every channel, through assign and default, and lose it in other filters', () => {
    const items = [{ ...anItem, name: '*Mug* [x](https://a.b) <b>' }];
    const event = ofCart({ items, total: null });
    const text = '{% assign it = cart_items | default: "nothing" %}{{ it }}';
    const on = (channel: 'telegram' | 'whatsapp') =>
      compileMessage(content.parse({ text }), channel).render(sampleContact, event);
    expect(on('telegram').markup).toBe('1 × *Mug* [x](https://a.b) &lt;b&gt;, £8.50\n<b>Total £8.50</b>');
    expect(on('whatsapp').markup).toMatch(/\*Total £8\.50\*$/);
    expect(on('whatsapp').plain).toContain('*Mug* [x](https://a.b) <b>, £8.50');
    expect(render('{{ cart_items | upcase }}', event).markup).toBe(
      '1 × *MUG* [X](HTTPS://A.B) &lt;B&gt;, £8.50\nTOTAL £8.50',
    );
    expect(render('{{ cart_items.size }}', ofCart({ items: [anItem] })).plain).toBe('28');
  });

  it('cannot be forged by what the shop writes', () => {
    const items = [{ ...anItem, name: '\uFDD1*bold*\uFDD0', price: null }];
    expect(render('{{ cart_items }}', ofCart({ items, total: null })).markup).toBe('1 × *bold*');
  });

  it('name a product by its number, leave out prices that are not known, and stay short', () => {
    const bare = { product_id: 'p-1', name: ' ', quantity: 3 };
    expect(render('{{ cart_items }}', ofCart({ items: [bare], total: null })).plain).toBe('3 × p-1');
    const items = Array.from({ length: 200 }, () => ({ ...anItem, name: 'x\n'.repeat(150) }));
    const { plain } = render('{{ cart_items }}', ofCart({ items, total: '1700' }));
    expect(plain.split('\n').slice(-2)).toEqual(['and 192 more', 'Total £1,700.00']);
    expect(plain.split('\n')).toHaveLength(10);
    expect(plain.length).toBeLessThan(700);
  });

  it('are one line in a value of an approved template', () => {
    const place = {
      ...nowhere,
      template: { components: [{ type: 'BODY', text: 'You left: {{1}}' }], cannotSend: null },
    };
    const template = {
      name: 'cart',
      language: 'en',
      header: {},
      body: { '1': '{{ cart_items }}' },
      buttons: {},
    };
    const written = content.parse({ whatsapp: { template } });
    expect(compileMessage(written, 'whatsapp', place as never).render(sampleContact, ofCart()).markup).toBe(
      'You left: 1 × Blue glaze set, £64.00; 2 × Stoneware mug, £38.00; *Total £102.00*',
    );
  });
});

test('money is written by its currency, more decimals where they count', () => {
  const total = (amount: EventCart['total'], currency: string | null) =>
    render('{{ cart.total | default: "?" }}', ofCart({ total: amount, currency })).plain;
  expect(total(102, 'GBP')).toBe('£102.00');
  expect(total('1234.5', 'EUR')).toBe('€1,234.50');
  expect(total('6400.000', 'JPY')).toBe('¥6,400');
  expect(total('0.125', 'USD')).toBe('$0.125');
  expect(total('12', null)).toBe('12.00');
  expect(render('{{ cart.total }}?', ofCart({ items: [], total: null })).plain).toBe('?');
});

test('cart and order are there one by one, and nothing where there is no event', () => {
  expect(
    render('{{ cart.count }} {{ cart.url }} {{ cart.items[1].name }} {{ cart.items.first.price }}', ofCart())
      .plain,
  ).toBe('3 https://example.com/cart Stoneware mug £64.00');
  expect(
    render('{{ cart.photo }}', ofCart({ items: [anItem, { ...anItem, image_url: 'https://a.b/1.png' }] }))
      .plain,
  ).toBe('https://a.b/1.png');
  const text = 'No. {{ order.number }}, {{ order.total }}, {{ order.delivered_at | date: "%-d %B" }}';
  expect(render(text, ofOrder()).plain).toBe('No. 10042, £102.00, 19 November');
  expect(render('a{{ cart_items }}{{ cart.total }}{{ order.number }}b', null).plain).toBe('ab');
  expect(render('{% if cart_items == "" %}none{% endif %}', ofCart({ items: [], total: null })).plain).toBe(
    'none',
  );
});

describe('variables', () => {
  const loop = (inner: string) => `{% for item in cart.items %}${inner}{% endfor %}`;
  it('of the items are known within a loop over them', () => {
    expect(render(loop('{{ item.quantity }} {{ item.name }} {{ item.total }};'), ofCart()).plain).toBe(
      '1 Blue glaze set £64.00;2 Stoneware mug £38.00;',
    );
    expect(refusal(loop('{{ forloop.index }} {% if item.image_url %}x{% endif %}{{ item.price }}'))).toEqual(
      [],
    );
    expect(refusal(loop('{{ item.nmae }}'))).toEqual([
      'Line 1: item.nmae is not a variable. Did you mean item.name?',
    ]);
    expect(refusal(loop('{{ item }}'))).toEqual([
      'Line 1: item holds several values. Choose one, like item.name.',
    ]);
    expect(refusal(`${loop('{{ item.name }}')}{{ item.name }}`)).toEqual([
      expect.stringMatching(/^Line 1: item is not a variable/),
    ]);
    const both = '{% for item in contact.tags %}{{ item.size }}{% endfor %}';
    expect(refusal(loop('{{ item.name }}') + both)).toEqual([]);
  });

  it.each([
    ['{{ cart.totl }}', 'Line 1: cart.totl is not a variable. Did you mean cart.total?'],
    ['{{ cart.foto }}', /There are cart\.total, cart\.url, cart\.photo, cart\.count and cart\.items\.$/],
    ['{{ cart_item }}', 'Line 1: cart_item is not a variable. Did you mean cart_items?'],
    ['{{ cart.items[0].nmae }}', /^Line 1: cart\.items\.0\.nmae is not a variable/],
    ['{{ cart.items.name }}', /^Line 1: cart\.items\.name is not a variable/],
    [
      '{{ cart.items }}',
      'Line 1: cart.items is a list. Write cart_items, or go through it with {% for item in cart.items %}.',
    ],
    ['{% if cart.url %}{{ order.items}}{% endif %}', /^Line 1: order\.items is a list/],
    ['{{ order }}', 'Line 1: order holds several values. Choose one, like order.number.'],
    ['{{ cart_items.name }}', /^Line 1: cart_items\.name is not a variable/],
  ])('that are not there are refused: %s', (text, words) => {
    expect(refusal(text)).toEqual([words instanceof RegExp ? expect.stringMatching(words) : words]);
  });

  it('belong to campaigns of their kind', () => {
    const inCarts = (name: string, here: string) =>
      `Line 1: ${name} is known only in abandoned cart campaigns. ${here}`;
    const none = 'This one is about no cart, order or product: take it out.';
    const instead = {
      broadcast: none,
      bulk_message: none,
      post_purchase: 'Here there are order_items, order.number and order.total.',
      back_in_stock: none,
    };
    for (const kind of ['broadcast', 'bulk_message', 'post_purchase', 'back_in_stock'] as const) {
      expect(refusal('{{ cart.total }}', kind)).toEqual([inCarts('cart.total', instead[kind])]);
      expect(refusal('{{ cart_items }}', kind)).toEqual([inCarts('cart_items', instead[kind])]);
    }
    expect(refusal('{{ order.number }}', 'abandoned_cart')).toEqual([
      'Line 1: order.number is known only in post-purchase campaigns. Here there are cart_items, cart.total and cart.url.',
    ]);
    for (const kind of ['abandoned_cart', undefined] as const)
      expect(refusal('{{ cart_items }}{{ cart.total }}', kind)).toEqual([]);
    expect(refusal('{{ order_items }}', 'post_purchase')).toEqual([]);
    expect(refusal('{{ cart.items | map: "name" | join: ", " }} {{ cart.items.size }}')).toEqual([]);
  });
});

test('a button to a cart without an address is left out for this person', () => {
  const given = {
    text: '{{ cart_items }}',
    buttons: [
      { text: 'Finish my order', url: '{{ cart.url }}' },
      { text: 'Shop', url: 'https://a.b' },
    ],
  };
  const names = (event: typeof sampleEvent) => render(given, event).buttons?.map(({ text }) => text);
  expect(names(ofCart())).toEqual(['Finish my order', 'Shop']);
  expect(names(ofCart({ url: null }))).toEqual(['Shop']);
  const theirs = { text: 'x', buttons: [{ text: 'Go', url: '{{ contact.attributes.link }}' }] };
  expect(() => render(theirs, ofCart())).toThrow();
});

test('where no marks are read the ready texts have none', () => {
  const given = {
    text: 'x',
    buttons: [{ text: 'Buy {{ cart_items }}', url: 'https://a.b/{{ cart_items }}' }],
  };
  const items = [{ ...anItem, name: '*Mug*\nred' }];
  const [button] = render(given, ofCart({ items })).buttons;
  expect(button?.text).toBe('Buy 1 × *Mug* red, £8.50 Total £102.00');
  expect(decodeURIComponent(button!.url)).toBe('https://a.b/1 × *Mug* red, £8.50\nTotal £102.00');
});

test('names from right to left keep their line in order', () => {
  const items = [{ ...anItem, name: 'كوب <b>' }];
  expect(render('{{ cart_items }}', ofCart({ items, total: null })).plain).toBe(
    '1 × \u2068كوب <b>\u2069, £8.50\nTotal £8.50',
  );
});

test('a loop goes through a cart of 200 items, within the limit of the text', () => {
  const items = Array.from({ length: 200 }, (_, index) => ({ ...anItem, name: `M${index}` }));
  const loop = '{% for item in cart.items %}{{ item.quantity }} × {{ item.name }}\n{% endfor %}';
  expect(render(loop, ofCart({ items })).plain.split('\n')).toHaveLength(200);
  const limited = '{% for item in cart.items limit: 3 %}{{ item.name }} {% endfor %}';
  expect(render(limited, ofCart({ items })).plain).toBe('M0 M1 M2');
});

test('prices add up to the cent', () => {
  const items = Array.from({ length: 9 }, () => ({ ...anItem, quantity: 999, price: '1234567.89' }));
  expect(render('{{ cart.items[0].total }} {{ cart.total }}', ofCart({ items, total: null })).plain).toBe(
    '£1,233,333,322.11 £11,099,999,898.99',
  );
});
