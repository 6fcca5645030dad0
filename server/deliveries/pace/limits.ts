// The limits page of one connection: how fast it may send, how fast it does, what holds it, and until when.
import { sql } from 'kysely';
import type { Settings } from '../../../contract/campaigns.ts';
import type { AccountHealth, Channel } from '../../../contract/connections.ts';
import { finishMs, roundedRate } from '../../../contract/forecast.ts';
import { toWireId } from '../../../contract/ids.ts';
import type { Limits } from '../../../contract/limits.ts';
import type { Adapter, ChatLimit } from '../../channels/channel.ts';
import { perSecondOf } from '../../channels/connection.ts';
import { replyShare } from '../../channels/pacing.ts';
import { adapterOf } from '../../channels/registry.ts';
import type { Ctx } from '../../platform/context.ts';
import { notFound } from '../../platform/errors.ts';
import { priorities } from '../delivery.ts';
import { freeRate } from './lane-state.ts';
import { type Refusals, readRefusals } from './refusals.ts';
import { runRows, type Standing, standingOf } from './standing.ts';
import { readWarmUp, resumesAt, type WarmUpState } from './warm-up.ts';

const sampleMinutes = 30;
/** A rate written longer ago than this is over: the samples are written every 5 seconds. */
const rateFreshMs = 15_000;

