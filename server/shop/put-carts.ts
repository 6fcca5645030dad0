// Carts as the shop tells them: written over as a whole, the later change wins.
import { sql } from 'kysely';
import type { CartPut } from '../../contract/shop.ts';
import type { Ctx } from '../platform/context.ts';
import { storableJson } from '../platform/db/storable.ts';
import { type Noun, putNewest, type Written } from './newest-wins.ts';
import { contactsOf } from './people.ts';
import { type CartRow, cartsByExternalId } from './store.ts';
import { tellOfEvents } from './tell.ts';

type Given = CartPut & { external_id: string };

/** As putNewest has it. */
export const putCarts = (ctx: Ctx, list: Given[], pointer: string | null): Promise<Written[]> =>
  putNewest(ctx, carts, list, pointer);

type Times = { updated_at: Date };
const carts: Noun<Given, Times, CartRow> = {
  name: 'carts',
  timesOf: (_given, at) => ({ updated_at: at('updated_at') }),
  contactsOf: (ctx, about) => contactsOf(ctx, about),
  stored: cartsByExternalId,
  rowOf,
  says,
  // how long a cart has been idle depends on it
  countsTouches: true,
  write,
  // somebody may be reminded later
  tell: tellOfEvents,
};

function rowOf(given: Given, { updated_at }: Times, contact_id: string): Omit<CartRow, 'id'> {
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
