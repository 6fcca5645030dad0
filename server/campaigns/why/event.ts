// Of an automation: the cart, order or restock that a message was about, or that one is still to come for.
import { sql } from 'kysely';
import type { Campaign } from '../../../contract/campaigns.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Why } from '../../../contract/why.ts';
import type { Ctx } from '../../platform/context.ts';
import { uuidOf } from '../../platform/db/ids.ts';
import { type Evidence, nothing } from './evidence.ts';
import { checksOf, type Person, remediesOf } from './questions.ts';

const whatFor: Partial<Record<Campaign['kind'], string>> = {
  abandoned_cart: 'A cart of theirs sits idle',
  back_in_stock: 'Something that they wait for is back in stock',
  post_purchase: 'An order of theirs was delivered',
};
const pieces = (n: number) => (n === 1 ? 'one item' : `${n} items`);

/** Null: it is no message of an automation. */
export async function eventOf(ctx: Ctx, deliveryId: string): Promise<Evidence | null> {
  const { rows } = await sql<{
    kind: string;
    at: Date | null;
    n: number | null;
    number: string | null;
    names: string[] | null;
  }>`
    SELECT e.kind, coalesce(k.updated_at, o.delivered_at, b.created_at) AS at, jsonb_array_length(k.items) AS n, coalesce(k.external_id, o.external_id) AS number,
      ARRAY(SELECT p.name FROM products p WHERE p.workspace_id = e.workspace_id AND p.external_id = ANY(e.products) ORDER BY p.name) AS names
    FROM delivery_events e
    LEFT JOIN carts k ON k.workspace_id = e.workspace_id AND k.id = e.subject_id
    LEFT JOIN orders o ON o.workspace_id = e.workspace_id AND o.id = e.subject_id
    LEFT JOIN restock_batches b ON b.workspace_id = e.workspace_id AND b.id = e.subject_id
    WHERE e.workspace_id = ${ctx.actor.workspaceId} AND e.delivery_id = ${deliveryId}`.execute(ctx.db);
  const [event] = rows;
  if (!event) return null;
  return { ...nothing, detail: wordsOf(event), at: event.at?.toISOString() ?? null };
}

function wordsOf(event: { kind: string; n: number | null; number: string | null; names: string[] | null }) {
  switch (event.kind) {
    case 'abandoned_cart':
      return `Their cart${event.number ? ` ${event.number}` : ''} holds ${pieces(event.n ?? 0)} now and was last changed at that time`;
    case 'back_in_stock':
      return `They waited for ${listed(event.names ?? [])}, which was back in stock at that time`;
    default:
      return `Order ${event.number ?? ''} was delivered at that time`;
  }
}

function listed(names: string[]): string {
  const [first = 'something', ...others] = names;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** Nobody has sent them anything: what would have to happen, or what runs already. */
export async function whyNoEvent(ctx: Ctx, campaign: Campaign, person: Person): Promise<Why> {
  const { rows } = await sql<{ since: Date }>`
    SELECT w.since FROM trigger_waits w
    LEFT JOIN carts k ON k.workspace_id = w.workspace_id AND k.id = w.subject_id
    LEFT JOIN orders o ON o.workspace_id = w.workspace_id AND o.id = w.subject_id
    WHERE w.workspace_id = ${ctx.actor.workspaceId} AND w.campaign_id = ${uuidOf('cmp', campaign.id)}
      AND (coalesce(k.contact_id, o.contact_id) = ${person.id} OR EXISTS (SELECT FROM product_interest i
        WHERE i.workspace_id = w.workspace_id AND i.product_id = w.subject_id AND i.contact_id = ${person.id}))
    ORDER BY w.since LIMIT 1`.execute(ctx.db);
  const since = rows[0]?.since ?? null;
  const delay = campaign.trigger?.delay_minutes ?? 0;
  const due = since && new Date(since.getTime() + delay * 60_000);
  const outcome = due ? 'waits' : 'no';
  const evidence: Evidence = {
    ...nothing,
    detail: due
      ? 'The delay runs, until this time'
      : campaign.trigger?.enabled
        ? 'Nothing since it was switched on'
        : 'It is switched off',
    at: due?.toISOString() ?? null,
  };
  return {
    contact: { id: toWireId('cnt', person.id), name: person.name },
    verdict: due ? 'waiting' : 'not_meant',
    headline: due ? 'It is on its way: the delay runs' : 'Nothing has happened that it answers',
    explanation: null,
    run_id: null,
    as_of: ctx.clock.now().toISOString(),
    delivery: null,
    checks: checksOf([{ key: 'event', words: whatFor[campaign.kind] ?? '', evidence }], {
      key: 'event',
      outcome,
    }),
    remedies: remediesOf(person, 'event', null),
  };
}
