// What triggers keep at a person (migrations 0014 and 0020), however orders and events come: at once, crosswise, while somebody
// is erased; and what a change of the workspace's currency does to it.
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { toWireId } from '../../contract/ids.ts';
import { contactMerge } from '../../contract/merges.ts';
import { type OrderPut, orderPut } from '../../contract/shop.ts';
import { eraseContact } from '../contacts/erase.ts';
import { mergeContacts } from '../contacts/merge/merge.ts';
import { newId } from '../platform/db/ids.ts';
import { runTask } from '../tasks.ts';
import { aContact, type TestCtx, testCtx } from '../testing/context.ts';
import { editWorkspace } from '../workspaces/workspace.ts';
import { putOrders } from './put-orders.ts';
import { recordEvents } from './record-events.ts';

let ctx: TestCtx;
beforeAll(async () => {
  ctx = await testCtx();
});

async function somebody(): Promise<{ id: string; contact: { external_id: string } }> {
  const id = await aContact(ctx);
  const external_id = newId();
  await ctx.db.updateTable('contacts').set({ external_id }).where('id', '=', id).execute();
  return { id, contact: { external_id } };
}
const anOrder = (contact: OrderPut['contact'], external_id = newId(), currency = 'EUR', amount = '1') => ({
  external_id,
  ...orderPut.parse({
    contact,
    status: 'paid',
    total: { amount, currency },
    placed_at: '2026-11-01T10:00:00Z',
  }),
});
/** What stands at the contact, and what it should be by the orders themselves. */
async function sums(id: string) {
  const { rows } = await sql<{ kept: unknown[]; real: unknown[] }>`
    SELECT jsonb_build_array(c.orders_count, c.orders_value::float, c.last_order_at) AS kept, (
      SELECT jsonb_build_array(count(*), coalesce(sum(o.total) FILTER (WHERE o.currency = w.currency), 0)::float, max(o.placed_at))
      FROM orders o WHERE o.workspace_id = c.workspace_id AND o.contact_id = c.id AND o.status <> 'cancelled') AS real
    FROM contacts c JOIN workspaces w ON w.id = c.workspace_id WHERE c.id = ${id}`.execute(ctx.db);
  return rows[0];
}
/** Some of them, in an order that belongs to `n`; everybody at the end. */
const shuffled = <T>(all: T[], n: number): T[] =>
  all
    .map((one, i) => ({ one, key: (i * 7919 + n * 104_729) % 97 }))
    .sort((a, b) => a.key - b.key)
    .slice(0, n === 39 ? all.length : 2 + n)
    .map(({ one }) => one);
const move = (order: string, to: string) =>
  sql`UPDATE orders SET contact_id = ${to} WHERE external_id = ${order}`.execute(ctx.db);

test('orders that change hands crosswise at the same time neither wait for ever nor lose a sum', async () => {
  const [ann, bob] = [await somebody(), await somebody()];
  const theirs = Array.from({ length: 12 }, (_, n) => anOrder((n % 2 ? ann : bob).contact));
  await putOrders(ctx, theirs, '/orders');
  await Promise.all(theirs.map((order, n) => move(order.external_id, (n % 2 ? bob : ann).id)));
  for (const one of [ann, bob]) {
    const { kept, real } = (await sums(one.id))!;
    expect(kept).toEqual(real);
    expect(kept[0]).toBe(6);
  }
});

test('writers, a merge and an erasure of the same people at once: all end, and what stays adds up', async () => {
  const people = await Promise.all(Array.from({ length: 6 }, somebody));
  const [kept, merged, erased] = [people[0]!, people[1]!, people[2]!];
  const orders = people.flatMap((one) => [anOrder(one.contact), anOrder(one.contact)]);
  await putOrders(ctx, orders, '/orders');
  const again = (n: number) =>
    putOrders(
      ctx,
      // everybody's orders go to the next one, each round further
      orders
        .filter((_, i) => i % 3 === n % 3)
        .map((order, i) => ({ ...order, contact: people[(i + n) % 6]!.contact })),
      '/orders',
    ).catch((error: Error) => error);
  const events = (n: number) =>
    recordEvents(
      ctx,
      (n % 2 ? people : people.toReversed()).map((one) => ({
        contact: one.contact,
        name: 'seen',
        properties: {},
      })),
      (index) => `/${index}`,
    ).catch((error: Error) => error);
  const merge = mergeContacts(ctx, kept.id, contactMerge.parse({ other_id: toWireId('cnt', merged.id) }));
  const rounds = [0, 1, 2, 3, 4, 5];
  const answers = await Promise.all([
    ...rounds.map(again),
    ...rounds.map(events),
    merge.then(() => null),
    eraseContact(ctx, erased.id).then(() => null),
  ]);
  // the one thing that may be refused is a row about the person who was erased
  for (const answer of answers)
    if (answer instanceof Error) expect(answer).toMatchObject({ code: 'VALIDATION_FAILED' });
  for (const one of people) {
    const sum = await sums(one.id);
    if (one === erased || one === merged) expect(sum).toBeUndefined();
    else expect(sum!.kept).toEqual(sum!.real);
  }
});

