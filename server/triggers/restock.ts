// Back in stock: everything whose delay is over is told of in one message per person, in chunks that a crash does not lose: the
// batch remembers up to whom there are rows, and a row's key is the batch, so that no chunk is written twice.
import { type RawBuilder, sql } from 'kysely';
import { type AutomationPlan, withDelay } from '../campaigns/automation.ts';
import { backSince, isOpenWish, isWish, leftOutFor } from '../campaigns/wishes.ts';
import { type Reached, withConnection } from '../contacts/best-connection.ts';
import type { PersonEvent } from '../deliveries/runs/judge-events.ts';
import type { Ctx } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { takeDue } from './waits.ts';

/** People at once. */
export const chunk = 5000;

export interface Told {
  events: (PersonEvent & Reached)[];
  /** False: nothing is left to be told of. */
  more: boolean;
}

/**
 * The next people of the batch that is open, or of a new one made of all waits that are due; they are taken with it. `gather`: a new one
 * begins so many minutes after the first of them was due, for what comes back with it.
 */
export async function nextTold(
  ctx: Ctx,
  campaignId: string,
  automation: AutomationPlan,
  gather: number,
): Promise<Told> {
  const { workspaceId } = ctx.actor;
  // one node at a time: a second batch, looked for meanwhile, would not see whom this one tells
  await sql`SELECT FROM trigger_states WHERE campaign_id = ${campaignId} FOR UPDATE`.execute(ctx.db);
  const batch = (await openBatch(ctx, campaignId)) ?? (await newBatch(ctx, campaignId, automation, gather));
  if (!batch) return { events: [], more: false };
  const people = await interested(ctx, automation, batch.products, batch.reached, chunk);
  const more = people.length === chunk;
  const events = await wishesOf(ctx, campaignId, automation, batch, people);
  await ctx.db
    .updateTable('restock_batches')
    .set(more ? { reached: people.at(-1)! } : { done_at: ctx.clock.now() })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', batch.id)
    .execute();
  return { events, more: true };
}

const noId = '00000000-0000-0000-0000-000000000000';

export interface Back {
  product_id: string;
  variants: string[];
  whole: boolean;
}
export interface Batch {
  id: string;
  /** Up to whom (by id) it has come; null: to nobody. */
  reached: string | null;
  products: Back[];
}

/** Who may want one of these, by id, behind `after`: whoever only wanted it long ago is not looked at. */
export async function interested(
  ctx: Ctx,
  automation: AutomationPlan,
  products: Back[],
  after: string | null,
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ contact_id: string }>`
    SELECT DISTINCT i.contact_id FROM product_interest i
    WHERE i.workspace_id = ${ctx.actor.workspaceId} AND i.contact_id > ${after ?? noId}
      AND i.product_id = ANY(${products.map((one) => one.product_id)}::uuid[])
      AND ${isWish(ctx, automation)}
    ORDER BY i.contact_id LIMIT ${limit}`.execute(ctx.db);
  return rows.map((row) => row.contact_id);
}

/** A telling that is under way: a crash, or more people than one check has time for. */
export function openBatch(ctx: Ctx, campaignId: string): Promise<(Batch & { created_at: Date }) | undefined> {
  return ctx.db
    .selectFrom('restock_batches')
    .select(['id', 'reached', 'created_at', sql<Batch['products']>`products`.as('products')])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', campaignId)
    .where('done_at', 'is', null)
    .executeTakeFirst();
}

/**
 * What came back since the delay of each began; of what is sold out again meanwhile nobody is told. A wait that the shop holds, for
 * another return, is left to the check that follows it. What can be bought is read after the waits are held, by a statement of its
 * own: one that began earlier would not see a return that was noted in between, and would drop its wait.
 */
async function newBatch(
  ctx: Ctx,
  campaignId: string,
  automation: AutomationPlan,
  gather: number,
): Promise<Batch | undefined> {
  const { workspaceId } = ctx.actor;
  const now = ctx.clock.now();
  const first = await sql`
    SELECT FROM trigger_waits w WHERE w.campaign_id = ${campaignId}
      AND w.since <= ${withDelay(automation, new Date(now.getTime() - gather * 60_000))} LIMIT 1`.execute(
    ctx.db,
  );
  if (first.rows.length === 0) return undefined;
  // all of them: who waits for two of a thousand and one is told of both at once
  const { waits: due } = await takeDue(ctx, campaignId, automation, null);
  if (due.length === 0) return undefined;
  const products = await whatIsBack(
    ctx,
    sql`SELECT subject_id AS product_id, since FROM jsonb_to_recordset(${JSON.stringify(due)}::jsonb) AS due (subject_id uuid, since timestamptz)`,
  );
  if (products.length === 0) return undefined;
  const batch = { id: newId(), reached: null, products };
  await ctx.db
    .insertInto('restock_batches')
    .values({
      workspace_id: workspaceId,
      id: batch.id,
      campaign_id: campaignId,
      products: JSON.stringify(products),
      created_at: now,
    })
    .execute();
  return batch;
}

/** Of waits (`due`: product_id, since) what came back since and can be bought now. */
export async function whatIsBack(ctx: Ctx, due: RawBuilder<unknown>): Promise<Back[]> {
  const { rows } = await sql<Back>`${backSince(ctx.actor.workspaceId, due)}`.execute(ctx.db);
  return rows;
}

/** What each of these people waits for and is to be told of: wishes.ts. */
export async function wishesOf(
  ctx: Ctx,
  campaignId: string,
  automation: AutomationPlan,
  batch: Pick<Batch, 'id' | 'products'>,
  contacts: string[],
): Promise<Told['events']> {
  if (contacts.length === 0) return [];
  const { workspaceId } = ctx.actor;
  const { rows } = await sql<
    Reached & { contact_id: string; products: PersonEvent['products']; left_out: string[][] }
  >`
    ${withConnection(
      ctx,
      automation,
      sql`
    SELECT i.contact_id, jsonb_agg(DISTINCT jsonb_build_object('id', p.external_id, 'variantId', i.variant_id)) AS products,
      jsonb_agg(to_jsonb(${leftOutFor(ctx, campaignId, automation)})) AS left_out
    FROM product_interest i
    JOIN jsonb_to_recordset(${JSON.stringify(batch.products)}::jsonb) AS back (product_id uuid, variants text[], whole boolean)
      ON back.product_id = i.product_id
    JOIN products p ON p.workspace_id = i.workspace_id AND p.id = i.product_id AND p.available
    WHERE i.workspace_id = ${workspaceId} AND i.contact_id = ANY(${contacts}::uuid[])
      AND ${isOpenWish(ctx, campaignId, automation)}
    GROUP BY i.contact_id`,
    )}`.execute(ctx.db);
  return rows.map(({ contact_id, products, left_out, connection_id, channel }) => ({
    contactId: contact_id,
    key: `restock:${batch.id}`,
    kind: 'back_in_stock',
    subjectId: batch.id,
    cartVersion: null,
    since: null,
    products,
    // one of these that is new makes the whole new
    leftOutFor: left_out.reduce((some, others) => some.filter((reason) => others.includes(reason))),
    connection_id,
    channel,
  }));
}
