// The run of an automation: it goes on for as long as its words stay the same, and takes rows as events happen. Nothing is
// expanded: each row is one event of one person (triggers/check.ts finds them).
import { type RawBuilder, sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import type { Channel } from '../../../contract/connections.ts';
import { toWireId } from '../../../contract/ids.ts';
import { needsWindow } from '../../../contract/window.ts';
import type { Ctx } from '../../platform/context.ts';
import { newId } from '../../platform/db/ids.ts';
import { atOnce, priorities } from '../delivery.ts';
import { keepLinks } from '../links/run-links.ts';
import { stateIn } from '../state-sql.ts';
import { lockRunToWrite } from './expand.ts';
import { leaveOutEnded } from './former-rows.ts';
import { insertOnce, unlessThere } from './insert-once.ts';
import {
  type AutomationOnConnection,
  judgedEvents,
  overOf,
  type PersonEvent,
  sellsByTemplate,
} from './judge-events.ts';

/**
 * Its run with these words and settings, made where there is none: what else of the campaign changes (its name, its delay, off and
 * on again) begins no other. Rows of the former one that still wait come along.
 */
export async function ongoingRun(
  ctx: Ctx,
  { campaignId, version, connection, content, settings }: AutomationOnConnection,
): Promise<string> {
  const { workspaceId } = ctx.actor;
  const says = { content: JSON.stringify(content), settings: JSON.stringify(settings) };
  const test = sameTest(says);
  const former = await ctx.db
    .selectFrom('runs')
    .select([
      'id',
      sql<boolean>`content = ${says.content}::jsonb AND settings = ${says.settings}::jsonb`.as('same'),
      test.as('same_test'),
    ])
    .where('workspace_id', '=', workspaceId)
    .where('campaign_id', '=', campaignId)
    .where('connection_id', '=', connection.id)
    .where('ongoing', '=', true)
    .forUpdate()
    .executeTakeFirst();
  if (former?.same) return former.id;
  if (former) await ctx.db.updateTable('runs').set({ ongoing: false }).where('workspace_id', '=', workspaceId).where('id', '=', former.id).execute(); // biome-ignore format: one line
  const id = newId();
  const now = ctx.clock.now();
  await ctx.db
    .insertInto('runs')
    .values({
      workspace_id: workspaceId,
      id,
      campaign_id: campaignId,
      connection_id: connection.id,
      status: 'active',
      ...says,
      audience: JSON.stringify({ all: true }),
      planned: 0,
      ongoing: true,
      campaign_version: version,
      expanded_at: now,
      needs_window: needsWindow(connection.channel, content),
      marketing_template: sellsByTemplate(workspaceId, connection, content, settings),
      number: sql<number>`(SELECT count(*) + 1 FROM runs WHERE workspace_id = ${workspaceId} AND campaign_id = ${campaignId})`,
      ...(settings.ab ? await testAsItStands(ctx, campaignId, test) : {}),
      created_at: now,
    })
    .execute();
  if (settings.track_links)
    await keepLinks(ctx, { id, connection }, [content, ...(settings.ab?.variants ?? []).map((one) => one.content)]); // biome-ignore format: one line
  await bringAlong(ctx, campaignId, connection.id);
  return id;
}

/**
 * To the run that goes on, whatever waits in former ones of that connection: also what was under way when the words changed, and came
 * back unsent. A wording that the run does not try is not theirs any more.
 */
export async function bringAlong(ctx: Ctx, campaignId: string, connectionId: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  await sql`
    WITH moved AS (
      UPDATE deliveries d SET run_id = r.id, variant = CASE
        WHEN r.content = former.content AND r.settings->'ab' IS NOT DISTINCT FROM former.settings->'ab' THEN d.variant END
      FROM runs r, runs former
      WHERE r.workspace_id = ${workspaceId} AND r.campaign_id = ${campaignId} AND r.connection_id = ${connectionId} AND r.ongoing
        AND former.workspace_id = r.workspace_id AND former.campaign_id = r.campaign_id AND former.connection_id = r.connection_id
        AND former.campaign_version IS NOT NULL AND NOT former.ongoing
        AND d.workspace_id = former.workspace_id AND d.run_id = former.id AND ${stateIn('d.state', ['queued'])}
      RETURNING d.id, d.run_id
    )
    UPDATE runs SET first_row = least(first_row, (SELECT id FROM moved ORDER BY id LIMIT 1)),
      last_row = greatest(last_row, (SELECT id FROM moved ORDER BY id DESC LIMIT 1))
    WHERE workspace_id = ${workspaceId} AND id IN (SELECT run_id FROM moved)`.execute(ctx.db);
}

/** The connections on which somebody waits for other words or settings than these, or in a run that is over. */
export async function outdatedRuns(
  ctx: Ctx,
  campaignId: string,
  { content, settings }: Pick<AutomationOnConnection, 'content' | 'settings'>,
): Promise<AutomationOnConnection['connection'][]> {
  const { rows } = await sql<AutomationOnConnection['connection']>`
    SELECT DISTINCT n.id, n.channel FROM runs r JOIN connections n ON n.workspace_id = r.workspace_id AND n.id = r.connection_id
    WHERE r.workspace_id = ${ctx.actor.workspaceId} AND r.campaign_id = ${campaignId} AND r.campaign_version IS NOT NULL AND n.deleted_at IS NULL
      AND (NOT r.ongoing OR r.content <> ${JSON.stringify(content)}::jsonb OR r.settings <> ${JSON.stringify(settings)}::jsonb)
      AND EXISTS (SELECT FROM deliveries d WHERE d.run_id = r.id AND ${stateIn('d.state', ['queued'])})`.execute(
    ctx.db,
  );
  return rows;
}

/** Of an automation's run: it tries the same wordings. */
const sameTest = (of: { content: string; settings: string }) =>
  sql<boolean>`content = ${of.content}::jsonb AND settings->'ab' IS NOT DISTINCT FROM ${of.settings}::jsonb->'ab'`;

/** A test of an automation is one over all its runs: whoever has chosen its winner has chosen it for those to come. */
async function testAsItStands(ctx: Ctx, campaignId: string, test: RawBuilder<boolean>) {
  const found = await ctx.db
    .selectFrom('runs')
    .select(['ab_step', 'ab', 'winner', 'winner_at'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('campaign_id', '=', campaignId)
    .where('ab_step', '=', 'decided')
    .where(test)
    .orderBy('winner_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return found ? { ...found, ab: JSON.stringify(found.ab) } : { ab_step: 'testing' };
}

/**
 * One row for each of these events; one whose message left, or still may, is passed over (former-rows.ts). Whoever may not be messaged
 * has a row too, that says why, and no second one where a row of late says so already. In the caller's transaction, with the lock of
 * merges. Returns how many were written.
 */
export async function writeEvents(ctx: Ctx, runId: string, events: PersonEvent[]): Promise<number> {
  if (events.length === 0) return 0;
  const { workspaceId } = ctx.actor;
  const run = await lockRunToWrite(ctx, runId).executeTakeFirstOrThrow();
  const channel = run.channel as Channel;
  const settings = run.settings as Settings;
  const now = ctx.clock.now();
  const isTold = events[0]?.kind === 'back_in_stock';
  if (!isTold)
    await leaveOutEnded(ctx, run.campaign_id, [...new Set(events.map((event) => event.subjectId))]);
  const judged = await judgedEvents(
    ctx,
    {
      campaignId: run.campaign_id,
      connection: { id: run.connection_id, channel },
      settings,
      needsWindow: run.needs_window,
      marketingTemplate: run.marketing_template,
    },
    events,
    now,
  );
  const write = async (conflict: RawBuilder<unknown>) => {
    const { rows } = await sql<{ n: number }>`
    WITH ${judged}, written AS (
      INSERT INTO deliveries (workspace_id, id, source, priority, campaign_id, run_id, event_key, contact_id, connection_id,
        channel, address, purpose, state, reason, detail, due_at, quiet_since, variant, created_at)
      SELECT workspace_id, new_id(), 'campaign', ${priorities.event}, ${run.campaign_id}, ${runId}, key, id,
        ${run.connection_id}, ${channel}, address, ${settings.purpose ?? 'marketing'},
        CASE WHEN skip IS NOT NULL THEN 'skipped' ELSE 'queued' END, skip, detail,
        CASE WHEN skip IS NULL THEN coalesce(until, ${atOnce}) ELSE ${atOnce} END,
        CASE WHEN skip IS NULL AND until IS NOT NULL THEN ${now}::timestamptz END, CASE WHEN skip IS NULL AND ${run.ab_step === 'testing'} THEN variant END, ${now}
      FROM judged
      -- left out again for the same reason is no news
      WHERE held IS NULL AND (skip IS NULL OR skip IS DISTINCT FROM before) AND CASE WHEN left_out_for = '{}' THEN true
        ELSE coalesce(coalesce(skip, ${overOf(ctx, run.campaign_id, sql`coalesce(until, ${now})`)}) <> ALL(left_out_for), true) END
      ORDER BY id, key
      ${conflict}
      RETURNING workspace_id, id, contact_id, campaign_id, event_key
    ), noted AS (
      INSERT INTO delivery_events (workspace_id, delivery_id, campaign_id, kind, subject_id, version, since, products, variants)
      SELECT w.workspace_id, w.id, w.campaign_id, e.kind, e.subject_id, e.version, e.since, e.products, e.variants
      FROM written w JOIN judged e ON e.id = w.contact_id AND e.key = w.event_key
    ), counted AS (
      UPDATE runs SET planned = planned + (SELECT count(*) FROM written),
        first_row = least(first_row, (SELECT id FROM written ORDER BY id LIMIT 1)),
        last_row = greatest(last_row, (SELECT id FROM written ORDER BY id DESC LIMIT 1))
      WHERE workspace_id = ${workspaceId} AND id = ${runId}
    )
    SELECT count(*)::int AS n FROM written`.execute(ctx.db);
    return rows[0]?.n ?? 0;
  };
  // two nodes may come to the same row of a cart; what is told of a return is new to everybody
  const written = await (isTold ? insertOnce(ctx, write) : write(unlessThere));
  await ctx.hub.publish(ctx, { topic: 'outbound', connectionId: run.connection_id });
  await ctx.hub.publish(ctx, {
    topic: 'live',
    workspaceId,
    frame: { type: 'campaign.changed', campaign_id: toWireId('cmp', run.campaign_id) },
  });
  return written;
}
