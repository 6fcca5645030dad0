// Carts as the shop tells them: written over as a whole, the later change wins.
import { sql } from 'kysely';
import type { CartPut } from '../../contract/shop.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { storableJson } from '../platform/db/storable.ts';
import { alone, refuseTwins } from './alone.ts';
import { resultOf } from './newest-wins.ts';
import { contactsOf } from './people.ts';
import type { Written } from './put-orders.ts';
import { type CartRow, cartsByExternalId } from './store.ts';
import { tellOfEvents } from './tell.ts';
import { happenedAt } from './times.ts';

type Given = CartPut & { external_id: string };

/** `pointer` and errors as putOrders has them. */
export function putCarts(ctx: Ctx, list: Given[], pointer: string | null): Promise<Written[]> {
  const pointerOf = (index: number) => (pointer === null ? '' : `${pointer}/${index}`);
  if (pointer !== null) refuseTwins(list, pointer);
  const times = list.map((given, index) =>
    happenedAt(ctx, given.updated_at, `${pointerOf(index)}/updated_at`),
  );
  return inTransaction(ctx, async (ctx) => {
    await alone(ctx, 'carts');
    const about = list.map(({ contact }, index) => ({ contact, pointer: pointerOf(index) }));
    const contacts = await contactsOf(ctx, about);
    const stored = await cartsByExternalId(
      ctx,
      list.map((given) => given.external_id),
    );
    const written = list.map((given, index) => {
      const row = rowOf(given, times[index]!, contacts[index]!);
      const before = stored.get(given.external_id);
      const result = resultOf(before, row, () => says(before!) === says(row));
      return { row: { ...row, id: before?.id ?? newId() }, result };
    });
    // touched again counts, though it says the same: how long a cart has been idle depends on it
    const changed = written.filter(
      ({ row, result }) =>
        result !== 'stale' &&
        !(
          result === 'unchanged' &&
          stored.get(row.external_id!)?.updated_at.getTime() === row.updated_at.getTime()
        ),
    );
    await write(
      ctx,
      changed.map(({ row }) => row),
    );
    // news for the modules above: somebody may be reminded later
    if (changed.length > 0) await tellOfEvents(ctx);
    return written.map(({ row, result }) => ({ id: row.id, external_id: row.external_id!, result }));
  });
}

function rowOf(given: Given, updated_at: Date, contact_id: string): Omit<CartRow, 'id'> {
  const priced = given.total ?? given.items.find((item) => item.price)?.price;
  return {
    external_id: given.external_id,
    contact_id,
    status: given.status,
    currency: priced?.currency ?? null,
    total: given.total?.amount ?? null,
    url: given.url ?? null,
    items: given.items.map(({ product_id, variant_id, name, quantity, price, url, image_url }) => ({
      product_id,
      variant_id: variant_id ?? null,
      name: name ?? null,
      quantity,
      price: price?.amount ?? null,
      url: url ?? null,
      image_url: image_url ?? null,
    })),
    updated_at,
  };
}

/** Everything but when it changed, in one spelling. */
function says(row: Omit<CartRow, 'id'>): string {
  const { contact_id, status, currency, total, url, items } = row;
  const plain = (item: CartRow['items'][number]) => [
    item.product_id,
    item.variant_id ?? null,
    item.name ?? null,
    item.quantity,
    item.price == null ? null : Number(item.price),
    item.url ?? null,
    item.image_url ?? null,
  ];
  return JSON.stringify([contact_id, status, currency, total && Number(total), url, items.map(plain)]);
}

async function write(ctx: Ctx, rows: CartRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    INSERT INTO carts (workspace_id, id, external_id, contact_id, status, currency, total, url, items, updated_at)
    SELECT ${ctx.actor.workspaceId}::uuid, r.id, r.external_id, r.contact_id, r.status, r.currency, r.total, r.url, r.items, r.updated_at
    FROM jsonb_to_recordset(${storableJson(rows)}::jsonb)
      AS r(id uuid, external_id text, contact_id uuid, status text, currency text, total numeric, url text, items jsonb, updated_at timestamptz)
    ON CONFLICT (workspace_id, id) DO UPDATE SET contact_id = excluded.contact_id, status = excluded.status,
      currency = excluded.currency, total = excluded.total, url = excluded.url, items = excluded.items, updated_at = excluded.updated_at`.execute(
    ctx.db,
  );
}
