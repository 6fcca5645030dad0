// Job `deliveries.expand`: turns a run's audience into rows, chunk by chunk, while the lanes already send the first ones. Safe
// to repeat at any point: the unique index refuses a second row, the cursor moves in the same transaction.
import { type RawBuilder, sql } from 'kysely';
import type { Audience } from '../../../contract/audience.ts';
import type { Settings } from '../../../contract/campaigns.ts';
import { factsOf } from '../../../contract/channel-facts.ts';
import type { Channel } from '../../../contract/connections.ts';
import { toWireId } from '../../../contract/ids.ts';
import { besideMerges } from '../../contacts/merge/merge-lock.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../../platform/context.ts';
import { atOnce, fromStates, priorities } from '../delivery.ts';
import { judge, limitsOn, reachJoins, readPressure } from '../pressure/eligibility.ts';
import { stateIn } from '../state-sql.ts';
import { audienceWhere, isFrozen, zonesOf } from './audience.ts';
import { decide, nobodyLeftOut } from './decide.ts';
import { dueSql, type RecipientLocal } from './due.ts';
import { partSizes, takePart } from './frozen-people.ts';
import { insertOnce } from './insert-once.ts';
import { countStates } from './run.ts';

/** Then the next in line has its turn: a campaign of five must not wait for one of a million. */
const turnMs = 2000;

interface ExpandJob {
  workspaceId: string;
  runId: string;
}

/** Works for one turn; what is left is a new job at the end of the line. */
export async function expandRun(base: BaseCtx, job: ExpandJob): Promise<void> {
  const endAt = base.clock.elapsedMs() + turnMs;
  let size = partSizes.first;
  while (await expandChunk(base, job, size)) {
    if (base.clock.elapsedMs() >= endAt)
      return base.jobs.enqueue(base, 'deliveries.expand', job, { key: job.runId });
    size = partSizes.next;
  }
}

/** The next `size` people of the run (of segments: the next part), in a transaction of their own. Returns whether there are more. */
export function expandChunk(base: BaseCtx, job: ExpandJob, size: number): Promise<boolean> {
  return inTransaction(asSystem(base, job.workspaceId), async (ctx) => {
    // a merge waits for the chunk, and the chunk for a merge: else one of the two could be passed over
    await besideMerges(ctx);
    const run = await lockUnexpanded(ctx, job.runId);
    if (!run) return false;
    const chunk = await nextChunk(ctx, job.runId, run, size);
    await writeRows(ctx, job.runId, run, chunk);
    const { isLast } = chunk;
    await moveOn(ctx, job.runId, chunk);
    if (isLast && run.ab_step) await ctx.jobs.enqueue(ctx, 'deliveries.ab', job, { key: job.runId });
    if (isLast && run.canary_step) await ctx.jobs.enqueue(ctx, 'deliveries.canary', job, { key: job.runId });
    await ctx.hub.publish(ctx, { topic: 'outbound', connectionId: run.connection_id });
    await ctx.hub.publish(ctx, {
      topic: 'live',
      workspaceId: job.workspaceId,
      frame: { type: 'campaign.changed', campaign_id: toWireId('cmp', run.campaign_id) },
    });
    return !isLast;
  });
}

type Unexpanded = NonNullable<Awaited<ReturnType<typeof lockUnexpanded>>>;

/** The lock keeps a second job of the same run waiting until this chunk and its cursor are committed. */
function lockUnexpanded(ctx: Ctx, runId: string) {
  return lockRunToWrite(ctx, runId)
    .where('runs.status', 'in', ['active', 'paused'])
    .where('runs.expanded_at', 'is', null)
    .executeTakeFirst();
}

/** What writing rows needs of a run. */
export function lockRunToWrite(ctx: Ctx, runId: string) {
  return ctx.db
    .selectFrom('runs')
    .innerJoin('connections', 'connections.id', 'runs.connection_id')
    .select([
      'runs.campaign_id',
      'runs.connection_id',
      'runs.audience',
      'runs.settings',
      'runs.expand_cursor',
      'runs.created_at',
      'runs.canary_step',
      'runs.ab_step',
      'runs.recipient_local',
      'runs.needs_window',
      'runs.marketing_template',
      'connections.channel',
    ])
    .where('runs.workspace_id', '=', ctx.actor.workspaceId)
    .where('runs.id', '=', runId)
    .forUpdate('runs');
}

