// What each customer of the demo shop did before today: joined, looked, filled carts, ordered. No part of it is random; times
// are days before `now`, so the shop is as old on every first start. Pure.
import type { CartPut, EventCreate, OrderPut } from '../../contract/shop.ts';
import { money, type Product, products, shop } from './catalogue.ts';
import { type DemoPerson, people } from './people.ts';

const dayMs = 86_400_000;

const workshop: Product = { id: 'workshop-saturday', name: 'Saturday throwing workshop', pence: 6500 };

const productAt = (n: number): Product => products[n % products.length] as Product;

/** How many days ago somebody came, and when they did something last. One in five of the old ones stays away of late. */
export function daysOf(person: DemoPerson): { joined: number; last: number } {
  const n = people.indexOf(person);
  if (person.orders === 0) return { joined: 2 + (n % 27), last: 1 + (n % 2) };
  const joined = 40 + ((n * 37) % 660);
  const isLapsed = joined > 160 && n % 5 === 0;
  return { joined, last: isLapsed ? 110 + (n % 30) : 1 + (n % 20) };
}

/** The moments between joining and the last one, evenly, at an hour of day that is the person's own. */
function moments(person: DemoPerson, count: number, now: Date): Date[] {
  const { joined, last } = daysOf(person);
  const hourMs = ((people.indexOf(person) * 5) % 12) * 3_600_000;
  return Array.from({ length: count }, (_, k) => {
    const days = joined - ((joined - last) * (k + 1)) / count;
    return new Date(now.getTime() - days * dayMs - hourMs);
  });
}

export function ordersOf(person: DemoPerson, now: Date): (OrderPut & { external_id: string })[] {
  const n = people.indexOf(person);
  const isTrade = person.tags.includes('wholesale');
  return moments(person, person.orders, now).map((at, k) => {
    const chosen = [productAt(n + k * 3), ...((n + k) % 5 === 1 ? [productAt(n + k * 5 + 1)] : [])];
    if (person.tags.includes('workshop') && k === 0) chosen.push(workshop);
    const items = chosen.map((product) => ({
      product_id: product.id,
      name: product.name,
      quantity: isTrade ? 5 : (n + k) % 5 === 0 ? 2 : 1,
      price: money(product.pence),
      pence: product.pence,
    }));
    const total = items.reduce((sum, { pence, quantity }) => sum + pence * quantity, 0);
    const isLast = k === person.orders - 1;
    return {
      external_id: `${person.externalId}-${k + 1}`,
      contact: { external_id: person.externalId },
      status: (n + k) % 19 === 7 ? 'cancelled' : isLast && daysOf(person).last < 4 ? 'paid' : 'delivered',
      total: money(total),
      items: items.map(({ pence: _, ...item }) => item),
      placed_at: at.toISOString(),
      updated_at: at.toISOString(),
    };
  });
}

/** Pages they looked at, and for some the webinar they joined. */
export function eventsOf(person: DemoPerson, now: Date): EventCreate[] {
  const n = people.indexOf(person);
  const contact = { external_id: person.externalId };
  const views = moments(person, 3 + (n % 4), now).map((at, k) => {
    const product = productAt(n + k * 3);
    return {
      contact,
      name: 'page_viewed',
      at: new Date(at.getTime() - 20 * 60_000).toISOString(),
      properties: { url: `${shop}/shop/${product.id}`, title: product.name, seconds: 20 + ((n * k) % 90) },
      event_id: `${person.externalId}-view-${k + 1}`,
    };
  });
  if (!joinedWebinar(person)) return views;
  const { last } = daysOf(person);
  const at = new Date(now.getTime() - (last + 1) * dayMs);
  const properties = { title: 'Glazing at home', minutes: 25 + (n % 35) };
  return [
    ...views,
    {
      contact,
      name: 'webinar_joined',
      at: at.toISOString(),
      properties,
      event_id: `${person.externalId}-webinar`,
    },
  ];
}
const joinedWebinar = (person: DemoPerson) =>
  person.tags.includes('workshop') && people.indexOf(person) % 2 === 0;

/** Some carts that wait, touched an hour to three days ago. */
export function cartsOf(
  person: DemoPerson,
  now: Date,
  pictureOf: (productId: string) => string | undefined,
): (CartPut & { external_id: string })[] {
  const n = people.indexOf(person);
  if (n % 9 !== 2) return [];
  const product = productAt(n);
  const quantity = 1 + (n % 3);
  const external_id = `${person.externalId}-cart`;
  return [
    {
      external_id,
      contact: { external_id: person.externalId },
      status: n % 27 === 2 ? 'ordered' : 'open',
      items: [
        {
          product_id: product.id,
          name: product.name,
          quantity,
          price: money(product.pence),
          url: `${shop}/shop/${product.id}`,
          image_url: pictureOf(product.id),
        },
      ],
      total: money(product.pence * quantity),
      url: `${shop}/cart/${external_id}`,
      updated_at: new Date(now.getTime() - (1 + ((n * 7) % 71)) * 3_600_000).toISOString(),
    },
  ];
}

/** What the shop's own list knows beside names. */
export function attributesOf(person: DemoPerson): Record<string, string | number | boolean | string[]> {
  const n = people.indexOf(person);
  const month = String(1 + ((n * 7) % 12)).padStart(2, '0');
  const day = String(1 + ((n * 11) % 28)).padStart(2, '0');
  return {
    city: person.city,
    orders: person.orders,
    birthday: `${1958 + ((n * 13) % 45)}-${month}-${day}`,
    loyalty_points: person.orders * 40 + (n % 7) * 5,
    newsletter: agreed(person),
    interests: [
      person.tags.includes('workshop') ? 'workshops' : 'tableware',
      ...(n % 4 === 0 ? ['glazes'] : []),
    ],
  };
}
export const declared = [
  { name: 'city', type: 'text', description: 'Where parcels go' },
  { name: 'orders', type: 'number', description: 'Orders in the shop’s own list' },
  { name: 'birthday', type: 'date', description: 'For a card and a voucher' },
  { name: 'loyalty_points', type: 'number', description: '40 for each order' },
  { name: 'newsletter', type: 'boolean', description: 'Ticked the box at the checkout' },
  { name: 'interests', type: 'list', description: 'What they look at most' },
] as const;

/** Who ticked the newsletter's box. */
export const agreed = (person: DemoPerson): boolean => people.indexOf(person) % 5 < 3;
export const agreedWords = 'Checkout, box ticked: “Yes, tell me when the kiln is opened.”';