/** Throws NOT_FOUND. */
export async function connectionLimits(ctx: Ctx, connectionId: string): Promise<Limits> {
  const connection = await ctx.db
    .selectFrom('connections')
    .select(['channel', 'learned_rate', 'platform_rate', 'health', 'status', 'circuit'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('id', '=', connectionId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!connection) throw notFound('connection');
  const declared = adapterOf(connection.channel as Channel).pace;
  const pace = { ...declared, perSecond: perSecondOf(connection, declared) };
  const [samples, refusals, waiting, runs, plan] = await Promise.all([
    readSamples(ctx, connectionId),
    readRefusals(ctx, connectionId),
    waitingDirect(ctx, connectionId),
    runsUnderWay(ctx, connectionId, pace.perSecond),
    readWarmUp(ctx, ctx.actor.workspaceId, connectionId),
  ]);
  const allowed = freeRate(connection.learned_rate, pace.perSecond);
  const isStopped = connection.status === 'error' || connection.circuit === 'open' || refusals.until !== null;
  const left = runs.reduce((sum, run) => sum + run.standing.sums.left, 0);
  const rate = runs.reduce((sum, run) => sum + run.standing.rate, 0);
  const count = (name: keyof typeof priorities) => waiting.get(priorities[name]) ?? 0;
  return {
    connection_id: toWireId('con', connectionId),
    allowed_per_second: isStopped ? 0 : roundedRate(allowed),
    declared_per_second: pace.perSecond,
    learned_per_second: connection.learned_rate === null ? null : roundedRate(connection.learned_rate),
    // what the reports of its campaigns say; samples are written more rarely
    now_per_second: rate > 0 ? roundedRate(rate) : samples.now,
    reply_reserve: replyShare,
    declared: declaredLimits(pace),
    rate_limited: refusals.wire,
    samples: samples.minutes,
    waiting: [
      { priority: 'reply', count: count('reply') },
      { priority: 'test', count: count('test') },
      { priority: 'event', count: count('event') },
      { priority: 'broadcast', count: count('broadcast') + left },
    ],
    ...finishAt(ctx, { runs, plan, refusals, allowed }),
    warm_up: warmUpOf(plan),
    messaging_limit: (connection.health as AccountHealth | null)?.messaging_limit ?? null,
    paid_broadcast:
      pace.paidPerSecond === null
        ? null
        : { per_second: pace.paidPerSecond, active: runs.some((run) => run.paid) },
  };
}

/** All of it is through when the last run is, as its report says; and several runs together need their time on one lane. */
function finishAt(
  ctx: Ctx,
  given: { runs: RunUnderWay[]; plan: WarmUpState; refusals: Refusals; allowed: number },
): Pick<Limits, 'finish_at' | 'wait'> {
  const runs = given.runs.filter((run) => run.standing.sums.left > 0);
  const stuck = runs.find((run) => run.standing.outlook.finish_at === null);
  if (runs.length === 0 || stuck) return { finish_at: null, wait: stuck?.standing.obstacle ?? null };
  const ends = runs.map((run) => Date.parse(run.standing.outlook.finish_at as string));
  if (runs.length > 1) ends.push(together(ctx, runs, given) ?? 0);
  return { finish_at: new Date(Math.max(...ends)).toISOString(), wait: null };
}

function together(
  ctx: Ctx,
  runs: RunUnderWay[],
  { plan, refusals, allowed }: { plan: WarmUpState; refusals: Refusals; allowed: number },
): number | null {
  return finishMs({
    nowMs: ctx.clock.now().getTime(),
    left: runs.filter((run) => !run.paid).reduce((sum, run) => sum + run.standing.sums.left, 0),
    perSecond: allowed,
    days: plan.days,
    notBeforeMs: refusals.until?.getTime(),
  });
}

interface RunUnderWay {
  standing: Standing;
  /** Goes at the rate that is paid for. */
  paid: boolean;
}

async function runsUnderWay(ctx: Ctx, connectionId: string, published: number): Promise<RunUnderWay[]> {
  const rows = await runRows(ctx)
    .where('r.connection_id', '=', connectionId)
    .where('r.status', '=', 'active')
    .execute();
  const runs: RunUnderWay[] = [];
  for (const row of rows)
    runs.push({
      standing: await standingOf(ctx, row, published),
      paid: (row.settings as Partial<Settings>).paid_broadcast === true,
    });
  return runs;
}

function declaredLimits(pace: Adapter['pace']): Limits['declared'] {
  const { sources } = pace;
  const whole = (scope: 'connection' | 'paid', messages: number, source: string) => ({
    scope,
    messages,
    per_seconds: 1,
    burst: Math.max(1, Math.round(messages / 10)),
    source,
  });
  const chat = (scope: 'recipient' | 'group', limit: ChatLimit, source: string) =>
    limit.kind === 'bucket'
      ? { scope, messages: 1, per_seconds: limit.everyMs / 1000, burst: limit.burst, source }
      : { scope, messages: limit.messages, per_seconds: limit.perMs / 1000, burst: limit.messages, source };
  return [
    whole('connection', pace.perSecond, sources.connection),
    ...(pace.paidPerSecond === null
      ? []
      : [whole('paid', pace.paidPerSecond, sources.paid ?? sources.connection)]),
    chat('recipient', pace.recipient, sources.recipient),
    ...(pace.group ? [chat('group', pace.group, sources.group ?? sources.connection)] : []),
  ];
}

function warmUpOf(plan: WarmUpState): Limits['warm_up'] {
  return {
    day_limits: plan.dayLimits,
    started_on: plan.startedOn,
    time_zone: plan.timeZone,
    day: plan.day,
    limit_today: plan.day === null ? null : (plan.dayLimits?.[plan.day - 1] ?? null),
    used_today: plan.usedToday,
    resumes_at: resumesAt(plan)?.toISOString() ?? null,
  };
}

async function readSamples(
  ctx: Ctx,
  connectionId: string,
): Promise<{ now: number; minutes: Limits['samples'] }> {
  const now = ctx.clock.now();
  const thisMinute = Math.floor(now.getTime() / 60_000) * 60_000;
  const rows = await ctx.db
    .selectFrom('connection_minutes')
    .select(['minute', 'sent', 'rate_limited', 'per_second', 'written_at'])
    .where('workspace_id', '=', ctx.actor.workspaceId)
    .where('connection_id', '=', connectionId)
    .where('minute', '>', new Date(thisMinute - sampleMinutes * 60_000))
    .orderBy('minute')
    .execute();
  const byMinute = new Map(rows.map((row) => [row.minute.getTime(), row]));
  const minutes = Array.from({ length: sampleMinutes }, (_, index) => {
    const at = thisMinute - (sampleMinutes - 1 - index) * 60_000;
    const row = byMinute.get(at);
    return {
      minute: new Date(at).toISOString(),
      sent: row?.sent ?? 0,
      rate_limited: row?.rate_limited ?? 0,
    };
  });
  const last = rows.at(-1);
  const isFresh = last !== undefined && now.getTime() - last.written_at.getTime() < rateFreshMs;
  return { now: isFresh ? roundedRate(last.per_second) : 0, minutes };
}

/** Rows of no run that wait, by priority. There are few: they go before everything else. */
async function waitingDirect(ctx: Ctx, connectionId: string): Promise<Map<number, number>> {
  const rows = await sql<{ priority: number; n: number }>`
    SELECT priority, count(*) AS n FROM deliveries
    WHERE workspace_id = ${ctx.actor.workspaceId} AND connection_id = ${connectionId} AND run_id IS NULL AND state = 'queued'
    GROUP BY priority`.execute(ctx.db);
  return new Map(rows.rows.map((row) => [row.priority, row.n]));
}
