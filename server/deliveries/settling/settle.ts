// Settling rows whose answer was lost: the one statement that moves them, whoever decides (a person for one row or for
// many, the campaign's policy), and what follows from it. Nothing else ever sends an unknown row again.

import { type RawBuilder, sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { countedAsSent } from '../../../contract/deliveries.ts';
import { type Content, templateOn } from '../../../contract/message.ts';
import { neverLeft } from '../../../contract/receipts.ts';
import type { SettlementVerb } from '../../../contract/reconciliation.ts';
import type { BaseCtx, Ctx } from '../../platform/context.ts';
import { storableJson } from '../../platform/db/storable.ts';
import { type CompiledMessage, compileMessage } from '../../templates/compile.ts';
import { templateColumns, templateContact } from '../../templates/contact.ts';
import type { ShopEvent } from '../../templates/shop-scope.ts';
import { placeOfMessage } from '../../whatsapp-templates/message-place.ts';
import { atOnce, fromStates } from '../delivery.ts';
import { tell } from '../reports/attempts.ts';
import { addTally } from '../reports/tallies.ts';
import { lockRuns } from '../runs/run.ts';
import { contentOf } from '../runs/variants.ts';
import type { DirectContent } from '../sending/enqueue.ts';
import { messageBody } from '../sending/record.ts';
import { stateIn } from '../state-sql.ts';

export interface Settled {
  id: string;
  run_id: string | null;
  connection_id: string;
}

const outcomes = { resend: 'resent', count_as_sent: 'counted_as_sent', never_left: 'never_left' } as const;

/**
 * Moves those of `which` (a condition on deliveries `d`) that are unknown, and writes down who decided it. In the caller's
 * transaction; returns the rows that moved. A row that is settled twice moves once. Before a resend the caller locks the
 * run (lockRuns) and looks whether it would still be sent: else a cancel at that moment leaves the rows waiting for ever.
 * "never_left": a resend without any doubt (window.ts), told and summed as such.
 */
export async function settleRows(
  base: BaseCtx,
  which: RawBuilder<unknown>,
  verb: SettlementVerb | typeof neverLeft,
  by: string,
): Promise<Settled[]> {
  const now = base.clock.now();
  const resend = verb !== 'count_as_sent';
  const isProven = verb === neverLeft;
  const change = resend
    ? sql`state = 'queued', reason = ${isProven ? neverLeft : null}::text, detail = NULL, claim = NULL, due_at = ${atOnce}, quiet_since = NULL,
        unknown_at = coalesce(unknown_at, claimed_at, ${now}::timestamptz)`
    : sql`state = 'sent', reason = ${countedAsSent}, detail = NULL, sent_at = coalesce(d.claimed_at, ${now}::timestamptz)`;
  const { rows } = await sql<Settled>`
    WITH moved AS (
      UPDATE deliveries d SET ${change}
      WHERE ${which} AND ${stateIn('d.state', fromStates(resend ? 'queued' : 'sent', ['unknown']))}
      RETURNING d.workspace_id, d.id, d.run_id, d.variant, d.connection_id, d.attempts
    ), told AS (${tell('moved', outcomes[verb], now, { actor: by, node: null })}
    ) ${isProven ? sql`, summed AS (${addTally(neverLeft, sql`moved`)})` : sql``}
    SELECT id, run_id, connection_id FROM moved`.execute(base.db);
  return rows;
}

/** Rows wait again: their runs are active again, and the lanes look. */
export async function sendOn(ctx: BaseCtx, rows: Settled[]): Promise<void> {
  const runIds = [...new Set(rows.flatMap((row) => row.run_id ?? []))];
  if (runIds.length > 0) await reopenRuns(ctx, runIds);
  for (const connectionId of new Set(rows.map((row) => row.connection_id)))
    await ctx.hub.publish(ctx, { topic: 'outbound', connectionId });
}

async function reopenRuns(ctx: BaseCtx, runIds: string[]): Promise<void> {
  await lockRuns(ctx, runIds);
  const reopened = await ctx.db
    .updateTable('runs')
    .set({ status: 'active', finished_at: null })
    .where('id', 'in', runIds)
    .where('status', '=', 'finished')
    .returning(['workspace_id as workspaceId', 'id as runId'])
    .execute();
  for (const run of reopened) await ctx.jobs.enqueue(ctx, 'campaigns.reopen', run, { key: run.runId });
}

/** Why nothing would send this run's or connection's rows, in words; null: something would. */
export async function resendRefusal(
  ctx: Ctx,
  of: { runId: string | null; connectionId: string },
): Promise<string | null> {
  const run = of.runId
    ? await ctx.db
        .selectFrom('runs as r')
        .innerJoin('campaigns as c', (join) =>
          join.onRef('c.workspace_id', '=', 'r.workspace_id').onRef('c.id', '=', 'r.campaign_id'),
        )
        .select(['r.status', 'c.status as campaign'])
        .where('r.workspace_id', '=', ctx.actor.workspaceId)
        .where('r.id', '=', of.runId)
        .executeTakeFirst()
    : null;
  const instead = 'Count the delivery as sent, or write to the person.';
  if (run?.campaign === 'cancelled')
    return `This campaign was cancelled, so nothing is sent for it any more. ${instead}`;
  // nobody could pause or cancel what an archived campaign sends
  if (run?.campaign === 'archived')
    return `This campaign is in the archive, so nothing is sent for it any more. ${instead}`;
  if (run?.status === 'cancelled')
    return `This date of the campaign was cancelled, so nothing is sent for it any more. ${instead}`;
  const connection = await ctx.db
    .selectFrom('connections')
    .select('id')
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', of.connectionId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!connection)
    return 'The connection of this delivery was removed. Count the delivery as sent, or write to the person elsewhere.';
  return null;
}

/** What people are now held to have received stands in their threads, as it would have been written at the send. */
export async function showInThreads(ctx: Ctx, ids: string[]): Promise<void> {
  const rows = await ctx.db
    .selectFrom('deliveries as d')
    .innerJoin('contacts as c', (join) =>
      join.onRef('c.workspace_id', '=', 'd.workspace_id').onRef('c.id', '=', 'd.contact_id'),
    )
    .leftJoin('runs as r', (join) =>
      join.onRef('r.workspace_id', '=', 'd.workspace_id').onRef('r.id', '=', 'd.run_id'),
    )
    .select([
      'd.id',
      'd.run_id',
      'd.contact_id',
      'd.connection_id',
      'd.channel',
      'd.sent_at',
      // a contact has an id of that name too
      'd.external_id as platform_id',
    ])
    .select(sql<number | null>`coalesce(d.variant, r.winner)`.as('variant'))
    .select(['d.content as direct'])
    // as it stands now: what it said when it went is not kept
    .select(
      sql<ShopEvent | null>`event_with_products(d.workspace_id, event_content(d.workspace_id, d.id))`.as(
        'event',
      ),
    )
    .select(templateColumns.map((column) => `c.${column}` as const))
    .where('d.workspace_id', '=', ctx.actor.workspaceId)
    .where('d.id', 'in', ids)
    .execute();
  const planned = await compiledRuns(ctx, rows);
  const messages = rows.flatMap((row) => {
    const direct = row.direct as DirectContent | null;
    const rendered = direct?.rendered ?? planned.get(wordingOf(row))?.render(templateContact(row), row.event);
    if (!rendered) return [];
    return {
      workspace_id: ctx.actor.workspaceId,
      // as the recorder writes it: one message per delivery
      id: row.id,
      contact_id: row.contact_id,
      connection_id: row.connection_id,
      direction: 'out',
      delivery_id: row.id,
      external_id: row.platform_id,
      body: storableJson(messageBody(rendered)),
      at: row.sent_at ?? ctx.clock.now(),
    };
  });
  if (messages.length === 0) return;
  await ctx.db
    .insertInto('messages')
    .values(messages)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

type Wording = { run_id: string | null; variant: number | null };
const wordingOf = ({ run_id, variant }: Wording) => `${run_id} ${variant ?? 0}`;

/** The message of each run among `rows`, in each of its wordings, compiled once. */
async function compiledRuns(
  ctx: Ctx,
  rows: (Wording & { connection_id: string; channel: string })[],
): Promise<Map<string, CompiledMessage>> {
  const compiled = new Map<string, CompiledMessage>();
  for (const row of rows) {
    if (!row.run_id || compiled.has(wordingOf(row))) continue;
    const run = await ctx.db
      .selectFrom('runs')
      .select(['content', 'settings'])
      .where('workspace_id', '=', ctx.actor.workspaceId)
      .where('id', '=', row.run_id)
      .executeTakeFirst();
    if (!run) continue;
    const content = contentOf(
      { content: run.content as Content, settings: run.settings as Settings },
      row.variant,
    );
    const place = await placeOfMessage(ctx, content, row.connection_id);
    // a template that the number has no more cannot be shown; that the message went is told all the same
    if (templateOn(row.channel, content) && !place.template) continue;
    compiled.set(wordingOf(row), compileMessage(content, row.channel as Channel, place));
  }
  return compiled;
}
