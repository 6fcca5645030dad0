// Whom a webhook is about, where somebody types what they like.
import type { FastifyInstance } from 'fastify';
import { beforeAll, expect, test } from 'vitest';
import { createApp } from '../../app.ts';
import { testCtx } from '../../testing/context.ts';
import { anOwner } from '../../workspaces/testing-visitor.ts';
import type { Payload } from './payload.ts';
import { altered, aShop } from './testing-shop.ts';

let app: FastifyInstance;
beforeAll(async () => {
  app = await createApp(await testCtx(), { version: 'test', ready: () => true });
  await app.ready();
  return () => app.close();
});

test('what a stranger types at a checkout finds a contact and changes none; the guest’s own cart may say more', async () => {
  const owner = await anOwner(app);
  const shop = await aShop(app, owner, 'shopify');
  const list = async (path: string) => (await owner.call('GET', path)).json().data;
  const taken = async (topic: string, body: Buffer) => {
    expect((await shop.deliver(topic, body)).statusCode).toBe(200);
    expect((await shop.card()).problem).toBeNull();
  };
  await owner.call('POST', '/contacts', { external_id: '77', email: 'vera@post.example', attributes: {} });
  const checkout = (n: number, about: Payload) =>
    altered('shopify', 'checkout', { id: n, token: `t${n}`, cart_token: `c${n}`, shipping_address: null, ...about }); // biome-ignore format: one line
  const evil = { first_name: 'WIN at https://evil.example', phone: '07700 900999', country_code: 'GB' };
  await taken('checkouts/create', checkout(1, { email: 'vera@post.example', shipping_address: evil }));
  // Shopify names her, too, where somebody only typed her address
  const customer = { id: 77, email: 'vera@post.example', first_name: 'Vera' };
  await taken('checkouts/create', checkout(2, { customer, email: null, shipping_address: evil }));
  await taken('orders/create', altered('shopify', 'order', { customer: null, email: 'vera@post.example', phone: '+447700900999' })); // biome-ignore format: one line
  const vera = { external_id: '77', first_name: 'Vera', phone: null, email: 'vera@post.example' };
  expect(await list('/contacts')).toMatchObject([vera]);
  expect(await list('/carts')).toHaveLength(2);
  // an account of another number is not given hers, and gets no part of her
  const account = { id: 666, email: null, phone: '+447700900666', first_name: 'Mal' };
  await owner.call('POST', '/contacts', { first_name: 'Ann', email: 'ann@post.example' });
  await taken('checkouts/create', checkout(4, { customer: account, email: 'ann@post.example' }));
  const ann = async () => (await list('/contacts')).find((one: Payload) => one.email === 'ann@post.example');
  expect(await ann()).toMatchObject({ external_id: null, first_name: 'Ann', phone: null });
  // a guest: first the address, then the number, of one cart
  await taken('checkouts/create', checkout(5, { email: 'gus@post.example' }));
  const gus = async () => (await list('/contacts')).find((one: Payload) => one.email === 'gus@post.example');
  expect(await gus()).toMatchObject({ external_id: 'guest:gus@post.example', phone: null });
  await taken('checkouts/create', checkout(6, { email: 'gus@post.example', shipping_address: evil }));
  expect(await gus()).toMatchObject({ phone: null, first_name: null });
  await taken('checkouts/create', checkout(7, { email: 'liv@post.example' }));
  const own = { first_name: 'Liv', phone: '07700 900123', country_code: 'GB' };
  await taken('checkouts/update', checkout(7, { email: 'liv@post.example', shipping_address: own, updated_at: '2026-11-20T09:12:00Z' })); // biome-ignore format: one line
  const liv = (await list('/contacts')).find((one: Payload) => one.email === 'liv@post.example');
  expect(liv).toMatchObject({ phone: '+447700900123', first_name: 'Liv' });
});
