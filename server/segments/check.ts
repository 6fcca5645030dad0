// Who enters and leaves. A rule's people change with every message, order and passing day, and nobody is told: so each segment is
// asked again every now and then, and what is found is compared with what was found before. A change is known by the check
// that noticed it and the one before, not to the second; whoever came and went between two checks was not seen.
import { type RawBuilder, sql } from 'kysely';
import { toWireId } from '../../contract/ids.ts';
import type { Rule } from '../../contract/rules.ts';
import { asSystem, type BaseCtx, type Ctx, inTransaction } from '../platform/context.ts';
import { newId } from '../platform/db/ids.ts';
import { inTime, patienceSeconds } from '../platform/db/in-time.ts';
import { AppError } from '../platform/errors.ts';
import { type Compiled, compileRule } from './compile.ts';
import { inlined } from './membership.ts';
import { askedOf } from './resolve.ts';

export interface CheckJob {
  workspaceId: string;
  segmentId: string;
}

const minuteMs = 60_000;
const soonestMs = 15 * minuteMs;
const latestMs = 24 * 60 * minuteMs;
/** A segment costs at most this part of the time: one that takes a second is asked every 200 seconds at most. */
const restPerWork = 200;
/** All segments of an installation together: so much of each minute. Later ones wait, and say when they were checked. */
const budgetMs = 20_000;
/** Of so many who came or went at one check the names are written down; the numbers are those of all. */
const namedAtOnce = 100_000;

/** Job `segments.check_due`, every minute: those that are due, workspaces in turn, until its time is used up. */
export async function checkDue(base: BaseCtx): Promise<void> {
  const endAt = base.clock.elapsedMs() + budgetMs;
  const due = await sql<CheckJob>`
    SELECT workspace_id AS "workspaceId", segment_id AS "segmentId" FROM (
      SELECT *, row_number() OVER (PARTITION BY workspace_id ORDER BY due_at, segment_id) AS turn
      FROM segment_watch WHERE due_at <= ${base.clock.now()}
    ) w ORDER BY turn, due_at LIMIT 1000`.execute(base.db);
  for (const job of due.rows) {
    if (base.clock.elapsedMs() >= endAt) return;
    await checkSegment(base, job);
  }
}

/** So many times what its last check took, and a minute at least, each rule rests even when much was done to many at once. */
const restAfterDeed = 20;

/**
 * After an import or a bulk action, in its last transaction: every rule of the workspace is due for the next round of `checkDue`, which
 * keeps to its time. One that was checked a moment ago is due when it has rested; one that could not be counted waits for its turn.
 */
export async function checkRulesSoon(ctx: Ctx): Promise<void> {
  // in one order, as two of these may end at once; another millisecond than before: a check under way did not see all of this
  await sql`
    WITH watched AS (
      SELECT w.workspace_id, w.segment_id FROM segment_watch w
      JOIN segments s ON s.workspace_id = w.workspace_id AND s.id = w.segment_id
      WHERE w.workspace_id = ${ctx.actor.workspaceId} AND s.kind = 'rule' AND w.problem IS NULL
      ORDER BY w.segment_id FOR NO KEY UPDATE OF w
    )
    UPDATE segment_watch w SET due_at = least(w.due_at - interval '1 millisecond', greatest(${ctx.clock.now()}::timestamptz,
      w.checked_at + greatest(${minuteMs}, w.took_ms * ${restAfterDeed}) * interval '1 millisecond'))
    FROM watched WHERE w.workspace_id = watched.workspace_id AND w.segment_id = watched.segment_id`.execute(
    ctx.db,
  );
}

/** Job `segments.check`. Safe to repeat; of two at once one does nothing. What fails is written down and tried again later. */
export async function checkSegment(base: BaseCtx, job: CheckJob): Promise<void> {
  const ctx = asSystem(base, job.workspaceId);
  const startedAt = base.clock.elapsedMs();
  try {
    await inTransaction(ctx, async (ctx) => {
      if (await beginsAlone(ctx, job.segmentId)) await look(ctx, job.segmentId, startedAt);
    });
  } catch (error) {
    const slow = error instanceof AppError;
    if (!slow) base.log.error({ err: error, segment: job.segmentId }, 'a segment could not be checked');
    const problem = slow
      ? `Counting took longer than ${patienceSeconds} seconds. Ask for fewer events, or for fewer days of them.`
      : 'Counting failed. It is tried again by itself.';
    const rest = slow ? restOf(patienceSeconds * 1000) : soonestMs;
    await sql`
      UPDATE segment_watch SET problem = ${problem}, due_at = ${new Date(ctx.clock.now().getTime() + rest)}
      WHERE workspace_id = ${job.workspaceId} AND segment_id = ${job.segmentId}`.execute(ctx.db);
  }
}