interface Chunk {
  people: RawBuilder<boolean>;
  /** What is known of the ids of its people, to stand behind other conditions. */
  among(id: RawBuilder<unknown>): RawBuilder<unknown>;
  /** Why all of them are left out, in words; null: it is meant for them. */
  cause: string | null;
  /** Where the next one begins behind; null: parts know that by themselves, or nobody is left. */
  last: string | null;
  isLast: boolean;
}

async function nextChunk(ctx: Ctx, runId: string, run: Unexpanded, size: number): Promise<Chunk> {
  const audience = run.audience as Audience;
  if (isFrozen(audience)) {
    const { ids, cause, isLast } = await takePart(ctx, runId);
    const among = (id: RawBuilder<unknown>) => sql`AND ${id} = ANY(${ids}::uuid[])`;
    const people = sql<boolean>`c.workspace_id = ${ctx.actor.workspaceId} ${among(sql`c.id`)}`;
    return { people, among, cause, last: null, isLast };
  }
  const from = run.expand_cursor;
  const everybody = await audienceWhere(ctx, audience, run.created_at);
  const behind = (id: RawBuilder<unknown>) => (from ? sql`AND ${id} > ${from}` : sql``);
  const last = await endOfChunk(ctx, sql`${everybody} ${behind(sql`c.id`)}`, size);
  const among = (id: RawBuilder<unknown>) => sql`${behind(id)} ${last ? sql`AND ${id} <= ${last}` : sql``}`;
  return {
    people: sql<boolean>`${everybody} ${among(sql`c.id`)}`,
    among,
    cause: null,
    last,
    isLast: last === null,
  };
}

/** The last of the next `size` people, null where fewer are left: ids to here and back would cost more than the rows. */
async function endOfChunk(ctx: Ctx, people: RawBuilder<unknown>, size: number): Promise<string | null> {
  const result = await sql<{ id: string }>`
    SELECT c.id FROM contacts c WHERE ${people} ORDER BY c.id OFFSET ${size - 1} LIMIT 1`.execute(ctx.db);
  return result.rows[0]?.id ?? null;
}

async function moveOn(ctx: Ctx, runId: string, { last, isLast }: Chunk): Promise<void> {
  if (!last && !isLast) return;
  await ctx.db
    .updateTable('runs')
    .set({
      ...(last ? { expand_cursor: last } : {}),
      ...(isLast
        ? {
            expanded_at: ctx.clock.now(),
            planned: sql<number>`(SELECT coalesce(sum(n), 0) FROM run_counts WHERE run_id = runs.id)`,
          }
        : {}),
    })
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', runId)
    .execute();
}

/**
 * Of a row that is written: somebody else goes first. Before a canary is judged, nobody but the people that are drawn from all of
 * them; while a test runs, nobody beyond it.
 */
function isHeldBack(run: Pick<Unexpanded, 'canary_step' | 'ab_step'>): RawBuilder<boolean> {
  if (['sampling', 'waiting'].includes(run.canary_step ?? '')) return sql<boolean>`true`;
  return run.ab_step === 'testing' ? sql<boolean>`variant IS NULL` : sql<boolean>`false`;
}