test('what a shop sends under the number of a merged contact is the other’s, and the sums are of both', async () => {
  const [ann, other] = [await somebody(), await somebody()];
  await putOrders(ctx, [anOrder(ann.contact), anOrder(other.contact)], '/orders');
  await mergeContacts(ctx, ann.id, contactMerge.parse({ other_id: toWireId('cnt', other.id) }));
  await putOrders(ctx, [anOrder(other.contact), anOrder({ id: toWireId('cnt', other.id) })], '/orders');
  const seen = { contact: other.contact, name: 'seen', properties: {} };
  expect(await recordEvents(ctx, [seen], () => '')).toEqual({ recorded: 1, known: 0 });
  const { kept, real } = (await sums(ann.id))!;
  expect(kept).toEqual(real);
  expect(kept.slice(0, 2)).toEqual([4, 4]);
});

test('events about the same people in many orders at once do not wait for each other in a circle', async () => {
  const people = await Promise.all(Array.from({ length: 40 }, somebody));
  const now = ctx.clock.now().getTime();
  const batch = (n: number) =>
    recordEvents(
      ctx,
      // as many, and others, in each: so that the database itself takes them in different orders
      shuffled(people, n).map((one) => ({
        contact: one.contact,
        name: 'seen',
        at: new Date(now - (50 - n) * 3_600_000).toISOString(),
        properties: {},
      })),
      (index) => `/${index}`,
    );
  await Promise.all(Array.from({ length: 40 }, (_, n) => batch(n)));
  const seen = await ctx.db
    .selectFrom('contacts')
    .select('last_seen_at')
    .where(
      'id',
      'in',
      people.map((one) => one.id),
    )
    .execute();
  for (const { last_seen_at } of seen) expect(last_seen_at).toEqual(new Date(now - 11 * 3_600_000));
});

test('the largest amount there can be is summed up to its last decimal, also where the list is put in order', async () => {
  const ann = await somebody();
  const most = '999999999999.999';
  await putOrders(ctx, [anOrder(ann.contact, newId(), 'EUR', most), anOrder(ann.contact)], '/orders');
  const [row] = (
    await sql`
      SELECT c.orders_value::text AS kept, r.orders_value::text AS ranked FROM contacts c
      JOIN contact_ranks r ON r.workspace_id = c.workspace_id AND r.contact_id = c.id WHERE c.id = ${ann.id}`.execute(
      ctx.db,
    )
  ).rows;
  expect(row).toEqual({ kept: '1000000000000.999', ranked: '1000000000000.999' });
});

test('the workspace’s currency decides which orders are money, and a change of it sums up anew', async () => {
  const ann = await somebody();
  await putOrders(ctx, [anOrder(ann.contact), anOrder(ann.contact, newId(), 'KWD', '12.345')], '/orders');
  expect((await sums(ann.id))!.kept.slice(0, 2)).toEqual([2, 1]);
  await editWorkspace(ctx, { currency: 'KWD' });
  const job = await sql<{ data: object }>`SELECT data FROM pgboss.job WHERE name = 'shop.recount'`.execute(
    ctx.db,
  );
  expect(job.rows).toEqual([{ data: { workspaceId: ctx.actor.workspaceId } }]);
  await runTask(ctx, 'shop.recount', job.rows[0]!.data);
  expect((await sums(ann.id))!.kept.slice(0, 2)).toEqual([2, 12.345]);
  await editWorkspace(ctx, { currency: 'EUR' });
});