const restOf = (tookMs: number): number => Math.min(latestMs, Math.max(soonestMs, tookMs * restPerWork));

/** Not by a lock of the row: whoever edits the segment writes there when it is due, and must not wait. */
async function beginsAlone(ctx: Ctx, segmentId: string): Promise<boolean> {
  const { rows } = await sql<{ free: boolean }>`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${`segments.check:${segmentId}`}, 0)) AS free`.execute(
    ctx.db,
  );
  return rows[0]?.free === true;
}

type Watched = NonNullable<Awaited<ReturnType<typeof watched>>>;
function watched(ctx: Ctx, segmentId: string) {
  return ctx.db
    .selectFrom('segments as s')
    .innerJoin('segment_watch as w', (join) =>
      join.onRef('w.workspace_id', '=', 's.workspace_id').onRef('w.segment_id', '=', 's.id'),
    )
    .select(['s.id', 's.rule', 'w.due_at', 'w.checked_at', 'w.members', 'w.rule as rule_before'])
    .where('s.workspace_id', '=', ctx.actor.workspaceId)
    .where('s.id', '=', segmentId)
    .executeTakeFirst();
}

async function look(ctx: Ctx, segmentId: string, startedAt: number): Promise<void> {
  const before = await watched(ctx, segmentId);
  if (!before) return;
  const now = ctx.clock.now();
  const found = before.rule ? await lookAtRule(ctx, before, now) : await lookAtList(ctx, segmentId);
  const tookMs = Math.round(ctx.clock.elapsedMs() - startedAt);
  // due already by what somebody changed meanwhile: then it stays so
  await sql`
    UPDATE segment_watch SET checked_at = ${now}, members = ${found.members}, rule = ${found.rule && JSON.stringify(found.rule)}::jsonb,
      took_ms = ${tookMs}, problem = NULL,
      due_at = CASE WHEN due_at = ${before.due_at} THEN ${new Date(now.getTime() + restOf(tookMs))}::timestamptz ELSE due_at END
    WHERE workspace_id = ${ctx.actor.workspaceId} AND segment_id = ${segmentId}`.execute(ctx.db);
  if (found.members !== before.members || found.moved > 0)
    await ctx.hub.publish(ctx, {
      topic: 'live',
      workspaceId: ctx.actor.workspaceId,
      frame: { type: 'segment.counted', segment_id: toWireId('seg', segmentId) },
    });
}

interface Found {
  members: number;
  moved: number;
  rule: Rule | null;
}

/**
 * Who comes and goes is written down by whoever edits the list, and the number is kept with its rows. Counted under the lock of the
 * number: whoever adds to it has either ended, and is seen, or waits.
 */
async function lookAtList(ctx: Ctx, segmentId: string): Promise<Found> {
  await sql`
    SELECT FROM segment_watch WHERE workspace_id = ${ctx.actor.workspaceId} AND segment_id = ${segmentId}
    FOR NO KEY UPDATE`.execute(ctx.db);
  const { rows } = await sql<{ n: number }>`
    SELECT count(*) AS n FROM segment_members
    WHERE workspace_id = ${ctx.actor.workspaceId} AND segment_id = ${segmentId}`.execute(ctx.db);
  return { members: rows[0]?.n ?? 0, moved: 0, rule: null };
}

async function lookAtRule(ctx: Ctx, before: Watched, now: Date): Promise<Found> {
  const asked = await askedOf(ctx, [before.rule as Rule], now);
  const rule = inlined(before.rule as Rule, asked.segments);
  const cause =
    before.checked_at === null || before.rule_before === null
      ? 'first'
      : JSON.stringify(before.rule_before) === JSON.stringify(await asStored(ctx, rule))
        ? 'people'
        : 'rule';
  const compiled = compileRule(rule, asked, 'whole');
  const { rows } = await inTime(ctx, { gathered: compiled.gathered + 2 }, (ctx) =>
    compare(compiled, {
      workspaceId: ctx.actor.workspaceId,
      segmentId: before.id,
      checkId: newId(),
      cause,
      now,
      since: before.checked_at,
    }).execute(ctx.db),
  );
  const { members, entered, left } = rows[0] as Compared;
  return { members, moved: entered + left, rule };
}