/** One statement: who of the chunk waits, who is left out and why, and until when. */
export async function writeRows(
  ctx: Ctx,
  runId: string,
  run: Unexpanded,
  { people, among, cause }: Pick<Chunk, 'people' | 'among' | 'cause'>,
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const channel = run.channel as Channel;
  const settings = run.settings as Settings;
  const now = ctx.clock.now();
  const local = run.recipient_local as RecipientLocal | null;
  // whoever is met at a later hour of their own is judged by caps, quiet hours and the window then, by the claim
  const limits = local || cause !== null ? null : limitsOn(await readPressure(ctx, workspaceId), settings);
  const zones = limits?.quiet || local ? await zonesOf(ctx, people) : [];
  const own = dueSql(local, zones);
  const judgement = judge(limits, {
    at: now,
    zones,
    people: sql`true ${among(sql`h.contact_id`)}`,
    needsWindow: run.needs_window && !local,
    marketingTemplate: run.marketing_template,
    byPhone: factsOf(run.channel)?.addressesArePhones ?? false,
  });
  const { joins } = judgement;
  const { skip, detail, until, due, variant } = decide(judgement, {
    campaignId: run.campaign_id,
    settings,
    leftOut: cause === null ? nobodyLeftOut : { who: 'all', words: sql`${cause}::text` },
    own,
  });
  const insert = sql`
    INSERT INTO deliveries (workspace_id, id, source, priority, campaign_id, run_id, event_key, contact_id, connection_id,
      channel, address, purpose, state, reason, detail, due_at, quiet_since, variant, created_at)
    SELECT workspace_id, new_id(), 'campaign', ${priorities.broadcast}, ${run.campaign_id}, ${runId}, ${runId}, id,
      ${run.connection_id}, ${channel}, address, ${settings.purpose ?? 'marketing'},
      CASE WHEN skip IS NOT NULL THEN 'skipped' WHEN ${isHeldBack(run)} THEN 'planned' ELSE 'queued' END, skip, detail,
      CASE WHEN skip IS NULL THEN coalesce(until, due, ${atOnce}) ELSE ${atOnce} END,
      CASE WHEN skip IS NULL AND until IS NOT NULL THEN ${now}::timestamptz END,
      CASE WHEN skip IS NULL THEN variant END, ${now}
    FROM (
      SELECT c.workspace_id, c.id, i.address, ${skip} AS skip, ${detail} AS detail, ${until} AS until, ${variant} AS variant,
        ${due} AS due
      FROM contacts c ${reachJoins(run.connection_id, channel, among)} ${joins} ${own?.joins ?? sql``}
      WHERE ${people}
    ) judged
    ORDER BY id`;
  await insertOnce(ctx, (unlessThere) => bounded(ctx, runId, sql`${insert} ${unlessThere}`));
}

/** The run notes between which ids its rows lie: its log is read by that, without an index that every send would have to keep. */
async function bounded(ctx: Ctx, runId: string, insert: RawBuilder<unknown>): Promise<void> {
  await sql`
    WITH written AS (${insert} RETURNING id)
    UPDATE runs SET first_row = least(first_row, (SELECT id FROM written ORDER BY id LIMIT 1)),
      last_row = greatest(last_row, (SELECT id FROM written ORDER BY id DESC LIMIT 1))
    WHERE workspace_id = ${ctx.actor.workspaceId} AND id = ${runId}`.execute(ctx.db);
}

/**
 * Job `deliveries.cancel`: the rows of a cancelled run that were still waiting, a chunk per job. It comes again while a lane
 * still holds rows of the run: what the lane gives back unsent must not stay queued for ever.
 */
export async function cancelWaiting(
  base: BaseCtx,
  job: { workspaceId: string; runId: string },
): Promise<void> {
  await inTransaction(asSystem(base, job.workspaceId), async (ctx) => {
    await sql`
      UPDATE deliveries SET state = 'cancelled', reason = NULL
      WHERE workspace_id = ${job.workspaceId} AND id IN (
        SELECT id FROM deliveries WHERE run_id = ${job.runId} AND ${stateIn('state', fromStates('cancelled'))} ORDER BY due_at, id LIMIT ${partSizes.next} FOR UPDATE SKIP LOCKED)
      AND EXISTS (SELECT 1 FROM runs WHERE runs.id = ${job.runId} AND runs.workspace_id = ${job.workspaceId} AND status = 'cancelled')`.execute(
      ctx.db,
    );
    const counts = await countStates(ctx, job.runId);
    const left =
      (counts.queued ?? 0) + (counts.planned ?? 0) > 0 ? 0 : (counts.sending ?? 0) > 0 ? 2000 : null;
    if (left !== null)
      await ctx.jobs.enqueue(ctx, 'deliveries.cancel', job, {
        key: job.runId,
        startAfter: new Date(ctx.clock.now().getTime() + left),
      });
  });
}
