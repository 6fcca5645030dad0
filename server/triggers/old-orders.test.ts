// A shop tells its past: fifty thousand orders that were delivered long ago are no reason to write to anybody.
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { scopes } from '../../contract/roles.ts';
import { createApp } from '../app.ts';
import { settableClock } from '../platform/clock.ts';
import { testCtx } from '../testing/context.ts';
import { testLanes } from '../testing/engine.ts';
import { visitor } from '../workspaces/testing-visitor.ts';
import { createToken } from '../workspaces/tokens.ts';
import { type AutomationShop, aShop, start } from './testing-automations.ts';

const clock = settableClock(start);
let shop: AutomationShop;
beforeAll(async () => {
  shop = await aShop(await testCtx({ clock }), clock, 20);
});

it('nobody is thanked for the orders of an import, however the shop tells them, and everybody for the next one', async () => {
  const app = await createApp(shop.ctx, { version: 'test', ready: () => true });
  const { call } = visitor(app, (await createToken(shop.ctx, { name: 'Import', scopes: [...scopes] })).token);
  shop.at(60);
  await shop.on(shop.thanksId);
  testLanes(shop.ctx);
  shop.at(120);
  // without a word of when; with its hour; changed since; delivered before it was switched on and told now
  const told = [
    {},
    { delivered_at: '2024-05-04T10:00:00Z' },
    { updated_at: '2024-06-01T10:00:00Z' },
    { delivered_at: shop.after(59), updated_at: shop.after(119) },
  ];
  for (const batch of ['first', 'second']) {
    const orders = Array.from({ length: 1000 }, (_, n) => ({
      external_id: `${batch}-${n}`,
      contact: { id: toWireId('cnt', shop.contacts[n % shop.contacts.length]!) },
      status: 'delivered',
      total: { amount: '19.00', currency: 'GBP' },
      placed_at: '2024-05-01T10:00:00Z',
      ...told[n % told.length],
    }));
    const answer = await call('POST', '/orders/batch', { orders });
    expect(answer.json()).toMatchObject({ created: 1000 });
  }
  // the other 48,000, of which the table alone decides
  await sql`
    INSERT INTO orders (workspace_id, id, external_id, contact_id, status, total, currency, placed_at, updated_at, delivered_at)
    SELECT workspace_id, new_id(), external_id || '-' || n, contact_id, status, total, currency, placed_at, updated_at, delivered_at
    FROM generate_series(1, 24) n, orders WHERE workspace_id = ${shop.workspaceId}`.execute(shop.ctx.db);
  expect(await shop.waits()).toHaveLength(0);
  await shop.order('next', { delivered_at: shop.after(120) });
  shop.at(120 + 1441);
  expect(await shop.check(shop.thanksId)).toBe(1);
  await shop.all(1);
  expect(await shop.rows()).toHaveLength(1);
  await app.close();
});