/** As jsonb keeps it: its own order of keys, its own way to write numbers. */
async function asStored(ctx: Ctx, rule: Rule): Promise<unknown> {
  const { rows } = await sql<{ rule: unknown }>`SELECT ${JSON.stringify(rule)}::jsonb AS rule`.execute(
    ctx.db,
  );
  return rows[0]?.rule;
}

interface Compared {
  members: number;
  entered: number;
  left: number;
}
interface Check {
  workspaceId: string;
  segmentId: string;
  checkId: string;
  cause: 'first' | 'rule' | 'people';
  now: Date;
  since: Date | null;
}

/** One statement, one instant: who is found, who was, the difference, and what is kept of it for the next time. */
function compare({ joins, where }: Compiled, check: Check): RawBuilder<Compared> {
  const { workspaceId, segmentId, checkId, cause, now, since } = check;
  const ofSegment = sql`workspace_id = ${workspaceId} AND segment_id = ${segmentId}`;
  const share = sql`get_byte(uuid_send(id), 15)`;
  // of another rule, or of none, nobody came and nobody went: only the numbers are compared
  const named = cause === 'people' ? sql`true` : sql`false`;
  return sql<Compared>`
    WITH found AS MATERIALIZED (
      SELECT c.id FROM contacts c ${joins} WHERE c.workspace_id = ${workspaceId} AND ${where}
    ), before AS MATERIALIZED (
      SELECT unnest(contact_ids) AS id FROM segment_found WHERE ${ofSegment}
    ), moved AS MATERIALIZED (
      SELECT coalesce(f.id, b.id) AS id, b.id IS NULL AS entered FROM found f FULL JOIN before b ON b.id = f.id
      WHERE f.id IS NULL OR b.id IS NULL
    ), shares AS MATERIALIZED (SELECT DISTINCT ${share} AS share FROM moved),
    kept AS (
      INSERT INTO segment_found (workspace_id, segment_id, share, contact_ids)
      SELECT ${workspaceId}, ${segmentId}, ${share}, array_agg(id) FROM found WHERE ${share} IN (SELECT share FROM shares) GROUP BY 3
      ON CONFLICT (workspace_id, segment_id, share) DO UPDATE SET contact_ids = excluded.contact_ids
    ), emptied AS (
      DELETE FROM segment_found WHERE ${ofSegment} AND share IN (SELECT share FROM shares)
        AND share NOT IN (SELECT ${share} FROM found)
    ), counted AS (
      SELECT (SELECT count(*) FROM found)::int AS members, count(*) FILTER (WHERE entered)::int AS entered,
        count(*) FILTER (WHERE NOT entered)::int AS "left" FROM moved
    ), told AS (
      INSERT INTO segment_checks (workspace_id, segment_id, id, at, cause, since, members, entered, "left")
      SELECT ${workspaceId}, ${segmentId}, ${checkId}, ${now}, ${cause}, ${since}, members,
        ${cause === 'first' ? sql`0` : sql`entered`}, ${cause === 'first' ? sql`0` : sql`"left"`}
      FROM counted WHERE entered + "left" > 0 OR ${cause !== 'people'}
    ), named AS (
      INSERT INTO segment_changes (workspace_id, segment_id, check_id, contact_id, entered)
      SELECT ${workspaceId}, ${segmentId}, ${checkId}, m.id, m.entered FROM moved m
      WHERE ${named} AND EXISTS (SELECT 1 FROM contacts k WHERE k.workspace_id = ${workspaceId} AND k.id = m.id)
      LIMIT ${namedAtOnce}
    )
    SELECT members, entered, "left" FROM counted`;
}

const keptDays = 90;
/** Job `segments.forget_changes`: what is older than 90 days, a thousand checks at a time. */
export async function forgetOldChanges(base: BaseCtx): Promise<void> {
  const before = new Date(base.clock.now().getTime() - keptDays * 24 * 60 * minuteMs);
  for (;;) {
    const gone = await sql`
      DELETE FROM segment_checks WHERE (workspace_id, segment_id, id) IN (
        SELECT workspace_id, segment_id, id FROM segment_checks WHERE at < ${before} LIMIT 1000)`.execute(
      base.db,
    );
    if (Number(gone.numAffectedRows ?? 0) < 1000) return;
  }
}
