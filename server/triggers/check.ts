// The check: waits whose delay is over become rows of their automation's run. A wait goes in the transaction that writes its row,
// so a crash leaves one of the two; of two nodes at once each takes the waits that the other does not hold.
import { sql } from 'kysely';
import { type AutomationPlan, automationOn } from '../campaigns/automation.ts';
import { type Reached, withConnection } from '../contacts/best-connection.ts';
import { besideMerges } from '../contacts/merge/merge-lock.ts';
import { bringAlong, ongoingRun, outdatedRuns, writeEvents } from '../deliveries/runs/ongoing.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { tellOfEvents } from '../shop/tell.ts';
import { moveToBetter, rerouteForgotten } from './reroute.ts';
import { nextTold, type Told } from './restock.ts';
import { type DueWait, takeDue } from './waits.ts';

const atOnce = 1000;
/** Shops tell of a delivery product by product: what comes back within this time of the first is told in one message. */
const gatherMinutes = 2;
/** Below the job's expiry; what is left is the next check's. */
const workAtMostMs = 60_000;

export interface CheckJob {
  workspaceId: string;
  campaignId: string;
}

/** Job `triggers.check_all`, every five minutes: of each automation that is on, the worst case of how late an event is seen. */
export async function checkAll(base: BaseCtx): Promise<void> {
  const rows = await base.db
    .selectFrom('trigger_states')
    .select(['workspace_id', 'campaign_id'])
    .where('enabled_at', 'is not', null)
    .execute();
  for (const { workspace_id, campaign_id } of rows)
    await base.jobs.enqueue(base, 'triggers.check', { workspaceId: workspace_id, campaignId: campaign_id }, { key: campaign_id }); // biome-ignore format: one line
  await rerouteForgotten(base);
}

/** Job `triggers.match`, after news from the shop: each automation of it that has waits is checked when the next of them is due. */
export async function match(base: BaseCtx, { workspaceId }: { workspaceId: string }): Promise<void> {
  const { rows } = await sql<{ campaign_id: string; due_at: Date }>`
    SELECT s.campaign_id, next.since + make_interval(mins => (c.trigger->>'delay_minutes')::int
      + CASE WHEN s.kind = 'back_in_stock' THEN ${gatherMinutes}::int ELSE 0 END) AS due_at
    FROM trigger_states s JOIN campaigns c ON c.workspace_id = s.workspace_id AND c.id = s.campaign_id
    CROSS JOIN LATERAL (SELECT w.since FROM trigger_waits w WHERE w.campaign_id = s.campaign_id ORDER BY w.since LIMIT 1) next
    WHERE s.workspace_id = ${workspaceId} AND s.enabled_at IS NOT NULL`.execute(base.db);
  for (const { campaign_id, due_at } of rows)
    await base.jobs.enqueue(
      base,
      'triggers.check',
      { workspaceId, campaignId: campaign_id },
      // not the key of the five minutes: a job that waits for its hour must not stand in for them
      { key: `${campaign_id} ${Math.floor(due_at.getTime() / 10_000)}`, startAfter: due_at },
    );
}

/** Job `triggers.check`. Returns how many rows it wrote. Safe to run twice at once. `gather`: minutes for what comes back together. */
export async function check(base: BaseCtx, job: CheckJob, gather = gatherMinutes): Promise<number> {
  const endAt = base.clock.elapsedMs() + workAtMostMs;
  const system = asSystem(base, job.workspaceId);
  while (
    (await inTransaction(system, (ctx) => moveToBetter(ctx, job.campaignId))) &&
    base.clock.elapsedMs() < endAt
  );
  await inTransaction(system, (ctx) => renewRuns(ctx, job));
  let written = 0;
  for (;;) {
    const { more, rows } = await inTransaction(system, (ctx) => takeNext(ctx, job, gather));
    written += rows;
    if (!more || base.clock.elapsedMs() > endAt) break;
  }
  await base.db
    .updateTable('trigger_states')
    .set({ checked_at: base.clock.now() })
    .where('workspace_id', '=', job.workspaceId)
    .where('campaign_id', '=', job.campaignId)
    .execute();
  // the wait behind those that were due has its own hour, and no news may come until then
  if (written > 0) await tellOfEvents(system);
  return written;
}

