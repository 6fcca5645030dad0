// What the database keeps at a person: sums of orders however they are written, and when they were last seen.
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import type { Rule } from '../../contract/rules.ts';
import { newId } from '../platform/db/ids.ts';
import { aConnection, aContact, type TestCtx, testCtx } from '../testing/context.ts';
import { loadFacts } from './facts.ts';
import { askedOf } from './resolve.ts';

let ctx: TestCtx;
beforeAll(async () => {
  ctx = await testCtx();
});
const at = (text: string) => new Date(`2026-11-${text}Z`);

async function order(contact_id: string, total: number, placed_at: Date, status = 'placed'): Promise<string> {
  const id = newId();
  const row = { workspace_id: ctx.actor.workspaceId, id, contact_id, status, total, placed_at };
  await ctx.db.insertInto('orders').values(row).execute();
  return id;
}
async function sums(id: string) {
  const { rows } = await sql<{ n: number; value: number; last: Date | null }>`
    SELECT orders_count AS n, orders_value AS value, last_order_at AS last FROM contacts WHERE id = ${id}`.execute(
    ctx.db,
  );
  return rows[0];
}

test('orders that come, change, move and go are in the sums; cancelled ones are not', async () => {
  const [ann, bob] = [await aContact(ctx), await aContact(ctx)];
  expect(await sums(ann)).toEqual({ n: 0, value: 0, last: null });
  const first = await order(ann, 10.1, at('01T10:00:00'));
  await order(ann, 0.2, at('02T10:00:00'));
  await order(ann, 99, at('03T10:00:00'), 'cancelled');
  expect(await sums(ann)).toEqual({ n: 2, value: 10.3, last: at('02T10:00:00') });
  await sql`UPDATE orders SET contact_id = ${bob} WHERE id = ${first}`.execute(ctx.db);
  expect(await sums(ann)).toEqual({ n: 1, value: 0.2, last: at('02T10:00:00') });
  expect(await sums(bob)).toEqual({ n: 1, value: 10.1, last: at('01T10:00:00') });
  await sql`UPDATE orders SET status = 'cancelled' WHERE contact_id = ${ann}`.execute(ctx.db);
  await sql`DELETE FROM orders WHERE contact_id = ${bob}`.execute(ctx.db);
  for (const id of [ann, bob]) expect(await sums(id)).toEqual({ n: 0, value: 0, last: null });
});

test('of orders that come at the same time none is missing in the sum', async () => {
  const ann = await aContact(ctx);
  await Promise.all(Array.from({ length: 20 }, () => order(ann, 1, at('01T10:00:00'))));
  expect(await sums(ann)).toMatchObject({ n: 20, value: 20 });
});

test('what came back was not bought', async () => {
  const ann = await aContact(ctx);
  const bought = async (status: string) => {
    const order_id = await order(ann, 5, at('01T10:00:00'), status);
    await sql`INSERT INTO order_items (workspace_id, order_id, position, product_id, quantity, price)
      VALUES (${ctx.actor.workspaceId}, ${order_id}, 0, 'mug', 1, 5)`.execute(ctx.db);
    const rules: Rule[] = [{ all: [{ field: 'bought', product_id: 'mug' }] }];
    const facts = await loadFacts(ctx, [ann], rules, await askedOf(ctx, rules, ctx.clock.now()));
    return facts.get(ann)!.purchases.length;
  };
  expect(await bought('returned')).toBe(0);
  expect(await bought('cancelled')).toBe(0);
  expect(await bought('paid')).toBe(1);
});

test('a message of theirs and an event count as seen, to the minute; ours and older ones do not', async () => {
  const ann = await aContact(ctx);
  const connection_id = await aConnection(ctx);
  const seen = async () => {
    const { rows } = await sql<{
      last_seen_at: Date;
    }>`SELECT last_seen_at FROM contacts WHERE id = ${ann}`.execute(ctx.db);
    return rows[0]?.last_seen_at;
  };
  const message = (direction: string, time: Date) =>
    ctx.db
      .insertInto('messages')
      .values({
        workspace_id: ctx.actor.workspaceId,
        id: newId(),
        contact_id: ann,
        connection_id,
        direction,
        body: '{}',
        at: time,
      })
      .execute();
  const event = (time: Date) =>
    ctx.db
      .insertInto('events')
      .values({ workspace_id: ctx.actor.workspaceId, id: newId(), contact_id: ann, name: 'viewed', at: time })
      .execute();
  await message('out', at('01T10:00:00'));
  expect(await seen()).toBeNull();
  await message('in', at('02T10:00:00'));
  expect(await seen()).toEqual(at('02T10:00:00'));
  await message('in', at('02T10:00:59'));
  expect(await seen()).toEqual(at('02T10:00:00'));
  await event(at('01T00:00:00'));
  expect(await seen()).toEqual(at('02T10:00:00'));
  await event(at('03T10:00:00'));
  expect(await seen()).toEqual(at('03T10:00:00'));
});

test('of what grows with the years only what the rules ask is read', async () => {
  const ann = await aContact(ctx);
  const day = 86_400_000;
  const now = ctx.clock.now();
  const event = (name: string, daysAgo: number) => ({
    workspace_id: ctx.actor.workspaceId,
    id: newId(),
    contact_id: ann,
    name,
    at: new Date(now.getTime() - daysAgo * day),
  });
  await ctx.db
    .insertInto('events')
    .values([
      event('viewed', 1),
      event('viewed', 20),
      event('viewed', 300),
      event('joined', 300),
      event('left', 1),
    ])
    .execute();
  await order(ann, 5, now);
  const asks = (...conditions: Rule[]) => [{ all: conditions }];
  const did = (name: string, days?: number): Rule => ({
    field: 'event',
    name,
    op: 'at_least',
    times: 1,
    days,
  });
  const read = async (rules: Rule[]) => {
    const asked = await askedOf(ctx, rules, now);
    const { events, purchases } = (await loadFacts(ctx, [ann], rules, asked)).get(ann)!;
    return { viewed: events.get('viewed')?.length, names: [...events.keys()].sort(), purchases };
  };
  expect(await read(asks(did('viewed', 7)))).toEqual({ viewed: 1, names: ['viewed'], purchases: [] });
  expect(await read(asks(did('viewed', 7), did('viewed', 30), did('joined')))).toMatchObject({
    viewed: 2,
    names: ['joined', 'viewed'],
  });
  expect(await read(asks(did('viewed', 7), did('viewed')))).toMatchObject({ viewed: 3 });
});
