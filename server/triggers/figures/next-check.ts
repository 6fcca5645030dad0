// What the next check would do: how many events wait, whose delay will be over, who of them would get it, and why others not.
import { sql } from 'kysely';
import {
  type CheckedPerson,
  eventReasonWords,
  type LeftOut,
  type NextCheck,
} from '../../../contract/automations.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Page, PageQuery } from '../../../contract/lists.ts';
import { type AutomationState, automationOf } from '../../campaigns/automation.ts';
import type { Ctx } from '../../platform/context.ts';
import { fetchPage } from '../../platform/db/pages.ts';
import { type JudgedWait, judgeWaits, passing } from './judge-waits.ts';
import { judgeRestocks, restockPeople } from './next-restock.ts';
import { namesOf, subjectsOf } from './subjects.ts';

/** As in triggers/tasks.ts: the cron of `triggers.check_all`. */
const everyMs = 5 * 60_000;
/** Judging asks of each person what the check asks: more than so many would make a page wait. */
const judgedAtMost = 10_000;

const nextAfter = (now: Date) => new Date((Math.floor(now.getTime() / everyMs) + 1) * everyMs);

/**
 * Counts what waits, which are the carts that changed since and not all there are, and judges those that are due: a check leaves
 * none of them behind, so they are the events of a few minutes.
 */
export async function nextCheckOf(ctx: Ctx, campaignId: string): Promise<NextCheck> {
  const automation = await automationOf(ctx, campaignId);
  const { delayMinutes, enabled, checkedAt } = automation;
  const delayMs = delayMinutes * 60_000;
  const at = nextAfter(ctx.clock.now());
  const dueSince = new Date(at.getTime() - delayMs);
  const counted = await waitsOf(ctx, campaignId)
    .select([
      sql<number>`count(*)::int`.as('events'),
      sql<number>`(count(*) FILTER (WHERE w.since <= ${dueSince}))::int`.as('due'),
      sql<Date | null>`min(w.since)`.as('first'),
    ])
    .executeTakeFirstOrThrow();
  const { lookedAt, judged, underWay, without } = await lookAtDue(ctx, campaignId, automation, dueSince, at);
  const sent = judged.filter(({ reason }) => reason === null);
  const held = sent.flatMap(({ until }) => until?.getTime() ?? []);
  return {
    enabled,
    checked_at: checkedAt?.toISOString() ?? null,
    next_at: enabled ? at.toISOString() : null,
    first_due_at:
      underWay?.since ?? (counted.first ? new Date(counted.first.getTime() + delayMs).toISOString() : null),
    delay_minutes: delayMinutes,
    events: counted.events + (underWay?.products ?? 0),
    queued: await queuedOf(ctx, campaignId),
    due: counted.due + (underWay?.products ?? 0),
    under_way: underWay,
    looked_at: lookedAt,
    messages: sent.length,
    people: new Set(sent.map(({ contactId }) => contactId)).size,
    quiet: held.length > 0 ? { count: held.length, until: new Date(Math.min(...held)).toISOString() } : null,
    left_out: countReasons([
      ...judged.flatMap(({ reason }) => reason ?? []),
      ...Array.from({ length: without }, () =>
        automation.kind === 'back_in_stock' ? 'no_wish' : 'event_gone',
      ),
    ]),
  };
}

/** `without`: how many of those who were looked at have no event any more. */
async function lookAtDue(ctx: Ctx, campaignId: string, automation: AutomationState, since: Date, at: Date) {
  if (automation.kind === 'back_in_stock') {
    const limits = { since, at, limit: judgedAtMost };
    const { people, judged, underWay } = await judgeRestocks(ctx, campaignId, automation, limits);
    const without = people.length - new Set(judged.map(({ contactId }) => contactId)).size;
    return { lookedAt: people.length, judged, underWay, without };
  }
  const due = await waitsOf(ctx, campaignId)
    .select(['w.subject_id', 'w.since'])
    .where('w.since', '<=', since)
    .orderBy('w.since')
    .orderBy('w.subject_id')
    .limit(judgedAtMost)
    .execute();
  const judged = await judgeWaits(ctx, campaignId, automation, due, at);
  return { lookedAt: due.length, judged, underWay: null, without: due.length - judged.length };
}

