// Whom the message of an automation can be looked at for: people who have what it is about, the latest first.
import { sql } from 'kysely';
import type { CampaignKind } from '../../contract/campaigns.ts';
import { toWireId } from '../../contract/ids.ts';
import type { PreviewPerson, PreviewSubject } from '../../contract/message.ts';
import { contactName } from '../contacts/contact.ts';
import type { Ctx } from '../platform/context.ts';
import type { ShopEvent } from './shop-scope.ts';

const atMost = 50;
/** So many of the latest are read: some people have several. */
const looked = 200;

/** Empty of kinds that are about no event. `connectionId` null: however they are reached. */
export async function previewPeople(
  ctx: Ctx,
  kind: CampaignKind,
  connectionId: string | null,
): Promise<PreviewPerson[]> {
  const { workspaceId } = ctx.actor;
  const latest = {
    abandoned_cart: sql`SELECT k.contact_id, k.updated_at AS at FROM carts k
      WHERE k.workspace_id = ${workspaceId} AND k.status = 'open' AND jsonb_array_length(k.items) > 0
      ORDER BY k.updated_at DESC LIMIT ${looked}`,
    post_purchase: sql`SELECT o.contact_id, o.placed_at AS at FROM orders o
      WHERE o.workspace_id = ${workspaceId} AND o.status = 'delivered' ORDER BY o.placed_at DESC LIMIT ${looked}`,
  }[kind as string];
  if (!latest) return [];
  const { rows } = await sql<Found>`
    SELECT c.id, c.first_name, c.last_name, e.at
    FROM (SELECT contact_id, max(at) AS at FROM (${latest}) l GROUP BY contact_id) e
    JOIN contacts c ON c.workspace_id = ${workspaceId} AND c.id = e.contact_id
    WHERE EXISTS (SELECT 1 FROM identities i WHERE i.workspace_id = c.workspace_id AND i.contact_id = c.id AND i.reachable
      AND ${connectionId === null ? sql`true` : sql`i.connection_id = ${connectionId}`})
    ORDER BY e.at DESC, c.id LIMIT ${atMost}`.execute(ctx.db);
  return rows.map((row) => ({
    contact_id: toWireId('cnt', row.id),
    name: contactName(row),
    at: row.at.toISOString(),
  }));
}

interface Found {
  id: string;
  first_name: string | null;
  last_name: string | null;
  at: Date;
}

/** What an example message is about; null: no event. */
export function subjectOf(event: ShopEvent | null): PreviewSubject | null {
  const invented = event?.invented === true;
  if (event?.kind === 'abandoned_cart' && event.cart)
    return { kind: 'cart', invented, at: iso(event.cart.updated_at) };
  if (event?.kind === 'post_purchase' && event.order)
    return { kind: 'order', invented, at: iso(event.order.placed_at) };
  if (event?.kind === 'back_in_stock' && event.products) return { kind: 'products', invented, at: null };
  return null;
}

const iso = (at: string | undefined) => (at === undefined ? null : new Date(at).toISOString());
