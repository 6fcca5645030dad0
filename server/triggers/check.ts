// The check: waits whose delay is over become rows of their automation's run. A wait goes in the transaction that writes its row,
// so a crash leaves one of the two; of two nodes at once each takes the waits that the other does not hold.
import { type RawBuilder, sql } from 'kysely';
import type { Channel } from '../../contract/connections.ts';
import { type Automation, automationOn } from '../campaigns/automation.ts';
import { besideMerges } from '../contacts/merge/merge-lock.ts';
import { ongoingRun, type PersonEvent, writeEvents } from '../deliveries/runs/ongoing.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { uuidOf } from '../platform/db/ids.ts';

const atOnce = 1000;
/** Below the job's expiry; what is left is the next check's. */
const workAtMostMs = 60_000;
const kinds = ['abandoned_cart', 'post_purchase'] as const;

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
    .where('kind', 'in', kinds)
    .execute();
  for (const { workspace_id, campaign_id } of rows)
    await base.jobs.enqueue(base, 'triggers.check', { workspaceId: workspace_id, campaignId: campaign_id }, { key: campaign_id }); // biome-ignore format: one line
}

/** Job `triggers.match`, after news from the shop: each automation of it that has waits is checked when the next of them is due. */
export async function match(base: BaseCtx, { workspaceId }: { workspaceId: string }): Promise<void> {
  const { rows } = await sql<{ campaign_id: string; due_at: Date }>`
    SELECT s.campaign_id, next.since + make_interval(mins => (c.trigger->>'delay_minutes')::int) AS due_at
    FROM trigger_states s JOIN campaigns c ON c.workspace_id = s.workspace_id AND c.id = s.campaign_id
    CROSS JOIN LATERAL (SELECT w.since FROM trigger_waits w WHERE w.campaign_id = s.campaign_id ORDER BY w.since LIMIT 1) next
    WHERE s.workspace_id = ${workspaceId} AND s.enabled_at IS NOT NULL AND s.kind = ANY(${[...kinds]}::text[])`.execute(
    base.db,
  );
  for (const { campaign_id, due_at } of rows)
    await base.jobs.enqueue(
      base,
      'triggers.check',
      { workspaceId, campaignId: campaign_id },
      // not the key of the five minutes: a job that waits for its hour must not stand in for them
      { key: `${campaign_id} ${Math.floor(due_at.getTime() / 10_000)}`, startAfter: due_at },
    );
}

/** Job `triggers.check`. Returns how many rows it wrote. Safe to run twice at once. */
export async function check(base: BaseCtx, job: CheckJob): Promise<number> {
  const endAt = base.clock.elapsedMs() + workAtMostMs;
  let written = 0;
  for (;;) {
    const { taken, rows } = await inTransaction(asSystem(base, job.workspaceId), (ctx) => takeDue(ctx, job));
    written += rows;
    if (taken < atOnce || base.clock.elapsedMs() > endAt) break;
  }
  await base.db
    .updateTable('trigger_states')
    .set({ checked_at: base.clock.now() })
    .where('workspace_id', '=', job.workspaceId)
    .where('campaign_id', '=', job.campaignId)
    .execute();
  return written;
}

