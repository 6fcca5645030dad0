// Who waits for something sold out: by the shop's own "tell me" button; looks and carts are noted by triggers (schema.sql: products_viewed, carts_touched).
import { sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Page, PageQuery } from '../../contract/lists.ts';
import type { InterestKind, WaitingCreate, WaitingPerson } from '../../contract/products.ts';
import { type Ctx, inTransaction } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';
import { fetchPage } from '../platform/db/pages.ts';
import { invalidField } from '../platform/errors.ts';
import { contactsOf } from './people.ts';
import { productRow } from './products.ts';

/** A look or a cart from before that is no longer a wish. */
export const wishDays = 30;

/** Asked again it counts from then: whoever was told already waits anew. Throws NOT_FOUND, VALIDATION_FAILED. */
export function subscribe(ctx: Ctx, externalId: string, given: WaitingCreate): Promise<WaitingPerson> {
  return inTransaction(ctx, async (ctx) => {
    const { id, variants } = await productRow(ctx, externalId);
    const variant = given.variant_id ?? '';
    if (variant !== '' && !variants.some((one) => one.external_id === variant))
      throw invalidField(
        '/variant_id',
        'This product has no such variant. Leave it out to wait for any of them.',
      );
    const [contactId] = await contactsOf(ctx, [{ contact: given.contact, pointer: '' }]);
    const { rows } = await sql<{ at: Date }>`
      INSERT INTO product_interest AS i (workspace_id, product_id, contact_id, kind, variant_id, at)
      VALUES (${ctx.actor.workspaceId}, ${id}, ${contactId}, 'subscribed', ${variant}, ${ctx.clock.now()})
      ON CONFLICT (workspace_id, product_id, contact_id, kind, variant_id) DO UPDATE SET at = excluded.at
      RETURNING at`.execute(ctx.db);
    return toWaiting({
      contact_id: contactId!,
      kind: 'subscribed',
      variant_id: variant,
      at: rows[0]?.at as Date,
    });
  });
}

/** In every way in which they waited for it. Nothing to do is no error: the button of a shop is pressed twice. */
export async function unsubscribe(ctx: Ctx, externalId: string, contactId: string): Promise<void> {
  const { id } = await productRow(ctx, externalId);
  await ctx.db
    .deleteFrom('product_interest')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('product_id', '=', id)
    .where('contact_id', '=', uuidOf('cnt', contactId))
    .execute();
}

/** The last wish first; of one person there may be several. Throws NOT_FOUND. */
export async function listWaiting(
  ctx: Ctx,
  externalId: string,
  query: PageQuery & { kind?: InterestKind | undefined },
): Promise<Page<WaitingPerson>> {
  const { id } = await productRow(ctx, externalId);
  // whoever looked and asked at once has two wishes of one instant
  const wishes = ctx.db
    .selectFrom('product_interest')
    .select(['contact_id', 'kind', 'variant_id', 'at'])
    .select(sql<string>`md5(concat_ws(' ', contact_id, kind, variant_id))::uuid`.as('key'))
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('product_id', '=', id);
  const asked = query.kind ? wishes.where('kind', '=', query.kind) : wishes;
  const rows = ctx.db
    .selectFrom(asked.as('i'))
    .select(['i.contact_id', 'i.kind', 'i.variant_id', 'i.at', 'i.key as _id']);
  const order = { column: 'i.at', id: 'i.key', direction: 'desc', type: 'timestamptz' } as const;
  return fetchPage(rows, query, order, toWaiting);
}

interface WaitingRow {
  contact_id: string;
  kind: string;
  variant_id: string;
  at: Date;
}
function toWaiting({ contact_id, kind, variant_id, at }: WaitingRow): WaitingPerson {
  return {
    contact_id: toWireId('cnt', contact_id),
    kind: kind as InterestKind,
    variant_id: variant_id || null,
    at: at.toISOString(),
  };
}
