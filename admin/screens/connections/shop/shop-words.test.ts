// What has come of a shop and what has not.
import { expect, test } from 'vitest';
import type { ShopSubject } from '../../../../contract/shop-connectors.ts';
import { shopState } from './shop-state.tsx';
import { lackWords, refusalOf, removedName, removedOf } from './shop-words.ts';

const at = '2026-11-22T08:00:00.000Z';
const topic = (subject: ShopSubject, last_at: string | null) => ({ name: '', topic: '', subject, last_at });

test('one webhook of ten is not all of them: what no automation can go by yet is named', () => {
  const topics = [
    topic('customers', at),
    topic('orders', null),
    topic('orders', null),
    topic('products', null),
  ];
  expect(lackWords({ topics })).toBe('Not come yet: orders, which “Post-purchase” goes by; products and stock, which “Back in stock” goes by.'); // biome-ignore format: one line
  const shop = { has_secret: true, refused_at: null, last_received_at: at, status: 'receiving' as const };
  expect(shopState({ ...shop, topics }, new Date(at))).toBe('partly');
  // nothing goes by customers alone, and one kind of webhook is enough to know that they come
  const come = [topic('customers', null), topic('orders', null), topic('orders', at), topic('products', at)];
  expect([lackWords({ topics: come }), shopState({ ...shop, topics: come }, new Date(at))]).toEqual([null, 'receiving']); // biome-ignore format: one line
});

test('a webhook with a wrong key is told of, though another one with the right key came since', () => {
  const later = '2026-11-22T08:05:00.000Z';
  const now = new Date('2026-11-22T09:00:00Z');
  expect(refusalOf({ refused_at: null, last_received_at: at }, now)).toBeNull();
  expect(refusalOf({ refused_at: at, last_received_at: null }, now)).toBe('all');
  expect(refusalOf({ refused_at: later, last_received_at: at }, now)).toBe('all');
  expect(refusalOf({ refused_at: at, last_received_at: later }, now)).toBe('some');
  expect(refusalOf({ refused_at: at, last_received_at: later }, new Date('2026-11-24T09:00:00Z'))).toBeNull();
});

test('a removed shop of which only the prefix is known may be any of them, and is named by it', () => {
  const known = { id_prefix: '', kind: 'shopify', name: 'Klei', shop_url: null, removed_at: at } as const;
  const old = { id_prefix: 'klei:', kind: null, name: null, shop_url: null, removed_at: null };
  expect(removedOf([known, old], 'shopify').map(removedName)).toEqual(['Klei', 'the one whose ids begin with klei:']); // biome-ignore format: one line
  expect(removedOf([known, old], 'woocommerce')).toEqual([old]);
  expect(removedName({ name: null, id_prefix: '' })).toBe('the one whose ids have no prefix');
});