async function takeDue(ctx: Ctx, { campaignId }: CheckJob): Promise<{ taken: number; rows: number }> {
  // a merge waits for the chunk, and the chunk for a merge: else one of the two could be passed over
  await besideMerges(ctx);
  // switched off or deleted since the job was written
  const automation = await automationOn(ctx, campaignId);
  if (!automation) return { taken: 0, rows: 0 };
  const { delayMinutes, version, content, settings } = automation;
  const { rows: due } = await sql<{ subject_id: string }>`
    WITH due AS (
      SELECT w.campaign_id, w.subject_id FROM trigger_waits w
      WHERE w.campaign_id = ${campaignId} AND w.since <= ${ctx.clock.now()}::timestamptz - make_interval(mins => ${delayMinutes})
      ORDER BY w.since, w.subject_id LIMIT ${atOnce} FOR UPDATE SKIP LOCKED
    )
    DELETE FROM trigger_waits w USING due
    WHERE w.campaign_id = due.campaign_id AND w.subject_id = due.subject_id
    RETURNING w.subject_id`.execute(ctx.db);
  if (due.length === 0) return { taken: 0, rows: 0 };
  const found = await eventsOf(
    ctx,
    automation,
    due.map((row) => row.subject_id),
  );
  let rows = 0;
  for (const some of Map.groupBy(found, (event) => event.connectionId).values()) {
    const [{ connectionId, channel }] = some as [(typeof some)[number]];
    const runId = await ongoingRun(ctx, {
      campaignId,
      version,
      connection: { id: connectionId, channel },
      content,
      settings,
    });
    rows += await writeEvents(ctx, runId, some);
  }
  return { taken: due.length, rows };
}

type Found = PersonEvent & { connectionId: string; channel: Channel };

/** The events behind these waits, each with the connection that reaches its person. */
async function eventsOf(ctx: Ctx, automation: Automation, subjects: string[]): Promise<Found[]> {
  const { workspaceId } = ctx.actor;
  const event =
    automation.kind === 'abandoned_cart'
      ? sql`SELECT k.id, k.contact_id, 'cart:' || k.id || ':' || k.version AS key, k.version FROM carts k
          WHERE k.workspace_id = ${workspaceId} AND k.id = ANY(${subjects}::uuid[]) AND cart_is_full(k.status, k.items)`
      : sql`SELECT o.id, o.contact_id, 'order:' || o.id AS key, NULL::int AS version FROM orders o
          WHERE o.workspace_id = ${workspaceId} AND o.id = ANY(${subjects}::uuid[]) AND o.status = 'delivered'`;
  const { rows } = await sql<{
    id: string;
    contact_id: string;
    key: string;
    version: number | null;
    connection_id: string;
    channel: Channel;
  }>`
    SELECT e.*, best.connection_id, best.channel FROM (${event}) e
    ${bestConnection(ctx, automation)}`.execute(ctx.db);
  const kind = automation.kind as PersonEvent['kind'];
  return rows.map((row) => ({
    contactId: row.contact_id,
    key: row.key,
    kind,
    subjectId: row.id,
    cartVersion: row.version,
    connectionId: row.connection_id,
    channel: row.channel,
  }));
}

/**
 * Of the person of `e`: the connection that reaches them, as `best`. The automation's own, or of all that work the one on which
 * they wrote last, else the oldest.
 */
export function bestConnection(
  ctx: Ctx,
  { connection_id: own }: Pick<Automation, 'connection_id'>,
): RawBuilder<unknown> {
  const { workspaceId } = ctx.actor;
  return sql`
    CROSS JOIN LATERAL (
      SELECT n.id AS connection_id, n.channel FROM connections n
      LEFT JOIN identities i ON i.workspace_id = n.workspace_id AND i.connection_id = n.id AND i.contact_id = e.contact_id
      LEFT JOIN consents k ON k.workspace_id = n.workspace_id AND k.contact_id = e.contact_id AND k.channel = n.channel AND k.purpose = 'marketing'
      LEFT JOIN conversations v ON v.workspace_id = n.workspace_id AND v.contact_id = e.contact_id AND v.connection_id = n.id
      WHERE n.workspace_id = ${workspaceId} AND n.deleted_at IS NULL AND ${own ? sql`n.id = ${uuidOf('con', own)}` : sql`true`}
      ORDER BY i.id IS NOT NULL AND i.reachable AND k.state IS DISTINCT FROM 'opted_out' DESC, n.status = 'connected' DESC,
        v.last_inbound_at DESC NULLS LAST, n.created_at, n.id
      LIMIT 1
    ) best`;
}
