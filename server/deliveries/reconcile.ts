// Settling rows whose answer was lost. A person decides (resend, count as sent), or the campaign's policy does after its
// time; nothing else ever sends an unknown row again.
import { sql } from 'kysely';
import type { Channel } from '../../contract/connections.ts';
import { toWireId } from '../../contract/ids.ts';
import type { Content } from '../../contract/message.ts';
import { type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { storableJson } from '../platform/db/storable.ts';
import { AppError } from '../platform/errors.ts';
import { compileMessage } from '../templates/compile.ts';
import { templateColumns, templateContact } from '../templates/contact.ts';
import { messagePlace } from '../templates/place.ts';
import { audit } from '../workspaces/audit.ts';
import { atOnce } from './delivery.ts';
import type { DirectContent } from './enqueue.ts';
import { runIsHeld } from './hold.ts';
import { messageBody } from './record.ts';
import { lockRuns } from './run.ts';

/** The row waits again and its run is active again. Throws ILLEGAL_MOVE unless the row is `unknown`. */
export async function resendDelivery(ctx: Ctx, id: string): Promise<void> {
  await refuseDeadEnd(ctx, id);
  const row = await settle(ctx, id, 'queued');
  if (row.run_id) await reopenRuns(ctx, [row.run_id]);
  await ctx.hub.publish(ctx, { topic: 'outbound', connectionId: row.connection_id });
  await audit(ctx, 'delivery.resent', { type: 'delivery', id: toWireId('dlv', id) });
}

/** The person is counted as reached. Throws ILLEGAL_MOVE unless the row is `unknown`. */
export async function countAsSent(ctx: Ctx, id: string): Promise<void> {
  await settle(ctx, id, 'sent');
  await showInThread(ctx, id);
  await audit(ctx, 'delivery.counted_as_sent', { type: 'delivery', id: toWireId('dlv', id) });
}

/** Nothing would send the row: better said now than queued for ever. */
async function refuseDeadEnd(ctx: Ctx, id: string): Promise<void> {
  const row = await ctx.db
    .selectFrom('deliveries as d')
    .leftJoin('runs as r', (join) =>
      join.onRef('r.workspace_id', '=', 'd.workspace_id').onRef('r.id', '=', 'd.run_id'),
    )
    .leftJoin('connections as n', (join) =>
      join
        .onRef('n.workspace_id', '=', 'd.workspace_id')
        .onRef('n.id', '=', 'd.connection_id')
        .on('n.deleted_at', 'is', null),
    )
    .select(['r.status', 'n.id as connection'])
    .where('d.workspace_id', '=', ctx.actor.workspaceId)
    .where('d.id', '=', id)
    .executeTakeFirst();
  if (row?.status === 'cancelled')
    throw new AppError(
      'ILLEGAL_MOVE',
      'This campaign was cancelled, so nothing is sent for it any more. Count the delivery as sent, or write to the person.',
    );
  if (row && !row.connection)
    throw new AppError(
      'ILLEGAL_MOVE',
      'The connection of this delivery was removed. Count the delivery as sent, or write to the person elsewhere.',
    );
}

async function settle(ctx: Ctx, id: string, to: 'queued' | 'sent') {
  const now = ctx.clock.now();
  const row = await ctx.db
    .updateTable('deliveries')
    .set(
      to === 'queued'
        ? { state: to, reason: null, detail: null, claim: null, due_at: atOnce }
        : { state: to, detail: 'Counted as sent by a person', sent_at: sql`coalesce(claimed_at, ${now})` },
    )
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', id)
    .where('state', '=', 'unknown')
    .returning(['run_id', 'connection_id'])
    .executeTakeFirst();
  if (!row)
    throw new AppError(
      'ILLEGAL_MOVE',
      'Only a delivery in state "unknown" can be settled by hand. This one has been settled already.',
    );
  return row;
}

async function reopenRuns(ctx: BaseCtx, runIds: string[]): Promise<void> {
  await lockRuns(ctx, runIds);
  await ctx.db
    .updateTable('runs')
    .set({ status: 'active', finished_at: null })
    .where('id', 'in', runIds)
    .where('status', '=', 'finished')
    .execute();
}

/** Job `deliveries.resend_unknown`, every minute: campaigns whose policy allows it send their old unknown rows again. */
export function resendUnknownByPolicy(base: BaseCtx): Promise<number> {
  return inTransaction(base, resendOld);
}

async function resendOld(base: BaseCtx): Promise<number> {
  const now = base.clock.now();
  const rows = await sql<{ run_id: string; connection_id: string }>`
    UPDATE deliveries d SET state = 'queued', reason = NULL, claim = NULL, due_at = ${atOnce}
    FROM runs r
    -- three tries in all: answers that always get lost must not become a message a minute
    WHERE r.id = d.run_id AND d.state = 'unknown' AND d.attempts < 3 AND r.status IN ('active', 'finished') AND NOT ${runIsHeld}
      AND (r.settings #>> '{unknown,resend_after_seconds}') IS NOT NULL
      AND d.claimed_at < ${now}::timestamptz - make_interval(secs => (r.settings #>> '{unknown,resend_after_seconds}')::int)
    RETURNING d.run_id, d.connection_id`.execute(base.db);
  const runIds = [...new Set(rows.rows.map((row) => row.run_id))];
  if (runIds.length === 0) return 0;
  await reopenRuns(base, runIds);
  for (const connectionId of new Set(rows.rows.map((row) => row.connection_id)))
    await base.hub.publish(base, { topic: 'outbound', connectionId });
  return rows.rows.length;
}

/** What the person is now held to have received stands in their thread, as it would have been written at the send. */
async function showInThread(ctx: Ctx, id: string): Promise<void> {
  const row = await ctx.db
    .selectFrom('deliveries as d')
    .innerJoin('contacts as c', (join) =>
      join.onRef('c.workspace_id', '=', 'd.workspace_id').onRef('c.id', '=', 'd.contact_id'),
    )
    .leftJoin('runs as r', (join) =>
      join.onRef('r.workspace_id', '=', 'd.workspace_id').onRef('r.id', '=', 'd.run_id'),
    )
    .select([
      'd.contact_id',
      'd.connection_id',
      'd.channel',
      'd.sent_at',
      'd.content as direct',
      'r.content as planned',
    ])
    .select(templateColumns.map((column) => `c.${column}` as const))
    .where('d.workspace_id', '=', ctx.actor.workspaceId)
    .where('d.id', '=', id)
    .executeTakeFirst();
  if (!row) return;
  const content = row.planned as Content | null;
  const direct = row.direct as DirectContent | null;
  const rendered =
    direct?.rendered ??
    (content &&
      compileMessage(
        content,
        row.channel as Channel,
        await messagePlace(ctx, content, row.connection_id),
      ).render(templateContact(row)));
  if (!rendered) return;
  await ctx.db
    .insertInto('messages')
    .values({
      workspace_id: ctx.actor.workspaceId,
      // as the recorder writes it: one message per delivery
      id,
      contact_id: row.contact_id,
      connection_id: row.connection_id,
      direction: 'out',
      delivery_id: id,
      body: storableJson(messageBody(rendered)),
      at: row.sent_at ?? ctx.clock.now(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