const waitsOf = (ctx: Ctx, campaignId: string) =>
  ctx.db
    .selectFrom('trigger_waits as w')
    .where('w.workspace_id', '=', ctx.actor.workspaceId)
    .where('w.campaign_id', '=', campaignId);

/** Rows that no lane has taken yet, of all runs: a former version's wait like those of today's. */
async function queuedOf(ctx: Ctx, campaignId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT coalesce(sum(k.n), 0)::int AS n FROM runs r
    JOIN run_counts k ON k.workspace_id = r.workspace_id AND k.run_id = r.id AND k.state IN ('planned', 'queued')
    WHERE r.workspace_id = ${ctx.actor.workspaceId} AND r.campaign_id = ${campaignId}`.execute(ctx.db);
  return rows[0]?.n ?? 0;
}

/** The most frequent first. */
export const countReasons = (reasons: string[]): LeftOut[] =>
  leftOutOf(
    [...Map.groupBy(reasons, (reason) => reason)].map(([reason, { length }]) => ({ reason, count: length })),
  );

/** As above, of what is counted already. */
export const leftOutOf = (counted: { reason: string; count: number }[]): LeftOut[] =>
  counted
    .map(({ reason, count }) => ({ reason, words: eventReasonWords(reason), count }))
    .sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason));

/** Everybody who waits, the first due first: what would become of them, judged page by page. */
export async function checkedPeople(
  ctx: Ctx,
  campaignId: string,
  page: PageQuery,
): Promise<Page<CheckedPerson>> {
  const automation = await automationOf(ctx, campaignId);
  const at = nextAfter(ctx.clock.now());
  if (automation.kind === 'back_in_stock')
    return restockPeople(ctx, campaignId, automation, { page, at, verdict: verdictOf });
  const waits = await fetchPage(
    waitsOf(ctx, campaignId).select(['w.subject_id as _id', 'w.since']),
    page,
    { column: 'w.since', id: 'w.subject_id', direction: 'asc', type: 'timestamptz' },
    (row) => row,
  );
  const ids = waits.data.map((row) => row._id);
  const given = waits.data.map(({ _id, since }) => ({ subject_id: _id, since }));
  const judged = new Map(
    (await judgeWaits(ctx, campaignId, automation, given, at)).map((one) => [one.subjectId, one]),
  );
  const subjects = await subjectsOf(ctx, automation.kind, ids);
  const names = await namesOf(
    ctx,
    [...judged.values()].map(({ contactId }) => contactId),
  );
  return {
    data: waits.data.flatMap((row): CheckedPerson[] => {
      const [one, subject] = [judged.get(row._id), subjects.get(row._id)];
      if (!one || !subject) return [];
      const dueAt = new Date(row.since.getTime() + automation.delayMinutes * 60_000);
      return [
        {
          contact_id: toWireId('cnt', one.contactId),
          name: names.get(one.contactId) ?? contactless,
          subject,
          since: row.since.toISOString(),
          due_at: dueAt.toISOString(),
          ...verdictOf(one, dueAt, at),
        },
      ];
    }),
    next_cursor: waits.next_cursor,
  };
}
const contactless = 'Unnamed contact';

type Verdict = Pick<CheckedPerson, 'verdict' | 'reason' | 'words' | 'until'>;

function verdictOf({ reason, until }: JudgedWait, dueAt: Date, at: Date): Verdict {
  const isDue = dueAt <= at;
  if (reason !== null && (isDue || !passing.has(reason)))
    return { verdict: 'leave_out', reason, words: eventReasonWords(reason), until: null };
  if (!isDue) return { verdict: 'waits', reason: null, words: 'The delay runs', until: dueAt.toISOString() };
  if (until)
    return { verdict: 'waits', reason: 'quiet_hours', words: 'Quiet hours', until: until.toISOString() };
  return { verdict: 'send', reason: null, words: 'Will be sent', until: null };
}