/** Whoever waits gets the words as they are now, also where no other event begins the run of them. */
async function renewRuns(ctx: Ctx, { campaignId }: CheckJob): Promise<void> {
  const automation = await automationOn(ctx, campaignId);
  if (!automation) return;
  const { version, content, settings } = automation;
  for (const connection of await outdatedRuns(ctx, campaignId, automation)) {
    await ongoingRun(ctx, { campaignId, version, connection, content, settings });
    await bringAlong(ctx, campaignId, connection.id);
  }
}

async function takeNext(
  ctx: Ctx,
  { campaignId }: CheckJob,
  gather: number,
): Promise<{ more: boolean; rows: number }> {
  // a merge waits for the chunk, and the chunk for a merge: else one of the two could be passed over
  await besideMerges(ctx);
  // switched off or deleted since the job was written
  const automation = await automationOn(ctx, campaignId);
  if (!automation) return { more: false, rows: 0 };
  const { events, more } =
    automation.kind === 'back_in_stock'
      ? await nextTold(ctx, campaignId, automation, gather)
      : await nextDue(ctx, campaignId, automation);
  const { version, content, settings } = automation;
  let rows = 0;
  for (const some of Map.groupBy(events, (event) => event.connection_id).values()) {
    const [{ connection_id, channel }] = some as [(typeof some)[number]];
    const connection = { id: connection_id, channel };
    const runId = await ongoingRun(ctx, { campaignId, version, connection, content, settings });
    rows += await writeEvents(ctx, runId, some);
  }
  return { more, rows };
}

/** The waits that are due, as events of people; taken with it. */
async function nextDue(ctx: Ctx, campaignId: string, automation: AutomationPlan): Promise<Told> {
  const { waits, taken } = await takeDue(ctx, campaignId, automation, atOnce);
  return { events: await eventsOf(ctx, automation, waits), more: taken === atOnce };
}

/** The carts or orders behind these waits, as far as they still are what the automation answers to. */
export async function eventsOf(
  ctx: Ctx,
  automation: AutomationPlan,
  waits: DueWait[],
): Promise<Told['events']> {
  const { workspaceId } = ctx.actor;
  const subjects = waits.map((wait) => wait.subject_id);
  const sinceOf = new Map(waits.map((wait) => [wait.subject_id, wait.since]));
  const event =
    automation.kind === 'abandoned_cart'
      ? sql`SELECT k.id, k.contact_id, 'cart:' || k.id || ':' || k.version AS key, k.version,
            (SELECT jsonb_agg(DISTINCT i->>'product_id') FROM jsonb_array_elements(k.items) i) AS products FROM carts k
          WHERE k.workspace_id = ${workspaceId} AND k.id = ANY(${subjects}::uuid[]) AND cart_is_full(k.status, k.items)`
      : sql`SELECT o.id, o.contact_id, 'order:' || o.id AS key, NULL::int AS version, NULL::jsonb AS products FROM orders o
          WHERE o.workspace_id = ${workspaceId} AND o.id = ANY(${subjects}::uuid[]) AND o.status = 'delivered'`;
  const { rows } = await sql<
    Reached & {
      id: string;
      contact_id: string;
      key: string;
      version: number | null;
      products: string[] | null;
    }
  >`
    ${withConnection(ctx, automation, event)}`.execute(ctx.db);
  return rows.map(({ id, contact_id, key, version, products, connection_id, channel }) => ({
    contactId: contact_id,
    key,
    kind: automation.kind,
    subjectId: id,
    cartVersion: version,
    since: sinceOf.get(id) ?? null,
    // what it held: its shop may begin it anew, and whether it was bought is asked later (figures/recovered.ts)
    products: products?.map((id) => ({ id, variantId: '' })) ?? null,
    connection_id,
    channel,
  }));
}
